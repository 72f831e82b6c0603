use std::fmt::Write as _;
use std::time::Duration;

use atm_benches::groups;
use atm_benches::ratios::Ratio;

use crate::measured::{Measured, MeasuredPopulation, duration, grouped, mebibytes};

/// The greatest cost of a clique with known keys, as a multiple of the unavoidable work.
const CLIQUE: f64 = 5.2;
/// The greatest cost of a clique from nothing, in which each device also discovers all keys.
const CLIQUE_FROM_NOTHING: f64 = 7.0;
/// The factor below which the growth of a ratio or cost with the size must stay.
const GROWTH: f64 = 1.5;
const DEVICES: u64 = 1_000_000;
const AUTHENTICATIONS: u64 = 10_000_000;
/// The time limit for a million devices.
const WALL: Duration = Duration::from_secs(60);
/// The time limit for a million devices with all invariants.
const WALL_WATCHED: Duration = Duration::from_secs(300);
const GIBIBYTE: u64 = 1 << 30;
const PEAK: u64 = 12 * GIBIBYTE;
/// The greatest cost of a million devices without invariants, as a multiple of the unavoidable work.
const POPULATION: f64 = 15.0;
/// The number of accounts of the population from which growth is measured.
const SMALL: u64 = 1_000;
/// The time limit for a run of the readme's example.
const README: Duration = Duration::from_micros(20);

/// An upper bound on the cost of propagation.
struct Target {
    what: String,
    bound: String,
    /// The measured value; `None` if it was not measured.
    found: Option<Found>,
}

/// The measured value of a target.
#[derive(Debug, PartialEq)]
struct Found {
    told: String,
    met: bool,
}

/// All targets as a table, with the measured values and whether they meet the targets.
pub(crate) fn table(ratios: &[Ratio], populations: &[MeasuredPopulation]) -> String {
    let mut table = "| target | bound | measured | met |\n|---|---|---|---|\n".to_owned();
    for Target { what, bound, found } in targets(ratios, populations) {
        let (told, met) = match &found {
            Some(Found { told, met }) => (told.as_str(), if *met { "yes" } else { "no" }),
            None => ("not measured", ""),
        };
        writeln!(table, "| {what} | {bound} | {told} | {met} |").expect("a string has room");
    }
    table
}

fn targets(ratios: &[Ratio], populations: &[MeasuredPopulation]) -> [Target; 10] {
    let clique = |function: &str, remark: &str, bound: f64| Target {
        what: format!("ratio of a clique of 1,000 own devices, {function}{remark}"),
        bound: format!("at most {bound}"),
        found: ratio(ratios, groups::CLIQUE, function, 1_000)
            .map(|ratio| Found { told: format!("{ratio:.2}"), met: ratio <= bound }),
    };
    let growth = |what: &str, group: &str, function: &str, (from, to): (u32, u32)| Target {
        what: format!(
            "growth of the ratio of {what} from {} to {}",
            grouped(u64::from(from)),
            grouped(u64::from(to))
        ),
        bound: format!("below {GROWTH}"),
        found: ratio(ratios, group, function, from)
            .zip(ratio(ratios, group, function, to))
            .map(|(from, to)| grown(from, to)),
    };
    let million = populations.iter().find(|population| population.unwatched.what.devices >= DEVICES);
    let small = populations.iter().find(|population| population.unwatched.what.accounts == SMALL);
    let within = |what: &str, wall: Duration, part: fn(&MeasuredPopulation) -> &Measured| Target {
        what: format!("a population of a million devices, {what}"),
        bound: format!(
            "at least {} authentications within {} s and {} GiB",
            grouped(AUTHENTICATIONS),
            wall.as_secs(),
            PEAK / GIBIBYTE
        ),
        found: million.and_then(|million| million_devices(part(million), wall)),
    };
    let (before, nothing) = ("keys known before", "from nothing");
    [
        clique(before, "", CLIQUE),
        clique(nothing, " (each device comes to know all keys, too)", CLIQUE_FROM_NOTHING),
        growth("a clique, keys known before,", groups::CLIQUE, before, (100, 1_000)),
        growth("a clique, from nothing,", groups::CLIQUE, nothing, (100, 1_000)),
        growth("a new device, by contacts,", groups::NEW_DEVICE, "contacts", (1_000, 100_000)),
        within("all promises watched", WALL_WATCHED, |million| &million.watched),
        within("no promises", WALL, |million| &million.unwatched),
        Target {
            what: format!(
                "growth of the cost of an authentication, no promises, from {} accounts to a million devices",
                grouped(SMALL)
            ),
            bound: format!("below {GROWTH}"),
            found: small
                .zip(million)
                .map(|(small, million)| grown(small.unwatched.each(), million.unwatched.each())),
        },
        Target {
            what: "ratio of a population of a million devices, no promises".to_owned(),
            bound: format!("at most {POPULATION}"),
            found: million
                .map(MeasuredPopulation::ratio)
                .map(|ratio| Found { told: format!("{ratio:.1}"), met: ratio <= POPULATION }),
        },
        Target {
            what: "a run of the readme's example".to_owned(),
            bound: format!("at most {} µs", README.as_micros()),
            found: readme(ratios),
        },
    ]
}

