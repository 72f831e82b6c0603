use std::fmt;
use std::process::ExitStatus;

/// The way in which a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this code.
    Code(i32),
    /// A signal with this number terminated it.
    Signal(i32),
    /// It is still running.
    StillRuns,
}

impl Ending {
    /// Converts an exit status; `None` means that the program is still running.
    pub(crate) fn of(status: Option<ExitStatus>) -> Self {
        let Some(status) = status else { return Self::StillRuns };
        match status.code() {
            Some(code) => Self::Code(code),
            None => Self::Signal(signal(status)),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => match name(*signal) {
                Some(name) => write!(f, "signal {signal} ({name})"),
                None => write!(f, "signal {signal}"),
            },
            Self::StillRuns => f.write_str("no end"),
        }
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or_default()
}

/// Elsewhere every program ends with a code.
#[cfg(not(unix))]
fn signal(_: ExitStatus) -> i32 {
    0
}

/// The name of a signal that has the same number on all systems.
fn name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        2 => "SIGINT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_names() {
        assert_eq!(Ending::Signal(11).to_string(), "signal 11 (SIGSEGV)");
        assert_eq!(Ending::Signal(40).to_string(), "signal 40");
        assert_eq!(Ending::Code(3).to_string(), "exit code 3");
    }
}
