use std::fmt::Write as _;
use std::time::Duration;

use atm_benches::groups;
use atm_benches::ratios::Ratio;

use crate::measured::{Pair, duration, grouped, mebibytes};

/// The most that a clique costs, as a multiple of the unavoidable work.
const CLIQUE: f64 = 4.0;
/// How many times as large a ratio may become with the size; it stays below.
const GROWTH: f64 = 1.5;
const DEVICES: u64 = 1_000_000;
const AUTHENTICATIONS: u64 = 10_000_000;
const WALL: Duration = Duration::from_secs(600);
const GIBIBYTE: u64 = 1 << 30;
const PEAK: u64 = 12 * GIBIBYTE;
/// The most that a run of the readme's example takes.
const README: Duration = Duration::from_micros(20);

/// What propagating is to cost at most.
struct Target {
    what: String,
    bound: String,
    /// `None` if that was not measured.
    found: Option<Found>,
}

/// What was measured of a target.
#[derive(Debug, PartialEq)]
struct Found {
    told: String,
    met: bool,
}

/// All targets, with what was measured and whether that meets them.
pub(crate) fn table(ratios: &[Ratio], pairs: &[Pair]) -> String {
    let mut table = "| target | bound | measured | met |\n|---|---|---|---|\n".to_owned();
    for Target { what, bound, found } in targets(ratios, pairs) {
        let (told, met) = match &found {
            Some(Found { told, met }) => (told.as_str(), if *met { "yes" } else { "no" }),
            None => ("not measured", ""),
        };
        writeln!(table, "| {what} | {bound} | {told} | {met} |").expect("a string has room");
    }
    table
}

fn targets(ratios: &[Ratio], pairs: &[Pair]) -> [Target; 7] {
    let clique = |function: &str, remark: &str| Target {
        what: format!("ratio of a clique of 1,000 own devices, {function}{remark}"),
        bound: format!("at most {CLIQUE}"),
        found: ratio(ratios, groups::CLIQUE, function, 1_000)
            .map(|ratio| Found { told: format!("{ratio:.2}"), met: ratio <= CLIQUE }),
    };
    let growth = |what: &str, group: &str, function: &str, from: u32, to: u32| Target {
        what: format!(
            "growth of the ratio of {what} from {} to {}",
            grouped(u64::from(from)),
            grouped(u64::from(to))
        ),
        bound: format!("below {GROWTH}"),
        found: ratio(ratios, group, function, from)
            .zip(ratio(ratios, group, function, to))
            .map(|(from, to)| to / from)
            .map(|growth| Found { told: format!("{growth:.2}"), met: growth < GROWTH }),
    };
    let (before, nothing) = ("keys known before", "from nothing");
    [
        clique(before, ""),
        clique(nothing, " (each device comes to know all keys, too)"),
        growth("a clique, keys known before,", groups::CLIQUE, before, 100, 1_000),
        growth("a clique, from nothing,", groups::CLIQUE, nothing, 100, 1_000),
        growth("a new device, by contacts,", groups::NEW_DEVICE, "contacts", 1_000, 100_000),
        Target {
            what: "a world of a million devices".to_owned(),
            bound: format!(
                "at least {} authentications within {} s and {} GiB",
                grouped(AUTHENTICATIONS),
                WALL.as_secs(),
                PEAK / GIBIBYTE
            ),
            found: pairs.iter().max_by_key(|pair| pair.engine.what.devices).and_then(million_devices),
        },
        Target {
            what: "a run of the readme's example".to_owned(),
            bound: format!("at most {} µs", README.as_micros()),
            found: readme(ratios),
        },
    ]
}

