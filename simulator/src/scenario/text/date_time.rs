use std::fmt;
use std::str::FromStr;

use atm_engine::Stamp;

use super::form::{BadText, text_form};

const EXPECTED: &str = "a point in time in UTC, such as `2020-01-01T12:00:00Z`";
const DAY: i64 = 86_400_000;

/// A point in virtual time, in UTC: `2020-01-01T12:00:00Z` or `2020-01-01T12:00:00.250Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(Stamp);

impl DateTime {
    /// The time as an engine type.
    #[must_use]
    pub const fn stamp(self) -> Stamp {
        self.0
    }
}

impl From<Stamp> for DateTime {
    fn from(stamp: Stamp) -> Self {
        Self(stamp)
    }
}

impl FromStr for DateTime {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        parse(text).map(Self).ok_or_else(|| BadText::new(text, EXPECTED))
    }
}

fn parse(text: &str) -> Option<Stamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (seconds, milliseconds) = time.split_once('.').unwrap_or((time, "000"));
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(seconds, ':', [2, 2, 2])?;
    let [millisecond] = numbers(milliseconds, '.', [3])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_since_epoch(year, month, day);
    // A day that does not exist in its month is converted to a different date.
    if date_of(days) != (year, month, day) {
        return None;
    }
    Some(Stamp::from_millis(days * DAY + ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond))
}

/// Exactly N numbers of the given widths, separated by `separator`.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part =
            parts.next().filter(|part| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counting years from March so that the leap day
/// is the last one.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// The reverse of [`days_since_epoch`].
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        let (year, month, day) = date_of(milliseconds.div_euclid(DAY));
        let of_day = milliseconds.rem_euclid(DAY);
        let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match of_day % 1_000 {
            0 => f.write_str("Z"),
            millisecond => write!(f, ".{millisecond:03}Z"),
        }
    }
}

text_form!(DateTime, expects: EXPECTED, schema: {
    "Date and time",
    pattern: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z$",
    "A point in virtual time, in UTC: `2020-01-01T12:00:00Z`."
});
