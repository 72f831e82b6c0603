use std::fmt;

use serde::{Deserialize, Serialize};

/// What one part took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// What happened: the same in each run, for any number of threads.
    pub(crate) what: What,
    /// The time on the clock, in seconds.
    pub(crate) wall: f64,
    /// The time that all cores together were busy with it, in seconds, if the system tells.
    pub(crate) cpu: Option<f64>,
    /// The most memory that the process had since the world was ready to begin, in bytes, if the system tells.
    pub(crate) peak: Option<u64>,
    /// How much more that is than it had when the world was ready, so without what drawing the world took.
    pub(crate) grown: Option<u64>,
}

/// What happened in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct What {
    pub(crate) accounts: u64,
    pub(crate) devices: u64,
    pub(crate) manual: u64,
    pub(crate) automatic: u64,
    pub(crate) possible: u64,
    pub(crate) messages: u64,
    pub(crate) deliveries: u64,
    pub(crate) fingerprint: u64,
}

/// The engine beside the unavoidable work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) engine: Measured,
    pub(crate) unavoidable: Measured,
}

impl What {
    pub(crate) fn authentications(&self) -> u64 {
        self.manual + self.automatic
    }
}

impl Measured {
    /// The median of each figure of several runs.
    pub(crate) fn median(runs: &[Self]) -> Self {
        let known = |figures: Vec<Option<f64>>| figures.into_iter().collect::<Option<Vec<f64>>>().map(median);
        let bytes = |figure: &dyn Fn(&Self) -> Option<u64>| {
            known(runs.iter().map(|run| figure(run).map(|bytes| bytes as f64)).collect())
                .map(|bytes| bytes as u64)
        };
        Self {
            what: runs[0].what,
            wall: median(runs.iter().map(|run| run.wall).collect()),
            cpu: known(runs.iter().map(|run| run.cpu).collect()),
            peak: bytes(&|run| run.peak),
            grown: bytes(&|run| run.grown),
        }
    }

    /// Of nothing but so many authentications.
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
            fingerprint: 0,
        };
        Self { what, wall: 0.0, cpu: None, peak: None, grown: None }
    }

    /// Nanoseconds on the clock for each authentication.
    pub(crate) fn wall_each(&self) -> f64 {
        1e9 * self.wall / self.what.authentications() as f64
    }

    /// Nanoseconds that cores were busy for each authentication.
    pub(crate) fn cpu_each(&self) -> Option<f64> {
        self.cpu.map(|cpu| 1e9 * cpu / self.what.authentications() as f64)
    }

    /// Bytes for each authentication.
    pub(crate) fn bytes_each(&self) -> Option<f64> {
        self.grown.map(|grown| grown as f64 / self.what.authentications() as f64)
    }
}

impl Pair {
    /// How much more time of the cores the engine takes, or time on the clock if the system does not tell the former.
    pub(crate) fn ratio(&self) -> f64 {
        match (self.engine.cpu_each(), self.unavoidable.cpu_each()) {
            (Some(engine), Some(unavoidable)) => engine / unavoidable,
            _ => self.engine.wall_each() / self.unavoidable.wall_each(),
        }
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, unavoidable } = self;
        let what = engine.what;
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
        writeln!(f, "fingerprint       {:016x}", what.fingerprint)?;
        writeln!(f, "\n{:<34}{:>16}{:>16}{:>9}", "", "engine", "unavoidable", "ratio")?;
        let mut row =
            |name: &str, figure: &dyn Fn(&Measured) -> Option<f64>, write: &dyn Fn(f64) -> String| {
                let cell = |figure: Option<f64>| figure.map_or_else(|| "unknown".to_owned(), write);
                let (one, other) = (figure(engine), figure(unavoidable));
                let ratio = one.zip(other).map(|(one, other)| one / other).filter(|ratio| ratio.is_finite());
                let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
                writeln!(f, "{name:<34}{:>16}{:>16}{ratio:>9}", cell(one), cell(other))
            };
        let tenths = |figure: f64| format!("{figure:.1}");
        row("wall time", &|part| Some(part.wall), &duration)?;
        row("CPU time", &|part| part.cpu, &duration)?;
        row("peak memory", &|part| part.peak.map(|bytes| bytes as f64), &mebibytes)?;
        row("wall time per authentication, ns", &|part| Some(part.wall_each()), &tenths)?;
        row("CPU time per authentication, ns", &Measured::cpu_each, &tenths)?;
        row("bytes per authentication", &Measured::bytes_each, &tenths)?;
        writeln!(
            f,
            "\nThe peak counts from when the world was ready to begin. Bytes are what it grew by since then."
        )
    }
}

/// Seconds with three digits, in the unit in which they read best.
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
