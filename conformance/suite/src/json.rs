//! JSON output that people may see in a terminal. Characters on which terminals act are escaped, as in `\u202e`.

use std::fmt::Write as _;
use std::io::{self, Write};

use atm_adapter_protocol::acts_on_terminals;
use serde::Serialize;

/// Writes a value as one line.
///
/// # Errors
///
/// Returns an error if writing to `out` fails.
pub fn write_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped(&serde_json::to_string(value)?))
}

/// Writes a value on several lines.
///
/// # Errors
///
/// Returns an error if writing to `out` fails.
pub fn write_pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped(&serde_json::to_string_pretty(value)?))
}

/// Escapes all characters on which terminals act, except line breaks. JSON has line breaks only outside of strings, and
/// no other such characters there. So every other one is in a string and can be escaped.
#[must_use]
pub fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && acts_on_terminals(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(escaped, "\\u{unit:04x}").expect("a text takes everything");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    type Writer = fn(&mut dyn Write, &Vec<String>) -> io::Result<()>;

    #[test]
    fn terminals_act_on_nothing_and_everything_reads_back_equal() {
        let texts: Vec<String> =
            (0..=u32::from(char::MAX)).filter_map(char::from_u32).map(String::from).collect();
        for writer in [write_line as Writer, write_pretty] {
            let mut json = Vec::new();
            writer(&mut json, &texts).unwrap();
            let json = String::from_utf8(json).unwrap();
            assert!(!json.contains(|c| c != '\n' && acts_on_terminals(c)));
            assert!(json.contains(r#""\u202e""#) && json.contains(r#""\u0085""#));
            assert!(serde_json::from_str::<Vec<String>>(&json).unwrap() == texts);
        }
    }
}
