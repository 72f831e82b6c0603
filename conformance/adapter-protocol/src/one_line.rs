use std::fmt::{self, Display, Write};

/// A foreign text that is displayed within one line. Characters that terminals interpret are escaped: a line break as
/// `\n`, a character that changes the direction of text as `\u{202e}`.
#[derive(Clone, Copy, Debug)]
pub struct OneLine<T>(pub T);

impl<T: Display> Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Shown(f), "{}", self.0)
    }
}

/// A writer that escapes everything written to it.
struct Shown<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for Shown<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(acts_on_terminals) {
            match part.char_indices().next_back() {
                Some((start, last)) if acts_on_terminals(last) => {
                    self.0.write_str(&part[..start])?;
                    write!(self.0, "{}", shown(last))?;
                }
                _ => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}

fn shown(character: char) -> impl Display {
    let is_short = matches!(character, '\n' | '\r' | '\t');
    let (short, long) = (character.escape_default(), character.escape_unicode());
    std::fmt::from_fn(move |f| if is_short { write!(f, "{short}") } else { write!(f, "{long}") })
}

/// Whether terminals interpret a character instead of displaying it: controls, line breaks, and characters that change
/// the direction of text. Characters without a width that only hide a difference between two names, and the
/// noncharacters of Unicode, which no document should contain, count as well. Joiners do not: some scripts need them.
#[must_use]
pub fn acts_on_terminals(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
                | '\u{fdd0}'..='\u{fdef}'
        )
        || u32::from(character) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_controls_and_directions_are_shown() {
        let text = "a\nb\r\tc\u{85}\u{2028}\u{2029}\u{1b}[31m\u{9b}0m \u{202e}d\u{2066}\\n é";
        let shown = r"a\nb\r\tc\u{85}\u{2028}\u{2029}\u{1b}[31m\u{9b}0m \u{202e}d\u{2066}\n é";
        assert_eq!(OneLine(text).to_string(), shown);
        assert_eq!(OneLine("a\u{feff}b\u{200b}c\u{ad}").to_string(), r"a\u{feff}b\u{200b}c\u{ad}");
        assert_eq!(OneLine("\u{200d}").to_string(), "\u{200d}", "a joiner");
        assert_eq!(
            OneLine("\u{fffe}\u{fdd0}\u{10ffff}\u{fffd}").to_string(),
            "\\u{fffe}\\u{fdd0}\\u{10ffff}\u{fffd}"
        );
    }
}
