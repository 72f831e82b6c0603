use std::path::PathBuf;
use std::process::{Command, Stdio};

use atm_benches::ratios::Unreadable;
use clap::ValueEnum;

use crate::arguments::{Arguments, ProcessTask};
use crate::measured::{Measured, MeasuredPopulation};

/// The reason why nothing was measured.
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
    #[error("two runs of one population came out differently")]
    Different,
    #[error("the population has {played} authentications, and the unavoidable work {unavoidable}")]
    Unequal { played: u64, unavoidable: u64 },
    #[error("{path}: {source}", path = path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the picture cannot be drawn: {0}")]
    Draw(String),
    #[error("{0}")]
    Ratios(#[from] Unreadable),
}

/// Measures all parts, each in separate processes.
pub(crate) fn measure(arguments: &Arguments) -> Result<MeasuredPopulation, ScaleError> {
    let unwatched = runs(ProcessTask::Unwatched, arguments)?;
    let watched = runs(ProcessTask::Watched, arguments)?;
    let unavoidable = runs(ProcessTask::Unavoidable, arguments)?;
    together(unwatched, watched, unavoidable)
}

/// Combines all parts if they made the same authentications.
fn together(
    unwatched: Measured,
    watched: Measured,
    unavoidable: Measured,
) -> Result<MeasuredPopulation, ScaleError> {
    if unwatched.what != watched.what {
        return Err(ScaleError::Different);
    }
    let [played, unavoidable_work] = [unwatched, unavoidable].map(|part| part.what.authentications());
    if played != unavoidable_work {
        return Err(ScaleError::Unequal { played, unavoidable: unavoidable_work });
    }
    Ok(MeasuredPopulation { unwatched, watched, unavoidable })
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

fn run(part: ProcessTask, arguments: &Arguments) -> Result<Measured, ScaleError> {
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
    fn parts_with_different_numbers_of_authentications_do_not_belong_together() {
        let [one, other] = [Measured::of_authentications(7), Measured::of_authentications(8)];
        assert!(together(one, one, one).is_ok());
        let trouble = together(one, one, other).unwrap_err();
        assert_eq!(trouble.to_string(), "the population has 7 authentications, and the unavoidable work 8");
        assert!(matches!(together(one, other, one), Err(ScaleError::Different)));
    }
}
