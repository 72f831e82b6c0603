use std::process::ExitCode;

use atm_suite::run_file::Conclusion;

/// How a command ended. The numbers are part of its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything came out as it had to.
    AsExpected,
    /// Nothing failed, but something shows nothing, so that this is no pass.
    Inconclusive,
    /// Something did not come out as it had to.
    NotAsExpected,
    /// The command line or a scenario file has a mistake.
    Usage,
    /// A file could not be read, or the output not written although everything came out as it had to.
    SetUp,
    /// A signal ended it. The code is that by which shells tell of such an end.
    Interrupted(u8),
}

impl From<Conclusion> for Exit {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::AsExpected => Self::AsExpected,
            Conclusion::Inconclusive => Self::Inconclusive,
            Conclusion::NotAsExpected => Self::NotAsExpected,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::AsExpected => 0,
            Exit::NotAsExpected => 1,
            Exit::Inconclusive => 2,
            Exit::Usage => 64,
            Exit::SetUp => 66,
            Exit::Interrupted(code) => code,
        })
    }
}
