//! One process that measures, so that figures of different ones are told apart, and what it measures.

use std::process::Command;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::memory;

/// One process that measured benchmarks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// When it began to measure.
    pub begun: SystemTime,
    /// When it had measured everything.
    pub ended: SystemTime,
    /// The commit that is checked out, and whether files differ from it, where git tells.
    pub commit: Option<String>,
    /// The compiler, where it tells.
    pub compiler: Option<String>,
    /// What glibc was told about memory, if not to keep what is freed.
    pub memory: Option<String>,
}

impl Measurement {
    /// Runs benchmarks.
    pub fn of(benchmarks: impl FnOnce()) -> Self {
        let (commit, compiler) = (commit(), compiler());
        let begun = now();
        benchmarks();
        Self { begun, ended: now(), commit, compiler, memory: memory::set_otherwise() }
    }

    /// Whether something was written while it measured.
    #[must_use]
    pub fn covers(&self, written: SystemTime) -> bool {
        (self.begun..=self.ended).contains(&written)
    }

    /// What was measured.
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

/// The commit that is checked out, with a mark if files differ from it, where git tells.
#[must_use]
pub fn commit() -> Option<String> {
    // Without tags: a name that does not depend on which of them were fetched.
    said_by("git", &["describe", "--always", "--exclude=*", "--dirty= with changes"])
}

/// The compiler, where it tells.
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
