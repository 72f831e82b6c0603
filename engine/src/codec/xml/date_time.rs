use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use crate::codec::Malformed;
use crate::codec::error::quoted;
use crate::names::Stamp;

/// Parses a `DateTime` of XEP-0082 §3.2.
///
/// Digits beyond the millisecond are dropped. A time without a zone is taken as UTC: the examples of XEP-0434 and
/// XEP-0450 have none, although the profile demands one ([`Remark::NoZone`](super::Remark::NoZone)).
///
/// The profile restricts `dateTime` of XML Schema, here version 1.1 (§3.3.7). Zones are up to fourteen hours from UTC,
/// and `24:00:00` is the first moment of the next day.
///
/// # Errors
///
/// [`Malformed::BadTime`] for any text other than `YYYY-MM-DDThh:mm:ss`, an optional fraction and an optional zone.
pub fn stamp_from_date_time(found: &str) -> Result<Stamp, Malformed> {
    read(found).map_err(|reason| Malformed::BadTime { found: quoted(found), reason })
}

/// Writes a stamp as a `DateTime` of XEP-0082 §3.2, in UTC: `YYYY-MM-DDThh:mm:ssZ`, with three more digits if the
/// milliseconds are not zero.
///
/// The profile cannot express years outside 0000 to 9999. Such a stamp is replaced by the nearest one that it can
/// express.
#[must_use]
pub fn stamp_to_date_time(stamp: Stamp) -> String {
    let milliseconds = stamp.as_millis().clamp(FIRST, LAST);
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .expect("a year that the profile can express");
    let (year, month, day) = moment.to_calendar_date();
    let (hour, minute, second, millisecond) = moment.to_hms_milli();
    let month = u8::from(month);
    let fraction = if millisecond == 0 { String::new() } else { format!(".{millisecond:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// 0000-01-01T00:00:00.000Z.
const FIRST: i64 = -62_167_219_200_000;
/// 9999-12-31T23:59:59.999Z.
const LAST: i64 = 253_402_300_799_999;

/// The shape of the part before the fraction; `d` stands for a digit.
const SHAPE: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";

/// The end of a day, which is the beginning of the next one.
const END_OF_DAY: &str = "24:00:00";
/// A day in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The greatest distance of a zone from UTC, in minutes.
const GREATEST_OFFSET: i64 = 14 * 60;

fn read(found: &str) -> Result<Stamp, &'static str> {
    let (local, rest) = found.split_at_checked(SHAPE.len()).ok_or("it is too short")?;
    if !has_shape(local.as_bytes(), SHAPE) {
        return Err("it does not begin with YYYY-MM-DDThh:mm:ss");
    }
    let (fraction, zone) = split_fraction(rest)?;
    if &local[11..] == END_OF_DAY && fraction.bytes().any(|digit| digit != b'0') {
        return Err("nothing of a day follows 24:00:00");
    }
    let milliseconds = read_local(local)? + read_fraction(fraction) - read_zone(zone)?;
    Ok(Stamp::from_millis(milliseconds))
}

fn has_shape(found: &[u8], shape: &[u8]) -> bool {
    found.len() == shape.len()
        && found.iter().zip(shape).all(|(found, expected)| match expected {
            b'd' => found.is_ascii_digit(),
            _ => found == expected,
        })
}

/// Parses a date and time of the right shape to milliseconds since 1970.
fn read_local(local: &str) -> Result<i64, &'static str> {
    let number = |from: usize, to: usize| -> i32 {
        local.as_bytes()[from..to].iter().fold(0, |number, digit| number * 10 + i32::from(digit - b'0'))
    };
    let small = |from: usize| u8::try_from(number(from, from + 2)).expect("two digits");
    let month = Month::try_from(small(5)).map_err(|_| "there is no such month")?;
    let date = Date::from_calendar_date(number(0, 4), month, small(8)).map_err(|_| "there is no such day")?;
    let is_end_of_day = &local[11..] == END_OF_DAY;
    let hour = if is_end_of_day { 0 } else { small(11) };
    let time = Time::from_hms(hour, small(14), small(17)).map_err(|_| "there is no such time of day")?;
    let milliseconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp() * 1000;
    Ok(if is_end_of_day { milliseconds + DAY } else { milliseconds })
}

/// Splits off the digits after the dot.
fn split_fraction(rest: &str) -> Result<(&str, &str), &'static str> {
    let Some(rest) = rest.strip_prefix('.') else { return Ok(("", rest)) };
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    if end == 0 {
        return Err("no digit follows the dot");
    }
    Ok(rest.split_at(end))
}

/// Converts the digits after the dot to milliseconds. Further digits are dropped.
fn read_fraction(digits: &str) -> i64 {
    digits.bytes().chain(*b"000").take(3).fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// The distance by which the zone is ahead of UTC, in milliseconds.
fn read_zone(zone: &str) -> Result<i64, &'static str> {
    const WRONG: &str = "it does not end with Z or a zone such as +01:00";
    if zone.is_empty() || zone == "Z" {
        return Ok(0);
    }
    let (sign, offset) = match zone.as_bytes() {
        [b'+', offset @ ..] => (1, offset),
        [b'-', offset @ ..] => (-1, offset),
        _ => return Err(WRONG),
    };
    if !has_shape(offset, b"dd:dd") {
        return Err(WRONG);
    }
    let number = |from: usize| i64::from(offset[from] - b'0') * 10 + i64::from(offset[from + 1] - b'0');
    let (hours, minutes) = (number(0), number(3));
    let offset = hours * 60 + minutes;
    if minutes > 59 || offset > GREATEST_OFFSET {
        return Err("there is no such zone: they reach from -14:00 to +14:00");
    }
    Ok(sign * offset * 60_000)
}
