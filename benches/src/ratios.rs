//! Ratios of the cost of benchmarks to that of the unavoidable work, from criterion's results.
//!
//! A ratio combines two figures of one run. Criterion keeps the latest figure of each benchmark, even from different
//! runs. So each run stores a record of itself next to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;

use crate::memory;
use crate::run::Measurement;

/// The name of each benchmark's unavoidable work in criterion's groups.
pub const UNAVOIDABLE: &str = "unavoidable";

/// One benchmark with its unavoidable work.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    /// Criterion's group.
    pub group: String,
    /// The measured function.
    pub function: String,
    /// The size, if there are several.
    pub size: String,
    /// The median time per authentication, or per other counted unit, in nanoseconds.
    pub time: f64,
    /// The same figure of the unavoidable work, if there is any.
    pub unavoidable: Option<f64>,
    /// The median time of the whole: a message, a decision or a world; in nanoseconds.
    pub whole: f64,
}

impl Ratio {
    /// The time of one whole run, in a suitable unit.
    #[must_use]
    pub fn whole_run(&self) -> String {
        let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
        let suits = units.into_iter().find(|(nanoseconds, _)| self.whole >= *nanoseconds);
        let (nanoseconds, unit) = suits.unwrap_or((1.0, "ns"));
        format!("{:.1} {unit}", self.whole / nanoseconds)
    }
}

/// The latest ratios of some groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Latest {
    /// The ratios, group by group.
    pub ratios: Vec<Ratio>,
    /// The runs that measured them.
    pub runs: Vec<Measurement>,
}

impl Latest {
    /// The commits and compilers of the runs.
    #[must_use]
    pub fn origin(&self) -> String {
        let origins: BTreeSet<String> = self.runs.iter().map(Measurement::origin).collect();
        Vec::from_iter(origins).join(", and ")
    }
}

/// The reason why criterion's results cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// There are no results.
    #[error("there are no results of benchmarks: run `cargo bench -p atm-benches` first")]
    Nothing,
    /// A file or a folder cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// The error.
        source: std::io::Error,
    },
    /// A file is not in criterion's format.
    #[error("{path}: {source}", path = path.display())]
    Json {
        /// The path.
        path: PathBuf,
        /// The error.
        source: serde_json::Error,
    },
    /// No run of a group left a record.
    #[error("no run of \"{group}\" is recorded: run `cargo bench -p atm-benches` first")]
    Unrecorded {
        /// Criterion's group.
        group: String,
    },
    /// The figures of a group are from more than one run.
    #[error(
        "\"{benchmark}\" of \"{group}\" was not measured in the latest run of the group: run the whole group once \
         more, or remove {path} if it is not measured any more",
        path = path.display()
    )]
    Mixed {
        /// Criterion's group.
        group: String,
        /// A benchmark of another run.
        benchmark: String,
        /// The path of its figures.
        path: PathBuf,
    },
}

/// Runs benchmarks and prints the ratios of those that were measured. Prints nothing if the command line asks for
/// something other than measuring.
pub fn after(benchmarks: impl FnOnce(), groups: &[&str]) {
    memory::keep_freed();
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    if !asked("--bench") || asked("--test") || asked("--list") {
        benchmarks();
        return; // nothing was measured
    }
    let run = Measurement::of(benchmarks);
    let Some(folder) = results_folder() else {
        eprintln!("no ratios: {}", Unreadable::Nothing);
        return;
    };
    match record(&folder, &run, groups) {
        Ok(ratios) if ratios.is_empty() => {
            println!("no ratios: nothing of this run is in {}", folder.display());
        }
        Ok(ratios) => println!("{}", Table(&ratios)),
        Err(unreadable) => eprintln!("no ratios: {unreadable}"),
    }
}

/// Reads the latest ratios of some groups.
///
/// # Errors
///
/// If there are no results, if they cannot be read, or if those of a group are from several runs.
pub fn read(groups: &[&str]) -> Result<Latest, Unreadable> {
    read_from(&results_folder().ok_or(Unreadable::Nothing)?, groups)
}

/// Returns the ratios from one run. Records it as the latest run of each group that it measured.
fn record(folder: &Path, run: &Measurement, groups: &[&str]) -> Result<Vec<Ratio>, Unreadable> {
    let mut found = Vec::new();
    collect(folder, &mut found)?;
    found.retain(|measured| run.covers(measured.written));
    for group in groups.iter().filter(|group| found.iter().any(|measured| measured.is_of(group))) {
        write_record(&record_of(folder, group), run)?;
    }
    Ok(ratios(&found, groups))
}

fn read_from(folder: &Path, groups: &[&str]) -> Result<Latest, Unreadable> {
    let mut found = Vec::new();
    collect(folder, &mut found)?;
    let runs = groups.iter().map(|group| run_of(folder, group, &found)).collect::<Result<_, _>>()?;
    Ok(Latest { ratios: ratios(&found, groups), runs })
}

