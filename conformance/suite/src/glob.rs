//! Glob patterns as in a shell, except that a star also matches slashes.

use std::iter::{self, Peekable};
use std::str::Chars;

/// A pattern for a whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Character(char),
    /// `?`
    AnyCharacter,
    /// `*`
    Anything,
    /// `[a-z_]`, or every other character if `!` or `^` follows the bracket.
    Class {
        ranges: Vec<(char, char)>,
        negated: bool,
    },
    /// `{one,other}`
    OneOf(Vec<Glob>),
}

/// The characters with a special meaning.
const SPECIAL: [char; 7] = ['*', '?', '[', ']', '{', '}', '\\'];

/// Whether a text contains a character with a special meaning.
pub(crate) fn is_special(text: &str) -> bool {
    text.contains(SPECIAL)
}

/// The pattern that matches exactly this text.
pub(crate) fn escaped(text: &str) -> String {
    let pieces =
        text.chars().map(|it| if SPECIAL.contains(&it) { format!("[{it}]") } else { it.to_string() });
    pieces.collect()
}

impl Glob {
    /// Parses a pattern.
    ///
    /// # Errors
    ///
    /// Returns the reason why the text is no pattern.
    pub(crate) fn new(text: &str) -> Result<Self, &'static str> {
        let mut rest = text.chars().peekable();
        let glob = read(&mut rest, 0)?;
        match rest.next() {
            None => Ok(glob),
            Some(_) => Err("a `}` closes nothing; itself it is written `[}]`"),
        }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut at = vec![false; text.len() + 1];
        at[0] = true;
        ends(&self.0, &text, at).ends_with(&[true])
    }
}

/// The maximum depth of nested alternatives.
const MAX_DEPTH: usize = 32;

/// Parses up to the end of the text, or of the alternative at this depth.
fn read(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Result<Glob, &'static str> {
    if depth > MAX_DEPTH {
        return Err("alternatives stand more than 32 deep in others");
    }
    let mut pieces = Vec::new();
    while let Some(next) = rest.peek().copied() {
        if next == '}' || (next == ',' && depth > 0) {
            break;
        }
        rest.next();
        pieces.push(match next {
            '*' => Piece::Anything,
            '?' => Piece::AnyCharacter,
            '[' => read_class(rest)?,
            '{' => read_alternatives(rest, depth + 1)?,
            '\\' => Piece::Character(rest.next().ok_or("nothing follows the backslash")?),
            other => Piece::Character(other),
        });
    }
    Ok(Glob(pieces))
}

fn read_alternatives(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Result<Piece, &'static str> {
    let mut alternatives = Vec::new();
    loop {
        alternatives.push(read(rest, depth)?);
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
        // A bracket in the first place stands for itself.
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

/// The positions at which a match of the pieces can end if it begins at one of the positions in `at`; `at[0]` is before
/// the first character. Each piece visits each character once, so no pattern takes long.
fn ends(pieces: &[Piece], text: &[char], mut at: Vec<bool>) -> Vec<bool> {
    for piece in pieces {
        if !at.contains(&true) {
            break;
        }
        at = match piece {
            Piece::Anything => at
                .iter()
                .scan(false, |any, here| {
                    *any |= here;
                    Some(*any)
                })
                .collect(),
            Piece::OneOf(globs) => {
                let mut all = vec![false; at.len()];
                for glob in globs {
                    let one = ends(&glob.0, text, at.clone());
                    all.iter_mut().zip(one).for_each(|(all, one)| *all |= one);
                }
                all
            }
            single => {
                let behind = text.iter().zip(&at).map(|(character, before)| *before && single.is(*character));
                iter::once(false).chain(behind).collect()
            }
        };
    }
    at
}

impl Piece {
    /// Whether a piece for a single character matches this one.
    fn is(&self, character: char) -> bool {
        match self {
            Self::Character(expected) => *expected == character,
            Self::AnyCharacter => true,
            Self::Class { ranges, negated } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != *negated
            }
            Self::Anything | Self::OneOf(_) => false,
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
    fn no_pattern_takes_long() {
        let text = "a".repeat(200);
        for (begin, times, end, is_like) in [
            ("*a", 100, "b", false),
            ("*", 10_000, "", true),
            ("{a,aa,*}", 100, "b", false),
            ("{,a}", 300, "", true),
            ("{,a*}", 300, "[!a]", false),
            ("?*", 201, "", false),
        ] {
            let pattern = begin.repeat(times) + end;
            assert_eq!(is(&pattern, &text), is_like, "{begin}");
        }
        let deep = format!("{}a{}", "{".repeat(32), "}".repeat(32));
        assert!(is(&deep, "a"));
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
            (&"{".repeat(100_000), "alternatives stand more than 32 deep"),
        ] {
            assert!(Glob::new(pattern).unwrap_err().starts_with(reason), "{pattern}");
        }
    }
}
