use std::process::ExitCode;

use atm_suite::run_file::Conclusion;

/// The exit code of a command. The numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything is as expected.
    AsExpected,
    /// Nothing failed, but the result shows too little for a pass.
    Inconclusive,
    /// Something is not as expected.
    NotAsExpected,
    /// The command line or a scenario file has a mistake.
    Usage,
    /// A file could not be read; or everything is as expected, but the output could not be written.
    SetUp,
    /// A signal ended the command. The code is 128 plus the signal, as in shells.
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