fn grown(from: f64, to: f64) -> Found {
    let growth = to / from;
    Found { told: format!("{growth:.2}"), met: growth < GROWTH }
}

/// The time and memory of a million devices, if the system reports memory.
fn million_devices(part: &Measured, within: Duration) -> Option<Found> {
    let (devices, authentications, peak) = (part.what.devices, part.what.authentications(), part.peak?);
    Some(Found {
        told: format!(
            "{} devices, {} authentications, {}, {}",
            grouped(devices),
            grouped(authentications),
            duration(part.wall),
            mebibytes(peak as f64)
        ),
        met: authentications >= AUTHENTICATIONS && part.wall <= within.as_secs_f64() && peak <= PEAK,
    })
}

fn readme(ratios: &[Ratio]) -> Option<Found> {
    let run = ratios.iter().find(|ratio| ratio.group == groups::README_RUN)?;
    let seconds = run.whole / 1e9;
    Some(Found { told: duration(seconds), met: seconds <= README.as_secs_f64() })
}

fn ratio(ratios: &[Ratio], group: &str, function: &str, size: u32) -> Option<f64> {
    let is =
        |ratio: &&Ratio| ratio.group == group && ratio.function == function && ratio.size == size.to_string();
    let benchmark = ratios.iter().find(is)?;
    Some(benchmark.time / benchmark.unavoidable?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured::Measured;

    fn benchmark(group: &str, function: &str, size: u32, time: f64) -> Ratio {
        let whole = time * f64::from(size);
        let (group, function, size) = (group.to_owned(), function.to_owned(), size.to_string());
        Ratio { group, function, size, time, unavoidable: Some(10.0), whole }
    }

    /// Whether each target is met.
    fn met(ratios: &[Ratio], populations: &[MeasuredPopulation]) -> [Option<bool>; 10] {
        targets(ratios, populations).map(|target| target.found.map(|found| found.met))
    }

    fn all(cliques: (f64, f64), grown: f64, contacts: f64, readme: f64) -> Vec<Ratio> {
        vec![
            benchmark(groups::CLIQUE, "keys known before", 100, cliques.0 / grown),
            benchmark(groups::CLIQUE, "keys known before", 1_000, cliques.0),
            benchmark(groups::CLIQUE, "from nothing", 100, cliques.1 / grown),
            benchmark(groups::CLIQUE, "from nothing", 1_000, cliques.1),
            benchmark(groups::NEW_DEVICE, "contacts", 1_000, 40.0),
            benchmark(groups::NEW_DEVICE, "contacts", 100_000, contacts),
            benchmark(groups::README_RUN, "world, server, trace, promises", 20, readme),
        ]
    }

    /// A population whose authentications take `each` nanoseconds of processor time, with and without invariants. The
    /// unavoidable work takes one nanosecond.
    fn population(accounts: u64, devices: u64, authentications: u64, each: f64) -> MeasuredPopulation {
        let part = |each: f64| {
            let mut part = Measured::of_authentications(authentications);
            (part.what.accounts, part.what.devices) = (accounts, devices);
            let cpu = Some(each * authentications as f64 / 1e9);
            Measured { cpu, peak: Some(PEAK), ..part }
        };
        MeasuredPopulation { unwatched: part(each), watched: part(each), unavoidable: part(1.0) }
    }

    fn million(authentications: u64, walls: (f64, f64), peak: Option<u64>) -> MeasuredPopulation {
        let mut million = population(401_000, DEVICES, authentications, 15.0);
        (million.unwatched.wall, million.watched.wall) = walls;
        (million.unwatched.peak, million.watched.peak) = (peak, peak);
        million
    }

    #[test]
    fn targets_are_met_up_to_their_bounds() {
        let populations =
            [population(SMALL, 2_500, 35_000, 10.01), million(AUTHENTICATIONS, (60.0, 300.0), Some(PEAK))];
        let met = met(&all((52.0, 70.0), 1.49, 59.9, 1_000.0), &populations);
        assert_eq!(met, [Some(true); 10]);
    }

    #[test]
    fn targets_are_missed_beyond_their_bounds() {
        let bad = all((52.1, 70.1), 1.501, 60.0, 1_000.1);
        let small = population(SMALL, 2_500, 35_000, 10.0);
        for million in [
            million(AUTHENTICATIONS - 1, (60.0, 300.0), Some(PEAK)),
            million(AUTHENTICATIONS, (60.1, 300.1), Some(PEAK)),
            million(AUTHENTICATIONS, (60.0, 300.0), Some(PEAK + 1)),
        ] {
            let mut expected = [Some(false); 10];
            expected[8] = Some(true);
            assert_eq!(met(&bad, &[small, million]), expected);
        }
        let dear = population(401_000, DEVICES, AUTHENTICATIONS, 15.1);
        assert_eq!(met(&[], &[dear])[8], Some(false));
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        assert_eq!(met(&[], &[]), [None; 10]);
        let too_small = population(SMALL, DEVICES - 1, AUTHENTICATIONS, 1.0);
        assert_eq!(met(&[], &[too_small]), [None; 10]);
        let unknown = met(&[], &[million(AUTHENTICATIONS, (1.0, 1.0), None)]);
        assert_eq!((unknown[5], unknown[6]), (None, None));
        let mut alone = benchmark(groups::CLIQUE, "from nothing", 1_000, 1.0);
        alone.unavoidable = None;
        assert_eq!(met(std::slice::from_ref(&alone), &[]), [None; 10]);
        let table = table(&[], &[]);
        assert_eq!(table.matches("| not measured |  |").count(), 10, "{table}");
    }

    #[test]
    fn the_table_tells_what_was_measured() {
        let mut largest = million(14_237_096, (11.93, 40.0), Some(2416 << 20));
        for part in [&mut largest.unwatched, &mut largest.watched] {
            part.what.devices = 1_002_737;
        }
        let table = table(&all((53.4, 60.0), 1.0, 50.0, 769.4), &[largest]);
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            [rows[0], rows[6], rows[8], rows[9]],
            [
                "| ratio of a clique of 1,000 own devices, keys known before | at most 5.2 | 5.34 | no |",
                "| a population of a million devices, no promises | at least 10,000,000 authentications within 60 s \
                 and 12 GiB | 1,002,737 devices, 14,237,096 authentications, 11.9 s, 2416 MiB | yes |",
                "| ratio of a population of a million devices, no promises | at most 15 | 15.0 | yes |",
                "| a run of the readme's example | at most 20 µs | 15.4 µs | yes |",
            ]
        );
    }
}
