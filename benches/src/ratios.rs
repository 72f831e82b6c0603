//! How much more benchmarks cost than the unavoidable work, from what criterion measured.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::memory;

/// The name under which the unavoidable work of each benchmark stands in criterion's groups.
pub const UNAVOIDABLE: &str = "unavoidable";

/// One benchmark beside its unavoidable work.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    /// Criterion's group.
    pub group: String,
    /// What is measured.
    pub function: String,
    /// How large it is, if there are several sizes.
    pub size: String,
    /// Nanoseconds for each authentication, or whatever else the benchmark counts; the median.
    pub time: f64,
    /// The same of the unavoidable work, where there is one.
    pub unavoidable: Option<f64>,
}

/// What is wrong with the results of criterion.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// There are none.
    #[error("there are no results of benchmarks: run `cargo bench -p atm-benches` first")]
    Nothing,
    /// A file or a folder cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what criterion writes.
    #[error("{path}: {source}", path = path.display())]
    Json {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

/// Runs benchmarks and prints the ratios of the groups that they belong to, unless the command line asks for
/// something else than measuring.
pub fn after(benchmarks: impl FnOnce(), groups: &[&str]) {
    memory::keep_freed();
    benchmarks();
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    if !asked("--bench") || asked("--test") || asked("--list") {
        return; // nothing was measured
    }
    match read(groups) {
        Ok(ratios) => println!("{}", Table(&ratios)),
        Err(unreadable) => eprintln!("no ratios: {unreadable}"),
    }
}

/// The latest ratios of some groups.
///
/// # Errors
///
/// If there are no results, or they cannot be read.
pub fn read(groups: &[&str]) -> Result<Vec<Ratio>, Unreadable> {
    read_from(&results_folder().ok_or(Unreadable::Nothing)?, groups)
}

fn read_from(folder: &Path, groups: &[&str]) -> Result<Vec<Ratio>, Unreadable> {
    let mut found = Vec::new();
    collect(folder, &mut found)?;
    found.retain(|measured| groups.contains(&measured.id.group_id.as_str()));
    let unavoidable: BTreeMap<(&str, &str), f64> = found
        .iter()
        .filter(|measured| measured.function() == UNAVOIDABLE)
        .map(|measured| ((measured.id.group_id.as_str(), measured.size()), measured.time))
        .collect();
    let measured = found.iter().filter(|measured| measured.function() != UNAVOIDABLE);
    let mut ratios: Vec<Ratio> = measured
        .map(|measured| Ratio {
            group: measured.id.group_id.clone(),
            function: measured.function().to_owned(),
            size: measured.size().to_owned(),
            time: measured.time,
            unavoidable: unavoidable.get(&(measured.id.group_id.as_str(), measured.size())).copied(),
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
    Ok(ratios)
}

/// Ratios as a table.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a>(pub &'a [Ratio]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<34} {:<24} {:>8} {:>12} {:>12} {:>7}",
            "", "", "size", "ns for each", "unavoidable", "ratio"
        )?;
        for Ratio { group, function, size, time, unavoidable } in self.0 {
            write!(f, "{group:<34} {function:<24} {size:>8} {time:>12.1}")?;
            match unavoidable {
                Some(unavoidable) => writeln!(f, " {unavoidable:>12.1} {:>7.2}", time / unavoidable)?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

struct Measured {
    id: BenchmarkId,
    time: f64,
}

impl Measured {
    fn function(&self) -> &str {
        self.id.function_id.as_deref().unwrap_or_default()
    }

    fn size(&self) -> &str {
        self.id.value_str.as_deref().unwrap_or_default()
    }
}

/// What criterion writes to `benchmark.json`.
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

/// What criterion writes to `estimates.json`, as far as it is of interest.
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
            let Estimates { median } = read_json(&path.join("estimates.json"))?;
            let Throughput::Elements(elements) = id.throughput.as_ref().unwrap_or(&Throughput::Elements(1));
            let time = median.point_estimate / *elements as f64;
            found.push(Measured { id, time });
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

/// Where criterion writes: where the environment says, or the folder `criterion` in that of all builds.
fn results_folder() -> Option<PathBuf> {
    let by_environment = std::env::var_os("CRITERION_HOME").map(PathBuf::from);
    let program = std::env::current_exe().ok()?;
    let beside = || program.ancestors().map(|folder| folder.join("criterion")).find(|folder| folder.is_dir());
    by_environment.or_else(beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What criterion writes, as far as it is of interest.
    fn result(folder: &Path, group: &str, function: &str, size: u64, nanoseconds: f64) {
        let folder = folder.join(group).join(function).join(size.to_string()).join("new");
        std::fs::create_dir_all(&folder).unwrap();
        let id = serde_json::json!({
            "group_id": group, "function_id": function, "value_str": size.to_string(),
            "throughput": { "Elements": size }
        });
        let estimates = serde_json::json!({ "median": { "point_estimate": nanoseconds } });
        std::fs::write(folder.join("benchmark.json"), id.to_string()).unwrap();
        std::fs::write(folder.join("estimates.json"), estimates.to_string()).unwrap();
    }

    #[test]
    fn each_benchmark_stands_beside_the_unavoidable_work_of_its_size() {
        let folder = std::env::temp_dir().join(format!("atm-benches-ratios-{}", std::process::id()));
        result(&folder, "clique", "play", 10, 400.0);
        result(&folder, "clique", "play", 2, 100.0);
        result(&folder, "clique", UNAVOIDABLE, 10, 100.0);
        result(&folder, "clique", UNAVOIDABLE, 2, 20.0);
        result(&folder, "codecs", "parse", 1, 7.0);
        result(&folder, "forgotten", "play", 1, 7.0);
        let ratios = read_from(&folder, &["clique", "codecs"]);
        std::fs::remove_dir_all(&folder).unwrap();

        let found: Vec<_> = ratios
            .unwrap()
            .into_iter()
            .map(|ratio| (ratio.function, ratio.size, ratio.time, ratio.unavoidable))
            .collect();
        let expected =
            [("play", "2", 50.0, Some(10.0)), ("play", "10", 40.0, Some(10.0)), ("parse", "1", 7.0, None)];
        let expected = expected.map(|(function, size, time, unavoidable)| {
            (function.to_owned(), size.to_owned(), time, unavoidable)
        });
        assert_eq!(found, expected);
    }
}
