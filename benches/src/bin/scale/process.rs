use std::path::PathBuf;
use std::process::{Command, Stdio};

use atm_benches::ratios::Unreadable;
use clap::ValueEnum;

use crate::arguments::{Arguments, Part};
use crate::measured::{Measured, Pair};

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("threads cannot be started: {0}")]
    Threads(rayon::ThreadPoolBuildError),
    #[error("the program cannot start itself: {0}")]
    Start(std::io::Error),
    #[error("a part ended early: {0}")]
    Ended(std::process::ExitStatus),
    #[error("what a part printed cannot be read: {0}")]
    Json(serde_json::Error),
    #[error("two runs of one world came out differently")]
    Different,
    #[error("{path}: {source}", path = path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the picture cannot be drawn: {0}")]
    Draw(String),
    #[error("{0}")]
    Ratios(#[from] Unreadable),
}

/// Measures both parts, each in processes of its own.
pub(crate) fn pair(arguments: &Arguments) -> Result<Pair, Trouble> {
    let engine = runs(Part::Engine, arguments)?;
    let unavoidable = runs(Part::Unavoidable, arguments)?;
    Ok(Pair { engine, unavoidable })
}

fn runs(part: Part, arguments: &Arguments) -> Result<Measured, Trouble> {
    let runs: Result<Vec<Measured>, Trouble> =
        (0..arguments.runs.get()).map(|_| run(part, arguments)).collect();
    let runs = runs?;
    if runs.iter().any(|run| run.what != runs[0].what) {
        return Err(Trouble::Different);
    }
    Ok(Measured::median(&runs))
}

fn run(part: Part, arguments: &Arguments) -> Result<Measured, Trouble> {
    let program = std::env::current_exe().map_err(Trouble::Start)?;
    let name = |value: &dyn Fn() -> Option<clap::builder::PossibleValue>| {
        value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    };
    let output = Command::new(program)
        .args(["--accounts", &arguments.accounts().to_string()])
        .args(["--seed", &arguments.seed.to_string()])
        .args(["--jobs", &arguments.jobs().to_string()])
        .args(["--announcement", &name(&|| arguments.announcement.to_possible_value())])
        .args(["--part", &name(&|| part.to_possible_value())])
        .stderr(Stdio::inherit())
        .output()
        .map_err(Trouble::Start)?;
    if !output.status.success() {
        return Err(Trouble::Ended(output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(Trouble::Json)
}
