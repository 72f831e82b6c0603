//! Patterns of texts, as a shell has them, except that a star goes across slashes.

use std::iter::Peekable;
use std::str::Chars;

/// A pattern that a text as a whole has or has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Character(char),
    /// `?`
    AnyCharacter,
    /// `*`
    Anything,
    /// `[a-z_]`, or with `!` or `^` behind the bracket every other character.
    Class {
        ranges: Vec<(char, char)>,
        negated: bool,
    },
    /// `{one,other}`
    OneOf(Vec<Glob>),
}

/// Which characters have a meaning of their own.
const SPECIAL: [char; 7] = ['*', '?', '[', ']', '{', '}', '\\'];

/// Whether a character of a pattern has a meaning of its own.
pub(crate) fn is_special(text: &str) -> bool {
    text.contains(SPECIAL)
}

/// A text in which every character stands for itself, as a pattern.
pub(crate) fn escaped(text: &str) -> String {
    let pieces =
        text.chars().map(|it| if SPECIAL.contains(&it) { format!("[{it}]") } else { it.to_string() });
    pieces.collect()
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn new(text: &str) -> Result<Self, &'static str> {
        let mut rest = text.chars().peekable();
        let glob = read(&mut rest, Within::Nothing)?;
        match rest.next() {
            None => Ok(glob),
            Some(_) => Err("a `}` closes nothing; itself it is written `[}]`"),
        }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        matches(&self.0, &text.chars().collect::<Vec<_>>(), &mut |rest| rest.is_empty())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Nothing,
    Alternatives,
}

fn read(rest: &mut Peekable<Chars<'_>>, within: Within) -> Result<Glob, &'static str> {
    let mut pieces = Vec::new();
    while let Some(next) = rest.peek().copied() {
        if next == '}' || (next == ',' && within == Within::Alternatives) {
            break;
        }
        rest.next();
        pieces.push(match next {
            '*' => Piece::Anything,
            '?' => Piece::AnyCharacter,
            '[' => read_class(rest)?,
            '{' => read_alternatives(rest)?,
            '\\' => Piece::Character(rest.next().ok_or("nothing follows the backslash")?),
            other => Piece::Character(other),
        });
    }
    Ok(Glob(pieces))
}

fn read_alternatives(rest: &mut Peekable<Chars<'_>>) -> Result<Piece, &'static str> {
    let mut alternatives = Vec::new();
    loop {
        alternatives.push(read(rest, Within::Alternatives)?);
        match rest.next() {
            Some(',') => {}
            Some(_) => return Ok(Piece::OneOf(alternatives)),
            None => return Err("a `{` is not closed; itself it is written `[{]`"),
        }
    }
}

fn read_class(rest: &mut Peekable<Chars<'_>>) -> Result<Piece, &'static str> {
    const UNCLOSED: &str = "a character class is not closed: `]` is missing";
    let negated = rest.next_if(|next| matches!(next, '!' | '^')).is_some();
    let mut ranges = Vec::new();
    loop {
        let low = rest.next().ok_or(UNCLOSED)?;
        // A bracket that comes first is meant itself.
        if low == ']' && !ranges.is_empty() {
            return Ok(Piece::Class { ranges, negated });
        }
        let is_range = *rest.peek().ok_or(UNCLOSED)? == '-' && rest.clone().nth(1) != Some(']');
        let high = if is_range { rest.nth(1).ok_or(UNCLOSED)? } else { low };
        if high < low {
            return Err("a range of characters ends before it begins");
        }
        ranges.push((low, high));
    }
}

/// Whether the beginning of a text has a pattern, and the rest is as `end` demands.
fn matches(pieces: &[Piece], text: &[char], end: &mut dyn FnMut(&[char]) -> bool) -> bool {
    let Some((piece, later)) = pieces.split_first() else { return end(text) };
    let is_class = |character: char, ranges: &[(char, char)]| {
        ranges.iter().any(|(low, high)| (*low..=*high).contains(&character))
    };
    match (piece, text.split_first()) {
        (Piece::Anything, _) => (0..=text.len()).any(|count| matches(later, &text[count..], end)),
        (Piece::OneOf(globs), _) => {
            globs.iter().any(|glob| matches(&glob.0, text, &mut |rest| matches(later, rest, end)))
        }
        (_, None) => false,
        (Piece::Character(expected), Some((found, rest))) => expected == found && matches(later, rest, end),
        (Piece::AnyCharacter, Some((_, rest))) => matches(later, rest, end),
        (Piece::Class { ranges, negated }, Some((found, rest))) => {
            is_class(*found, ranges) != *negated && matches(later, rest, end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(pattern: &str, text: &str) -> bool {
        Glob::new(pattern).unwrap_or_else(|reason| panic!("{pattern}: {reason}")).matches(text)
    }

    #[test]
    fn a_pattern_says_what_a_whole_text_is_like() {
        for (pattern, with, without) in [
            ("a*c", "a/b/c", "a/b/d"),
            ("a?c", "abc", "ac"),
            ("[ab]", "b", "c"),
            ("[!a-c]", "d", "b"),
            ("[]x]", "]", "y"),
            ("[a-]", "-", "b"),
            ("x{one,t*}y", "xtwoy", "xthreez"),
            ("{a,b{c,d}}", "bd", "ad"),
            ("{,a}b", "b", "aab"),
            ("a,b", "a,b", "a"),
            ("\\*", "*", "a"),
            ("", "", "a"),
        ] {
            assert!(is(pattern, with), "{pattern} is like {with}");
            assert!(!is(pattern, without), "{pattern} is not like {without}");
        }
    }

    #[test]
    fn what_is_escaped_stands_for_itself() {
        let odd = "a*b?[c]{d,e}!\\";
        assert!(is(&escaped(odd), odd));
        assert_eq!(escaped("xep-0450/ac-s"), "xep-0450/ac-s");
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_reason() {
        for (pattern, reason) in [
            ("[a", "a character class"),
            ("[", "a character class"),
            ("[z-a]", "a range of characters ends before it begins"),
            ("{a,b", "a `{` is not closed"),
            ("a}", "a `}` closes nothing"),
            ("a\\", "nothing follows"),
        ] {
            assert!(Glob::new(pattern).unwrap_err().starts_with(reason), "{pattern}");
        }
    }
}
