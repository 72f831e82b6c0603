use std::fmt;

use serde::{Deserialize, Serialize};

/// The cost of one part.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// The result: the same in each run, for any number of threads.
    pub(crate) what: What,
    /// The elapsed time in seconds.
    pub(crate) wall: f64,
    /// The processor time of all cores in seconds, if the system reports it.
    pub(crate) cpu: Option<f64>,
    /// The peak memory of the process since the start of the part in bytes, if the system reports it.
    pub(crate) peak: Option<u64>,
}

/// The result of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct What {
    pub(crate) accounts: u64,
    pub(crate) devices: u64,
    pub(crate) manual: u64,
    pub(crate) automatic: u64,
    pub(crate) possible: u64,
    pub(crate) messages: u64,
    pub(crate) deliveries: u64,
}

/// A population with its unavoidable work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MeasuredPopulation {
    /// Without checks of invariants.
    pub(crate) unwatched: Measured,
    /// With checks of all invariants.
    pub(crate) watched: Measured,
    pub(crate) unavoidable: Measured,
}

impl What {
    pub(crate) fn authentications(&self) -> u64 {
        self.manual + self.automatic
    }
}

impl Measured {
    /// The median of each figure over several runs.
    pub(crate) fn median(runs: &[Self]) -> Self {
        let known = |figures: Vec<Option<f64>>| figures.into_iter().collect::<Option<Vec<f64>>>().map(median);
        let peak = known(runs.iter().map(|run| run.peak.map(|bytes| bytes as f64)).collect());
        Self {
            what: runs[0].what,
            wall: median(runs.iter().map(|run| run.wall).collect()),
            cpu: known(runs.iter().map(|run| run.cpu).collect()),
            peak: peak.map(|bytes| bytes as u64),
        }
    }

    /// A measurement with nothing but this number of authentications.
    #[cfg(test)]
    pub(crate) fn of_authentications(authentications: u64) -> Self {
        let what = What {
            accounts: 1,
            devices: 1,
            manual: 0,
            automatic: authentications,
            possible: authentications,
            messages: 0,
            deliveries: 0,
        };
        Self { what, wall: 0.0, cpu: None, peak: None }
    }

    /// The processor time per authentication in nanoseconds, or the elapsed time if the system does not report the
    /// former.
    pub(crate) fn each(&self) -> f64 {
        1e9 * self.cpu.unwrap_or(self.wall) / self.what.authentications() as f64
    }
}

impl MeasuredPopulation {
    /// The ratio of the population's time to that of the unavoidable work, without invariants.
    pub(crate) fn ratio(&self) -> f64 {
        self.unwatched.each() / self.unavoidable.each()
    }

    /// The same ratio with all invariants.
    pub(crate) fn ratio_watched(&self) -> f64 {
        self.watched.each() / self.unavoidable.each()
    }
}

impl fmt::Display for MeasuredPopulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unwatched, watched, unavoidable } = self;
        let what = unwatched.what;
        writeln!(f, "accounts          {:>16}", grouped(what.accounts))?;
        writeln!(f, "devices           {:>16}", grouped(what.devices))?;
        writeln!(
            f,
            "authentications   {:>16}   of {}: {} manual, {} automatic",
            grouped(what.authentications()),
            grouped(what.possible),
            grouped(what.manual),
            grouped(what.automatic)
        )?;
        writeln!(f, "messages          {:>16}", grouped(what.messages))?;
        writeln!(f, "deliveries        {:>16}", grouped(what.deliveries))?;
        writeln!(f, "\n{:<34}{:>14}{:>14}{:>14}", "", "no promises", "promises", "unavoidable")?;
        let mut row = |name: &str, write: &dyn Fn(&Measured) -> Option<String>| {
            let cell = |part| write(part).unwrap_or_else(|| "unknown".to_owned());
            writeln!(f, "{name:<34}{:>14}{:>14}{:>14}", cell(unwatched), cell(watched), cell(unavoidable))
        };
        row("wall time", &|part| Some(duration(part.wall)))?;
        row("CPU time", &|part| part.cpu.map(duration))?;
        row("peak memory", &|part| part.peak.map(|bytes| mebibytes(bytes as f64)))?;
        row("CPU time per authentication, ns", &|part| Some(format!("{:.1}", part.each())))?;
        row("ratio", &|part| Some(format!("{:.1}", part.each() / unavoidable.each())))
    }
}

/// Seconds as text with three digits, in a suitable unit.
pub(crate) fn duration(seconds: f64) -> String {
    let (figure, unit) = match seconds {
        seconds if seconds < 1e-3 => (seconds * 1e6, "µs"),
        seconds if seconds < 1.0 => (seconds * 1e3, "ms"),
        seconds => (seconds, "s"),
    };
    let digits = match figure {
        figure if figure < 10.0 => 2,
        figure if figure < 100.0 => 1,
        _ => 0,
    };
    format!("{figure:.digits$} {unit}")
}

/// Bytes in MiB.
pub(crate) fn mebibytes(bytes: f64) -> String {
    format!("{:.0} MiB", bytes / f64::from(1 << 20))
}

/// A number with a comma between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    if figures.len().is_multiple_of(2) {
        (figures[middle - 1] + figures[middle]) / 2.0
    } else {
        figures[middle]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        let written = [0, 12, 999, 1_000, 65_536, 1_000_000].map(grouped);
        assert_eq!(written, ["0", "12", "999", "1,000", "65,536", "1,000,000"]);
    }

    #[test]
    fn no_duration_is_written_as_nothing() {
        let written = [0.000_021, 0.004_56, 0.020_34, 0.2123, 2.4, 11.93, 612.3].map(duration);
        assert_eq!(written, ["21.0 µs", "4.56 ms", "20.3 ms", "212 ms", "2.40 s", "11.9 s", "612 s"]);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 9.0]), 3.0);
        assert_eq!(median(vec![3.0, 1.0, 9.0, 5.0]), 4.0);
    }
}
