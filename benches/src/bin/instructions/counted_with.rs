use std::ffi::OsString;
use std::fmt;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::counting::CountingError;

/// The tools that counts depend on, besides the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountedWith {
    /// The version of the compiler. Another one generates another program.
    rustc: String,
    /// The compiler's target.
    target: String,
    /// The version of valgrind, which counts.
    valgrind: String,
    /// The version of glibc, which allocates and copies memory, if the system has it.
    glibc: Option<String>,
}

impl CountedWith {
    /// Determines the current tools. The compiler is that of the variable `RUSTC`, or else the `rustc` on the path, as
    /// for cargo. Cargo's configuration files are ignored.
    pub(crate) fn current() -> Result<Self, CountingError> {
        let (rustc, target) = compiler(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))?;
        let valgrind = Command::new("valgrind").arg("--version").output().map_err(CountingError::Valgrind)?;
        let valgrind =
            String::from_utf8_lossy(&valgrind.stdout).trim().trim_start_matches("valgrind-").to_owned();
        Ok(Self { rustc, target, valgrind, glibc: glibc() })
    }

    /// Whether both have the same compiler, so that their counts are comparable.
    pub(crate) fn has_compiler_of(&self, other: &Self) -> bool {
        (&self.rustc, &self.target) == (&other.rustc, &other.target)
    }
}

impl fmt::Display for CountedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rustc, target, valgrind, glibc } = self;
        let glibc = glibc.as_deref().unwrap_or("none");
        write!(f, "rustc {rustc} for {target}, valgrind {valgrind}, glibc {glibc}")
    }
}

/// The version and the target of a compiler.
fn compiler(rustc: OsString) -> Result<(String, String), CountingError> {
    let output = Command::new(&rustc).arg("-vV").output();
    let output = output.map_err(|source| CountingError::Rustc { rustc, source })?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    match (field("release: "), field("host: ")) {
        (Some(version), Some(target)) => Ok((version, target)),
        _ => Err(CountingError::UnknownRustc(text)),
    }
}

fn glibc() -> Option<String> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().strip_prefix("glibc ")?.to_owned())
}

#[cfg(test)]
impl CountedWith {
    pub(crate) fn example(rustc: &str, valgrind: &str) -> Self {
        let (target, glibc) = ("x86_64-unknown-linux-gnu".to_owned(), Some("2.36".to_owned()));
        Self { rustc: rustc.to_owned(), target, valgrind: valgrind.to_owned(), glibc }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_is_the_one_that_is_asked_for() {
        let error = compiler("no-such-rustc".into()).unwrap_err();
        assert!(error.to_string().starts_with("no-such-rustc cannot be asked for its version"), "{error}");
        let here = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        assert!(compiler(here).unwrap().0.starts_with("1."));
    }
}
