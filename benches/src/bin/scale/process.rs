use std::path::PathBuf;
use std::process::{Command, Stdio};

use atm_benches::ratios::Unreadable;
use clap::ValueEnum;
use serde::de::DeserializeOwned;

use crate::arguments::{Arguments, ProcessTask};
use crate::measured::{Measured, Pair};

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScaleError {
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
    #[error("the engine made {engine} authentications, and the unavoidable work {unavoidable}")]
    Unequal { engine: u64, unavoidable: u64 },
    #[error("{path}: {source}", path = path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the picture cannot be drawn: {0}")]
    Draw(String),
    #[error("{0}")]
    Ratios(#[from] Unreadable),
}

/// Measures both parts, each in processes of its own.
pub(crate) fn pair(arguments: &Arguments) -> Result<Pair, ScaleError> {
    let engine = runs(ProcessTask::Engine, arguments)?;
    let unavoidable = runs(ProcessTask::Unavoidable, arguments)?;
    beside(engine, unavoidable)
}

/// The keys that each device of a world authenticates, from a process of its own.
pub(crate) fn authenticated(arguments: &Arguments) -> Result<Vec<Vec<u32>>, ScaleError> {
    run(ProcessTask::Authenticated, arguments)
}

/// Both parts, if they made the same number of authentications.
fn beside(engine: Measured, unavoidable: Measured) -> Result<Pair, ScaleError> {
    let [made, remembered] = [engine, unavoidable].map(|part| part.what.authentications());
    if made != remembered {
        return Err(ScaleError::Unequal { engine: made, unavoidable: remembered });
    }
    Ok(Pair { engine, unavoidable })
}

fn runs(part: ProcessTask, arguments: &Arguments) -> Result<Measured, ScaleError> {
    let runs: Result<Vec<Measured>, ScaleError> =
        (0..arguments.runs.get()).map(|_| run(part, arguments)).collect();
    let runs = runs?;
    if runs.iter().any(|run| run.what != runs[0].what) {
        return Err(ScaleError::Different);
    }
    Ok(Measured::median(&runs))
}

fn run<T: DeserializeOwned>(part: ProcessTask, arguments: &Arguments) -> Result<T, ScaleError> {
    let program = std::env::current_exe().map_err(ScaleError::Start)?;
    let name = |value: &dyn Fn() -> Option<clap::builder::PossibleValue>| {
        value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    };
    let output = Command::new(program)
        .args(["--accounts", &arguments.accounts().to_string()])
        .args(["--seed", &arguments.seed.to_string()])
        .args(["--jobs", &arguments.jobs().to_string()])
        .args(["--announcement", &name(&|| arguments.announcement.to_possible_value())])
        .args(["--conflict", &name(&|| arguments.conflict.to_possible_value())])
        .args(["--part", &name(&|| part.to_possible_value())])
        .stderr(Stdio::inherit())
        .output()
        .map_err(ScaleError::Start)?;
    if !output.status.success() {
        return Err(ScaleError::Ended(output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(ScaleError::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_with_different_numbers_of_authentications_are_no_pair() {
        let [one, other] = [Measured::of_authentications(7), Measured::of_authentications(8)];
        assert!(beside(one, one).is_ok());
        let trouble = beside(one, other).unwrap_err();
        assert_eq!(trouble.to_string(), "the engine made 7 authentications, and the unavoidable work 8");
    }
}
