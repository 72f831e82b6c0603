//! Syntax errors in the words of an author. In most cases, a text needs quotes.

use std::ops::Range;

/// A syntax error in a line, with its position and a correction.
pub(super) struct Syntax {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Characters with which a text must not begin without quotes.
const SIGNS: [char; 7] = ['@', '`', '%', '&', '*', '!', '|'];

/// The syntax error in the line in which the parser stopped, if it is a known one.
pub(super) fn of_line(text: &str, at: usize) -> Option<Syntax> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let (key, value) = line.split_once(": ")?;
    let value_start = start + key.len() + 2 + (value.len() - value.trim_start().len());
    let value = value.trim();
    let name = key.trim_start_matches([' ', '-']);
    if name.is_empty() || name.contains(['"', '\'', '{', '[', '#']) {
        return None;
    }
    let sign = value.chars().next()?;
    let message = if SIGNS.contains(&sign) {
        format!("a text that begins with `{sign}` stands in quotes")
    } else if matches!(sign, '"' | '\'') {
        "behind the quotes something follows: the whole text stands in quotes".to_owned()
    } else if !matches!(sign, '[' | '{' | '>' | '#') && (value.contains(": ") || value.ends_with(':')) {
        "a text with a colon in it stands in quotes".to_owned()
    } else {
        return None;
    };
    let quoted = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let help = format!("write `{name}: {quoted}`");
    Some(Syntax { span: value_start..value_start + value.len(), message, help })
}
