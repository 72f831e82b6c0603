use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;

use atm_benches::groups;
use atm_benches::ratios::{self, Latest, Ratio};

use crate::arguments::Arguments;
use crate::measured::{Measured, Pair, grouped};
use crate::plot;
use crate::process::{self, Trouble};

/// Of so many runs the medians are told.
const RUNS: NonZeroUsize = NonZeroUsize::new(3).expect("not 0");

/// Measures worlds of several sizes, and writes a table and a picture of them and of the latest benchmarks.
pub(crate) fn write(arguments: &Arguments) -> Result<(), Trouble> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let latest = ratios::read(&groups::ALL)?;
    let runs = arguments.runs.max(RUNS);
    let mut pairs = Vec::new();
    for accounts in sizes(arguments.accounts()) {
        let pair = process::pair(&arguments.of_one_world(accounts, runs))?;
        println!("{pair}");
        pairs.push(pair);
    }
    plot::draw(&folder.join("scale.svg"), &pairs)?;
    let path = folder.join("RESULTS.md");
    let text = text(&pairs, &latest, runs, arguments);
    std::fs::write(&path, text).map_err(|source| Trouble::Write { path, source })
}

/// Powers of ten below `largest`, and that.
fn sizes(largest: u32) -> impl Iterator<Item = u32> {
    let powers = std::iter::successors(Some(10), |accounts: &u32| accounts.checked_mul(10));
    powers.take_while(move |accounts| *accounts < largest).chain(std::iter::once(largest))
}

fn text(pairs: &[Pair], latest: &Latest, runs: NonZeroUsize, arguments: &Arguments) -> String {
    let (compiler, processor, jobs) = (compiler(), processor(), arguments.jobs());
    let worlds = worlds(pairs);
    let (benchmarks, origin) = (benchmarks(&latest.ratios), latest.origin());
    format!(
        "# What propagating costs

Each figure stands beside the unavoidable work: the same pairs of a device and a key, inserted into one unreserved
`FxHashMap<u64, ()>` per device. The [README](README.md) tells what is measured how. This page is written by

    ATM_BENCH_LARGE=1 cargo bench -p atm-benches
    cargo run --release -p atm-benches --bin scale -- --table

here with {compiler} on {processor}.

## Whole worlds

Accounts with one to four devices each and contacts from a power law; every device comes to authenticate the keys of
its account and of all its contacts. Medians of {runs} runs with `--jobs {jobs}`. CPU time is that of all threads together.
Bytes are those that the process grew by after the world was ready to begin.

{worlds}
![How the CPU time of an authentication, and its ratio to the unavoidable work, grow with the number of \
         accounts](scale.svg)

## Benchmarks

Medians of what one authentication costs, in nanoseconds (of the codecs: each key), and of the time of all of them
together (of the codecs: a whole message). Measured {origin}.

{benchmarks}"
    )
}

fn worlds(pairs: &[Pair]) -> String {
    let mut table =
        "| accounts | devices | authentications | messages | deliveries | wall time | CPU time each | \
                     unavoidable | ratio | peak memory | unavoidable | bytes each | unavoidable |\n"
            .to_owned();
    table += &format!("|{}\n", "---:|".repeat(13));
    for Pair { engine, unavoidable } in pairs {
        let what = engine.what;
        let nanoseconds = |part: &Measured| known(part.cpu_each().map(|time| format!("{time:.0} ns")));
        let memory = |part: &Measured| {
            known(part.peak.map(|bytes| format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))))
        };
        let bytes = |part: &Measured| known(part.bytes_each().map(|bytes| format!("{bytes:.0}")));
        let ratio = Pair { engine: *engine, unavoidable: *unavoidable }.ratio();
        let counts = [what.accounts, what.devices, what.authentications(), what.messages, what.deliveries];
        let cells = counts.map(grouped).into_iter().chain([
            format!("{:.2} s", engine.wall),
            nanoseconds(engine),
            nanoseconds(unavoidable),
            format!("{ratio:.1}"),
            memory(engine),
            memory(unavoidable),
            bytes(engine),
            bytes(unavoidable),
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

fn compiler() -> String {
    let version = Command::new("rustc").arg("--version").output().ok();
    let version = version.and_then(|output| String::from_utf8(output.stdout).ok());
    version
        .and_then(|line| Some(line.split('(').next()?.trim().to_owned()))
        .unwrap_or_else(|| "rustc".to_owned())
}

fn processor() -> String {
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name =
        about.lines().find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim()));
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    format!("{cores} cores of {}", name.unwrap_or("an unknown processor"))
}
