use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// The possible numbers of jobs. More threads help nobody.
pub(super) const JOBS: RangeInclusive<u64> = 1..=1_000;

/// The possible seeds.
pub(super) const SEED: RangeInclusive<u64> = 0..=u64::MAX;

/// A parser for whole numbers of a range. Beyond the range, a command would run out of memory or take too long.
pub(super) fn whole<N: FromStr>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<N, String> + Clone + Send + Sync + 'static {
    move |text| {
        let is_in_range = text.parse().is_ok_and(|number| range.contains(&number));
        text.parse().ok().filter(|_| is_in_range).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("expected a whole number from {least} to {most}")
        })
    }
}

/// Parses a duration, such as `90s`.
pub(super) fn time(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text)
        .map_err(|_| "expected a number with its unit, such as `90s`, `10m` or `2h`")
}