/// The run that measured a whole group.
fn run_of(folder: &Path, group: &str, found: &[Measured]) -> Result<Measurement, Unreadable> {
    let path = record_of(folder, group);
    if !path.is_file() {
        return Err(Unreadable::Unrecorded { group: group.to_owned() });
    }
    let run: Measurement = read_json(&path)?;
    match found.iter().find(|measured| measured.is_of(group) && !run.covers(measured.written)) {
        Some(other) => Err(Unreadable::Mixed {
            group: group.to_owned(),
            benchmark: format!("{}/{}", other.function(), other.size()),
            path: other.path.clone(),
        }),
        None => Ok(run),
    }
}

/// The path of the record of a group's latest run.
fn record_of(folder: &Path, group: &str) -> PathBuf {
    folder.join("atm-runs").join(format!("{group}.json"))
}

fn ratios(found: &[Measured], groups: &[&str]) -> Vec<Ratio> {
    let found = || found.iter().filter(|measured| groups.iter().any(|group| measured.is_of(group)));
    let unavoidable: BTreeMap<(&str, &str), f64> = found()
        .filter(|measured| measured.function() == UNAVOIDABLE)
        .map(|measured| ((measured.id.group_id.as_str(), measured.size()), measured.time))
        .collect();
    let measured = found().filter(|measured| measured.function() != UNAVOIDABLE);
    let mut ratios: Vec<Ratio> = measured
        .map(|measured| Ratio {
            group: measured.id.group_id.clone(),
            function: measured.function().to_owned(),
            size: measured.size().to_owned(),
            time: measured.time,
            unavoidable: unavoidable.get(&(measured.id.group_id.as_str(), measured.size())).copied(),
            whole: measured.whole,
        })
        .collect();
    ratios.sort_by_key(|ratio| {
        (
            ratio.group.clone(),
            ratio.function.clone(),
            ratio.size.parse::<u64>().unwrap_or(0),
            ratio.size.clone(),
        )
    });
    ratios
}

/// Ratios, displayed as a table.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a>(pub &'a [Ratio]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<34} {:<24} {:>8} {:>12} {:>12} {:>8} {:>10}",
            "", "", "size", "ns for each", "unavoidable", "ratio", "whole run"
        )?;
        for ratio in self.0 {
            let Ratio { group, function, size, time, unavoidable, .. } = ratio;
            let (unavoidable, times) = match unavoidable {
                Some(unavoidable) => (format!("{unavoidable:.1}"), format!("{:.2}", time / unavoidable)),
                None => (String::new(), String::new()),
            };
            let whole = ratio.whole_run();
            writeln!(
                f,
                "{group:<34} {function:<24} {size:>8} {time:>12.1} {unavoidable:>12} {times:>8} {whole:>10}"
            )?;
        }
        Ok(())
    }
}

/// Criterion's result of one benchmark.
struct Measured {
    id: BenchmarkId,
    time: f64,
    whole: f64,
    /// The time of the measurement.
    written: SystemTime,
    /// The folder of the result.
    path: PathBuf,
}

impl Measured {
    fn is_of(&self, group: &str) -> bool {
        self.id.group_id == group
    }

    fn function(&self) -> &str {
        self.id.function_id.as_deref().unwrap_or_default()
    }

    fn size(&self) -> &str {
        self.id.value_str.as_deref().unwrap_or_default()
    }
}

/// The content of criterion's `benchmark.json`.
#[derive(Deserialize)]
struct BenchmarkId {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
enum Throughput {
    Elements(u64),
}

/// The relevant content of criterion's `estimates.json`.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

fn collect(folder: &Path, found: &mut Vec<Measured>) -> Result<(), Unreadable> {
    let unreadable = |source| Unreadable::Io { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.file_name().is_some_and(|name| name == "new") && path.join("benchmark.json").is_file() {
            let id: BenchmarkId = read_json(&path.join("benchmark.json"))?;
            let estimates = path.join("estimates.json");
            let Estimates { median } = read_json(&estimates)?;
            let written = estimates.metadata().and_then(|about| about.modified());
            let written = written.map_err(|source| Unreadable::Io { path: estimates, source })?;
            let Throughput::Elements(elements) = id.throughput.as_ref().unwrap_or(&Throughput::Elements(1));
            let whole = median.point_estimate;
            found.push(Measured { time: whole / *elements as f64, whole, written, path, id });
        } else if path.is_dir() {
            collect(&path, found)?;
        }
    }
    Ok(())
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Unreadable> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Unreadable::Io { path: path.to_owned(), source })?;
    serde_json::from_str(&text).map_err(|source| Unreadable::Json { path: path.to_owned(), source })
}

fn write_record(path: &Path, run: &Measurement) -> Result<(), Unreadable> {
    let json = serde_json::to_string_pretty(run)
        .map_err(|source| Unreadable::Json { path: path.to_owned(), source })?;
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = written.and_then(|()| std::fs::write(path, json));
    written.map_err(|source| Unreadable::Io { path: path.to_owned(), source })
}

/// Criterion's output folder: the one from the environment, or `criterion` in the build folder.
fn results_folder() -> Option<PathBuf> {
    let by_environment = std::env::var_os("CRITERION_HOME").map(PathBuf::from);
    let program = std::env::current_exe().ok()?;
    let beside = || program.ancestors().map(|folder| folder.join("criterion")).find(|folder| folder.is_dir());
    by_environment.or_else(beside)
}

#[cfg(test)]
mod tests;
