use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;

use atm_benches::groups;
use atm_benches::ratios::{self, Latest, Ratio};
use atm_benches::run;

use crate::arguments::Arguments;
use crate::measured::{Measured, MeasuredPopulation, duration, grouped, mebibytes};
use crate::process::{self, ScaleError};
use crate::{plot, targets};

/// The number of runs whose median is reported.
const RUNS: NonZeroUsize = NonZeroUsize::new(3).expect("not 0");

/// The smallest population. In smaller ones, starting threads and first touching memory dominate.
const SMALLEST: u32 = 1_000;

/// Measures populations of several sizes. Writes a table and a picture of them and of the latest benchmarks.
pub(crate) fn write(arguments: &Arguments) -> Result<(), ScaleError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let latest = ratios::read(&groups::ALL)?;
    let runs = arguments.runs.max(RUNS);
    let commit = run::commit().unwrap_or_else(|| "unknown".to_owned());
    let mut populations = Vec::new();
    for accounts in sizes(arguments.accounts()) {
        println!("A population of {} accounts, {runs} times.\n", grouped(u64::from(accounts)));
        let population = process::measure(&arguments.of_one_population(accounts, runs))?;
        println!("{population}");
        populations.push(population);
    }
    plot::draw(&folder.join("scale.svg"), &populations)?;
    let path = folder.join("RESULTS.md");
    let text = text(&populations, &latest, runs, &commit, arguments);
    std::fs::write(&path, text).map_err(|source| ScaleError::Write { path: path.clone(), source })?;
    println!("Written: {}", path.display());
    Ok(())
}

/// The powers of ten from the smallest population up to `largest`, and `largest` itself.
fn sizes(largest: u32) -> impl Iterator<Item = u32> {
    let powers = std::iter::successors(Some(SMALLEST), |accounts: &u32| accounts.checked_mul(10));
    powers.take_while(move |accounts| *accounts < largest).chain(std::iter::once(largest))
}

fn text(
    populations: &[MeasuredPopulation],
    latest: &Latest,
    runs: NonZeroUsize,
    commit: &str,
    arguments: &Arguments,
) -> String {
    let (processor, jobs) = (processor(), arguments.jobs());
    let compiler = run::compiler().unwrap_or_else(|| "an unknown compiler".to_owned());
    let targets = targets::table(&latest.ratios, populations);
    let rows = rows(populations);
    let (benchmarks, origin) = (benchmarks(&latest.ratios), latest.origin());
    format!(
        "# The cost of propagation

Each figure is compared with the unavoidable work: the same pairs of a device and a key, inserted into one unreserved
`FxHashMap<u64, ()>` per device. The [README](README.md) explains the measurements. Two commands write this page:

    ATM_BENCH_LARGE=1 cargo bench -p atm-benches
    cargo run --profile dist -p atm-benches --bin scale -- --table

They ran with {compiler} on {processor}.

## Targets

A target bounds the cost of propagation. Growth is the figure at the larger size, divided by the figure at the smaller one.

{targets}
## Populations

The populations are [`a-million-devices.yaml`](a-million-devices.yaml) with other numbers of accounts: one to four devices each,
contacts from a power law, parts of 200 accounts. In the end, every device has authenticated the keys of its account and of all its
contacts. Each part is drawn, prepared, played in the simulator and judged, as in `atm run`, without and with the promises (invariants).
The figures are medians of {runs} runs with `--jobs {jobs}`, at commit {commit}. CPU time is the sum over all threads, for each authentication.

{rows}
![How the CPU time of an authentication, and its ratio to the unavoidable work, grow with the number of \
         accounts](scale.svg)

## Benchmarks

The figures are medians: of the cost of one authentication in nanoseconds (of the codecs: of each key), and of the time of all of them
together (of the codecs: of a whole message). Measured {origin}.

{benchmarks}"
    )
}

fn rows(populations: &[MeasuredPopulation]) -> String {
    let mut table = "| accounts | devices | authentications | messages | deliveries | wall time | wall time, promises | \
                     CPU time each | CPU time each, promises | CPU time each, unavoidable | ratio | ratio, promises | \
                     peak memory | peak memory, promises |\n"
        .to_owned();
    table += &format!("|{}\n", "---:|".repeat(14));
    for population in populations {
        let MeasuredPopulation { unwatched, watched, unavoidable } = population;
        let what = unwatched.what;
        let nanoseconds = |part: &Measured| format!("{:.0} ns", part.each());
        let memory = |part: &Measured| known(part.peak.map(|bytes| mebibytes(bytes as f64)));
        let counts = [what.accounts, what.devices, what.authentications(), what.messages, what.deliveries];
        let cells = counts.map(grouped).into_iter().chain([
            duration(unwatched.wall),
            duration(watched.wall),
            nanoseconds(unwatched),
            nanoseconds(watched),
            nanoseconds(unavoidable),
            format!("{:.1}", population.ratio()),
            format!("{:.1}", population.ratio_watched()),
            memory(unwatched),
            memory(watched),
        ]);
        let cells: Vec<String> = cells.collect();
        writeln!(table, "| {} |", cells.join(" | ")).expect("a string has room");
    }
    table
}

fn benchmarks(ratios: &[Ratio]) -> String {
    let mut table = "| group | benchmark | size | ns each | unavoidable | ratio | whole run |\n\
                     |---|---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for ratio in ratios {
        let Ratio { group, function, size, time, unavoidable, .. } = ratio;
        let (unavoidable, times) = match unavoidable {
            Some(unavoidable) => (format!("{unavoidable:.1}"), format!("{:.1}", time / unavoidable)),
            None => (String::new(), String::new()),
        };
        let whole = ratio.whole_run();
        writeln!(table, "| {group} | {function} | {size} | {time:.1} | {unavoidable} | {times} | {whole} |")
            .expect("a string has room");
    }
    table
}

fn known(figure: Option<String>) -> String {
    figure.unwrap_or_else(|| "unknown".to_owned())
}

fn processor() -> String {
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name =
        about.lines().find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim()));
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    format!("{cores} cores of {}", name.unwrap_or("an unknown processor"))
}
