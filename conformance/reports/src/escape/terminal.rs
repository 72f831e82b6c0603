use std::borrow::Cow;
use std::io::{self, Write};

use atm_adapter_protocol::acts_on_terminals;

/// A writer for people at a terminal. Untrusted text cannot move the cursor, ring the bell, or turn the direction of
/// the text: such characters are shown as `\u{1b}`. Styles pass if each is written by itself, as `write!` does.
#[derive(Debug)]
pub struct Terminal<W>(W);

impl<W: Write> Terminal<W> {
    /// Wraps a writer.
    pub fn new(out: W) -> Self {
        Self(out)
    }
}

impl<W: Write> Write for Terminal<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if is_style(piece) {
            self.0.write_all(piece)?;
        } else {
            self.0.write_all(readable(&String::from_utf8_lossy(piece)).as_bytes())?;
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether a piece consists only of the escape sequences of a style.
fn is_style(piece: &[u8]) -> bool {
    let is_of_a_style = |byte: &u8| byte.is_ascii_digit() || *byte == b';';
    let Some(sequences) = piece.strip_prefix(b"\x1b[").and_then(|rest| rest.strip_suffix(b"m")) else {
        return false;
    };
    sequences.iter().all(is_of_a_style)
}

/// A text in which every character that terminals act on is shown as an escape. Line breaks stay, and tabs become
/// spaces.
#[must_use]
pub fn readable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for character in text.chars() {
        match character {
            '\t' => shown.push_str("    "),
            hostile if is_hostile(hostile) => shown.extend(hostile.escape_unicode()),
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

/// Whether terminals act on a character that is not a line break.
fn is_hostile(character: char) -> bool {
    character != '\n' && acts_on_terminals(character)
}

#[cfg(test)]
pub(super) mod tests {
    use anstyle::{AnsiColor, Style};
    use proptest::prelude::*;

    use super::*;

    /// Texts of characters that have a meaning in some medium.
    pub(crate) fn hostile() -> impl Strategy<Value = String> {
        const HOSTILE: &str = "\0\x07\t\n\r\x0b\x1b\x7f\u{85}\u{9b}\u{61c}\u{200e}\u{200f}\u{2028}\u{202a}\u{202e}\
            \u{2066}\u{2069}\u{fffe}\u{ffff}\u{1fffe}<>&\"'`*_[]()|\\#~@!;%{}:/.-aé 1m";
        let characters: Vec<char> = HOSTILE.chars().collect();
        let one = prop_oneof![4 => prop::sample::select(characters), 1 => any::<char>()];
        prop::collection::vec(one, 0..24).prop_map(String::from_iter)
    }

    fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Terminal::new(&mut out)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn styles_pass_and_nothing_else() {
        let style = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let title = "\x1b[31mred\x07 \u{202e}drow";
        let told = written(|out| writeln!(out, "{style}{title}{style:#}"));
        assert_eq!(told, format!("{style}\\u{{1b}}[31mred\\u{{7}} \\u{{202e}}drow{style:#}\n"));
    }

    proptest! {
        #[test]
        fn a_terminal_gets_no_control_character(text in hostile()) {
            let told = written(|out| writeln!(out, "title: {text}, {text:>8}"));
            prop_assert!(!told.contains(is_hostile), "{:?}", told);
            prop_assert_eq!(readable(&told), told.as_str());
        }
    }
}