/// What the largest world says, if it is large enough and the system tells its memory.
fn million_devices(pair: &Pair) -> Option<Found> {
    let engine = &pair.engine;
    let (devices, authentications) = (engine.what.devices, engine.what.authentications());
    let peak = engine.peak.filter(|_| devices >= DEVICES)?;
    Some(Found {
        told: format!(
            "{} devices, {} authentications, {}, {}",
            grouped(devices),
            grouped(authentications),
            duration(engine.wall),
            mebibytes(peak as f64)
        ),
        met: authentications >= AUTHENTICATIONS && engine.wall <= WALL.as_secs_f64() && peak <= PEAK,
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
    fn met(ratios: &[Ratio], pairs: &[Pair]) -> [Option<bool>; 7] {
        targets(ratios, pairs).map(|target| target.found.map(|found| found.met))
    }

    fn all(clique: f64, grown: f64, contacts: f64, readme: f64) -> Vec<Ratio> {
        vec![
            benchmark(groups::CLIQUE, "keys known before", 100, clique / grown),
            benchmark(groups::CLIQUE, "keys known before", 1_000, clique),
            benchmark(groups::CLIQUE, "from nothing", 100, clique / grown),
            benchmark(groups::CLIQUE, "from nothing", 1_000, clique),
            benchmark(groups::NEW_DEVICE, "contacts", 1_000, 40.0),
            benchmark(groups::NEW_DEVICE, "contacts", 100_000, contacts),
            benchmark(groups::README_RUN, "world, server, trace, promises", 20, readme),
        ]
    }

    fn world(devices: u64, authentications: u64, wall: f64, peak: Option<u64>) -> Pair {
        let mut engine = Measured::of_authentications(authentications);
        engine.what.devices = devices;
        let engine = Measured { wall, peak, ..engine };
        Pair { engine, unavoidable: engine }
    }

    #[test]
    fn targets_are_met_up_to_their_bounds() {
        let largest = world(DEVICES, AUTHENTICATIONS, 600.0, Some(PEAK));
        let small = world(10, 10, 1e6, Some(u64::MAX));
        let met = met(&all(40.0, 1.49, 59.9, 1_000.0), &[largest, small]);
        assert_eq!(met, [Some(true); 7]);
    }

    #[test]
    fn targets_are_missed_beyond_their_bounds() {
        let missed = [Some(false); 7];
        let bad = all(40.1, 1.5, 60.0, 1_000.1);
        for world in [
            world(DEVICES, AUTHENTICATIONS - 1, 600.0, Some(PEAK)),
            world(DEVICES, AUTHENTICATIONS, 600.1, Some(PEAK)),
            world(DEVICES, AUTHENTICATIONS, 600.0, Some(PEAK + 1)),
        ] {
            assert_eq!(met(&bad, &[world]), missed);
        }
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        assert_eq!(met(&[], &[]), [None; 7]);
        let too_small = world(DEVICES - 1, AUTHENTICATIONS, 1.0, Some(PEAK));
        let unknown = world(DEVICES, AUTHENTICATIONS, 1.0, None);
        let mut alone = benchmark(groups::CLIQUE, "from nothing", 1_000, 1.0);
        alone.unavoidable = None;
        for world in [too_small, unknown] {
            assert_eq!(met(std::slice::from_ref(&alone), &[world]), [None; 7]);
        }
        let table = table(&[], &[]);
        assert_eq!(table.matches("| not measured |  |").count(), 7, "{table}");
    }

    #[test]
    fn the_table_tells_what_was_measured() {
        let largest = world(1_002_737, 14_237_096, 11.93, Some(2416 << 20));
        let table = table(&all(42.4, 1.0, 50.0, 769.4), &[largest]);
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            [rows[0], rows[5], rows[6]],
            [
                "| ratio of a clique of 1,000 own devices, keys known before | at most 4 | 4.24 | no |",
                "| a world of a million devices | at least 10,000,000 authentications within 600 s and 12 GiB \
                 | 1,002,737 devices, 14,237,096 authentications, 11.9 s, 2416 MiB | yes |",
                "| a run of the readme's example | at most 20 µs | 15.4 µs | yes |",
            ]
        );
    }
}
