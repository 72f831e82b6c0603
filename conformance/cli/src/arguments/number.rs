use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// How many jobs there may be: more threads than the most help nobody.
pub(super) const JOBS: RangeInclusive<u64> = 1..=1_000;

/// Any number of a random generator.
pub(super) const SEED: RangeInclusive<u64> = 0..=u64::MAX;

/// Reads a whole number of a range, beyond which memory or patience would end before the command does.
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

/// Reads how long something may take.
pub(super) fn time(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text)
        .map_err(|_| "expected a number with its unit, such as `90s`, `10m` or `2h`")
}
