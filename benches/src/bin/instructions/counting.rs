use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use serde::Deserialize;

use crate::counted_with::CountedWith;
use crate::runner;

/// The reason why nothing was compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CountingError {
    #[error(
        "the baseline was counted with {stored}, and this is {found}: their counts cannot be compared.
Use that compiler; or, to go on with this one, check out a commit that was good, count there with
    cargo run --profile dist -p atm-benches --bin instructions -- --update
and commit the new benches/instructions.json before anything else changes."
    )]
    OtherCompiler { stored: Box<CountedWith>, found: Box<CountedWith> },
    #[error("{rustc} cannot be asked for its version: {source}", rustc = rustc.display())]
    Rustc { rustc: OsString, source: std::io::Error },
    #[error("rustc tells no version and target: {0}")]
    UnknownRustc(String),
    #[error("valgrind (on Debian `apt-get install valgrind`) cannot be asked for its version: {0}")]
    Valgrind(std::io::Error),
    #[error("cargo cannot be started: {0}")]
    Cargo(std::io::Error),
    #[error(
        "`cargo bench` ended with {status}. What it needs: valgrind (on Debian `apt-get install valgrind`) and
    cargo install gungraun-runner --version {runner} --locked"
    )]
    Bench { status: ExitStatus, runner: String },
    #[error("{path} names no gungraun", path = path.display())]
    NoRunner { path: PathBuf },
    #[error("what gungraun printed cannot be read: {0}")]
    WholeWorldResult(serde_json::Error),
    #[error("gungraun counted nothing")]
    Nothing,
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}", path = path.display())]
    Stored { path: PathBuf, source: serde_json::Error },
}

/// Counts the instructions of each hot path.
pub(crate) fn count() -> Result<BTreeMap<String, u64>, CountingError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["bench", "--features", "instructions", "--bench", "hot_paths", "--", "--output-format=json"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(CountingError::Cargo)?;
    if !output.status.success() {
        return Err(CountingError::Bench { status: output.status, runner: runner::version()? });
    }
    let summaries = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<WholeWorldResult>();
    let counts = summaries.map(|summary| {
        let WholeWorldResult { id, profiles } = summary.map_err(CountingError::WholeWorldResult)?;
        let [Profile { data }] = profiles;
        Ok((id, data.total.metrics.instructions.values.new))
    });
    let counts: BTreeMap<String, u64> = counts.collect::<Result<_, CountingError>>()?;
    if counts.is_empty() { Err(CountingError::Nothing) } else { Ok(counts) }
}

/// The relevant part of one benchmark in gungraun's output.
#[derive(Deserialize)]
struct WholeWorldResult {
    id: String,
    profiles: [Profile; 1],
}

#[derive(Deserialize)]
struct Profile {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    total: Total,
}

#[derive(Deserialize)]
struct Total {
    metrics: Metrics,
}

#[derive(Deserialize)]
struct Metrics {
    #[serde(rename = "Ir")]
    instructions: Metric,
}

#[derive(Deserialize)]
struct Metric {
    values: Values,
}

#[derive(Deserialize)]
struct Values {
    new: u64,
}
