use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::form::{BadText, text_form};

const EXPECTED: &str = "a time span: a whole number and one of ms, s, min, h, d, such as `20 ms` or `5 min`";
/// Ten years: more than any scenario needs, and far from any overflow.
const MAX_MILLISECONDS: u64 = 3_650 * 86_400_000;
/// The units and their milliseconds, the longest first.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// A span of virtual time: `20 ms`, `5 s`, `5 min`, `2 h`, `3 d`. At most ten years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeSpan {
    milliseconds: u64,
}

impl TimeSpan {
    /// The span of this number of milliseconds, capped at ten years.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        let milliseconds = if milliseconds > MAX_MILLISECONDS { MAX_MILLISECONDS } else { milliseconds };
        Self { milliseconds }
    }

    /// The span in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.milliseconds
    }

    /// The span as a type of the standard library.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.milliseconds)
    }
}

impl FromStr for TimeSpan {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let bad = || BadText::new(text, EXPECTED);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().map_err(|_| bad())?;
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit.trim()).ok_or_else(bad)?;
        match number.checked_mul(*factor) {
            Some(milliseconds) if milliseconds <= MAX_MILLISECONDS => Ok(Self { milliseconds }),
            _ => Err(BadText::new(text, "a time span of at most ten years")),
        }
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole =
            |(_, factor): &&(&str, u64)| self.milliseconds > 0 && self.milliseconds.is_multiple_of(*factor);
        let (unit, factor) = UNITS.iter().find(whole).unwrap_or(&("ms", 1));
        write!(f, "{} {unit}", self.milliseconds / factor)
    }
}

text_form!(TimeSpan, expects: EXPECTED, schema: {
    "Time span",
    pattern: "^[0-9]+ *(ms|s|min|h|d)$",
    "A span of virtual time: `20 ms`, `5 s`, `5 min`, `2 h` or `3 d`."
});
