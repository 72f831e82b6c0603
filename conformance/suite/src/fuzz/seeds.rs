use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The seeds of a campaign, from `first` up to but not including `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// The first seed.
    pub first: u64,
    /// The seed after the last one. `None` for a campaign that is ended otherwise.
    pub end: Option<u64>,
}

/// The text is no range of seeds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no range of seeds: write `A..B`, from A on and before B, or `A..` for all from A on")]
pub struct BadSeeds(String);

impl FromStr for Seeds {
    type Err = BadSeeds;

    fn from_str(text: &str) -> Result<Self, BadSeeds> {
        let bad = || BadSeeds(text.to_owned());
        let (first, end) = text.split_once("..").ok_or_else(bad)?;
        let first = first.parse().map_err(|_| bad())?;
        let end = match end {
            "" => None,
            end => Some(end.parse().map_err(|_| bad())?),
        };
        if end.is_some_and(|end| end <= first) {
            return Err(bad());
        }
        Ok(Self { first, end })
    }
}

/// One of several equal parts of a campaign, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    part: u64,
    of: u64,
}

/// The text is no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no part: write `I/N`, the I-th of N parts, from 1/N to N/N")]
pub struct BadPartition(String);

impl Partition {
    /// The whole campaign.
    pub const WHOLE: Self = Self { part: 1, of: 1 };

    /// The position in the whole campaign of the seed at position `nth` of this part. Both are counted from 0.
    #[must_use]
    pub fn position(self, nth: u64) -> u64 {
        nth.saturating_mul(self.of).saturating_add(self.part - 1)
    }

    /// Whether this part of the seeds from `first` and the other part of the seeds from `other_first` can have a seed
    /// in common.
    pub(super) fn meets(self, first: u64, other: Self, other_first: u64) -> bool {
        let (one, another) = (first.saturating_add(self.part), other_first.saturating_add(other.part));
        one.abs_diff(another) % greatest_common_divisor(self.of, other.of) == 0
    }

    /// The parts that are missing from the whole campaign. `None` if it would have to be split into more than `max`
    /// parts.
    pub(super) fn missing_beside(parts: &[Self], max: u64) -> Option<Vec<Self>> {
        let of = parts.iter().try_fold(1, |of, part| {
            let common = (part.of / greatest_common_divisor(of, part.of)).checked_mul(of)?;
            (common <= max).then_some(common)
        })?;
        let is_there = |number: u64| parts.iter().any(|part| number % part.of == part.part % part.of);
        Some((1..=of).filter(|number| !is_there(*number)).map(|part| Self { part, of }).collect())
    }
}

fn greatest_common_divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

impl FromStr for Partition {
    type Err = BadPartition;

    fn from_str(text: &str) -> Result<Self, BadPartition> {
        let bad = || BadPartition(text.to_owned());
        let (part, of) = text.split_once('/').ok_or_else(bad)?;
        let (part, of) = (part.parse().map_err(|_| bad())?, of.parse().map_err(|_| bad())?);
        if part == 0 || part > of {
            return Err(bad());
        }
        Ok(Self { part, of })
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::{Partition, Seeds};

    #[test]
    fn parts_have_everything_once() {
        let parts: Vec<Partition> = ["1/3", "2/3", "3/3"].map(|part| part.parse().unwrap()).to_vec();
        let mut all: Vec<u64> = parts.iter().flat_map(|part| (0..7).map(|nth| part.position(nth))).collect();
        all.sort_unstable();
        assert_eq!(all, (0..21).collect::<Vec<u64>>());
    }

    #[test]
    fn parts_meet_that_have_a_seed_in_common() {
        let part = |text: &str| text.parse::<Partition>().unwrap();
        for (one, first, other, other_first, meets) in [
            ("1/3", 0, "2/3", 0, false),
            ("1/3", 0, "1/3", 0, true),
            ("1/1", 0, "2/3", 0, true),
            ("1/2", 0, "1/3", 0, true),
            ("1/2", 0, "2/4", 0, false),
            ("1/2", 0, "1/2", 1, false),
            ("1/2", 0, "2/2", 1, true),
        ] {
            assert_eq!(part(one).meets(first, part(other), other_first), meets, "{one} {other}");
        }
    }

    #[test]
    fn parts_that_are_missing_are_named() {
        let missing = |parts: &[&str]| {
            let parts: Vec<Partition> = parts.iter().map(|part| part.parse().unwrap()).collect();
            let missing = Partition::missing_beside(&parts, 100);
            missing.map(|parts| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        for (parts, expected) in [
            (&["1/1"][..], Some("")),
            (&["3/3", "1/3", "2/3"], Some("")),
            (&["1/3", "3/3"], Some("2/3")),
            (&["1/2", "2/4", "4/4"], Some("")),
            (&["1/2", "2/4"], Some("4/4")),
            (&[], Some("1/1")),
            (&["1/101"], None),
            (&["1/18446744073709551615", "1/2"], None),
        ] {
            assert_eq!(missing(parts).as_deref(), expected, "{parts:?}");
        }
    }

    #[test]
    fn what_says_no_part_or_no_range_is_refused() {
        for text in ["", "1", "0/3", "4/3", "1/0", "a/b", "-1/3", "1/3/3"] {
            assert!(text.parse::<Partition>().is_err(), "{text}");
        }
        for text in ["", "5", "5..5", "6..5", "a..b", "..5", "-1..5", "1..=5"] {
            assert!(text.parse::<Seeds>().is_err(), "{text}");
        }
        assert_eq!("5..".parse(), Ok(Seeds { first: 5, end: None }));
        assert_eq!("5..7".parse(), Ok(Seeds { first: 5, end: Some(7) }));
    }
}
