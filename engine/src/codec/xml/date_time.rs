use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use crate::codec::Malformed;
use crate::codec::error::quoted;
use crate::names::Stamp;

/// The time that a `DateTime` of XEP-0082 §3.2 stands for.
///
/// Digits of a second beyond the millisecond are dropped. Without a zone it is taken as UTC: the examples of
/// XEP-0434 and XEP-0450 have none, although the profile demands one ([`Remark::NoZone`](super::Remark::NoZone)).
///
/// The profile is one of `dateTime` in XML Schema, of which version 1.1 counts (§3.3.7): zones are up to fourteen hours from
/// UTC, and `24:00:00` is the first moment of the next day.
///
/// # Errors
///
/// [`Malformed::BadTime`] for anything that is not `YYYY-MM-DDThh:mm:ss`, a fraction, and a zone.
pub fn stamp_from_date_time(found: &str) -> Result<Stamp, Malformed> {
    read(found).map_err(|reason| Malformed::BadTime { found: quoted(found), reason })
}

/// A stamp as a `DateTime` of XEP-0082 §3.2, in UTC: `YYYY-MM-DDThh:mm:ssZ`, with three more digits if the
/// milliseconds are not zero.
///
/// A stamp outside the years 0000 to 9999, which the profile cannot express, is written as the nearest one
/// that it can.
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

/// The shape of everything before the fraction; `d` stands for a digit.
const SHAPE: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";

/// The end of a day, which is the beginning of the next one.
const END_OF_DAY: &str = "24:00:00";
/// A day in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How far a zone is from UTC at most, in minutes.
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

/// Milliseconds since 1970 of a date and time that has the right shape.
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

/// The digits after the dot, and what follows them.
fn split_fraction(rest: &str) -> Result<(&str, &str), &'static str> {
    let Some(rest) = rest.strip_prefix('.') else { return Ok(("", rest)) };
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    if end == 0 {
        return Err("no digit follows the dot");
    }
    Ok(rest.split_at(end))
}

/// The milliseconds that the digits after the dot stand for; further digits are dropped.
fn read_fraction(digits: &str) -> i64 {
    digits.bytes().chain(*b"000").take(3).fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// By how many milliseconds the zone is ahead of UTC.
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
