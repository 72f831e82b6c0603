//! One measuring process and its environment, to distinguish the figures of different runs.

use std::process::Command;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::memory;

/// One process that measured benchmarks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// The start of the measurement.
    pub begun: SystemTime,
    /// The end of the measurement.
    pub ended: SystemTime,
    /// The checked-out commit with a mark for changed files, if git is available.
    pub commit: Option<String>,
    /// The compiler, if it is available.
    pub compiler: Option<String>,
    /// The setting of glibc's memory, if it is not the one that keeps freed memory.
    pub memory: Option<String>,
}

impl Measurement {
    /// Runs benchmarks and returns the record of the run.
    pub fn of(benchmarks: impl FnOnce()) -> Self {
        let (commit, compiler) = (commit(), compiler());
        let begun = now();
        benchmarks();
        Self { begun, ended: now(), commit, compiler, memory: memory::set_otherwise() }
    }

    /// Whether a file with this time was written during the measurement.
    #[must_use]
    pub fn covers(&self, written: SystemTime) -> bool {
        (self.begun..=self.ended).contains(&written)
    }

    /// The commit, the compiler and the memory setting.
    #[must_use]
    pub fn origin(&self) -> String {
        let commit = self.commit.as_deref().unwrap_or("unknown");
        let compiler = self.compiler.as_deref().unwrap_or("an unknown compiler");
        let memory = self.memory.as_ref().map(|memory| format!(" and {memory}")).unwrap_or_default();
        format!("at commit {commit} with {compiler}{memory}")
    }
}

#[expect(clippy::disallowed_methods, reason = "criterion's files are as old as the clock on the wall says")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The checked-out commit with a mark for changed files, if git is available.
#[must_use]
pub fn commit() -> Option<String> {
    // Without tags, so that the name does not depend on which tags were fetched.
    said_by("git", &["describe", "--always", "--exclude=*", "--dirty= with changes"])
}

/// The name and the version of the compiler, if it is available.
#[must_use]
pub fn compiler() -> Option<String> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = said_by(&rustc, &["--version"])?;
    Some(version.split('(').next()?.trim().to_owned())
}

fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().ok()?;
    let said = output.status.success().then(|| String::from_utf8(output.stdout).ok())??;
    Some(said.trim().to_owned())
}
