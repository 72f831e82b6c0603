//! Everything that a command writes, to standard output and to files.
//!
//! One rule holds for all commands: trouble with the output never hides a verdict. It is told on standard error, but
//! for a reader that left, as `head` does. The exit code stays that of the verdict, unless that says that all is well:
//! a report that was not written is no success.

mod file;

use std::fmt;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use atm_reports::escape::Terminal;
use atm_reports::mistakes::complain;

use crate::exit::Exit;
pub(crate) use file::{can_be_written, remove_unfinished};

/// A file that grows beyond what the system allows (`ulimit -f`) is an error like any other, and not the end of the
/// process.
pub(crate) fn too_large_files_are_errors() {
    #[cfg(unix)]
    {
        // Nobody has to hear of the signal: the write that caused it fails. Without the handler it still ends the process.
        let heard = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, heard);
    }
}

/// The output of a command, and whether all of it could be written.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Something is missing, and its reader did not just leave.
    is_incomplete: bool,
    /// Nothing more is written to standard output.
    is_closed: bool,
}

impl Output {
    /// Writes to standard output for people, with colour on a terminal.
    pub(crate) fn print(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.write_to(&mut Terminal::new(anstream::stdout().lock()), write);
    }

    /// Writes to standard output for programs, as it is.
    pub(crate) fn print_plain(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.write_to(&mut BufWriter::new(io::stdout().lock()), write);
    }

    fn write_to(&mut self, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if !self.is_closed {
            let done = write(out).and_then(|()| out.flush());
            self.is_closed = !self.succeeded("standard output", done);
        }
    }

    /// Writes a file, and says whether it is there now.
    pub(crate) fn file(&mut self, path: &Path, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> bool {
        let mut content = Vec::new();
        let done = write(&mut content).and_then(|()| file::write(path, &content));
        self.succeeded(path.display(), done)
    }

    /// Writes a file with this text, and says whether it is there now.
    pub(crate) fn text(&mut self, path: &Path, text: &str) -> bool {
        self.file(path, |out| out.write_all(text.as_bytes()))
    }

    /// Whether something was written. If not, that is told, unless the reader left.
    pub(crate) fn succeeded(&mut self, what: impl fmt::Display, done: io::Result<()>) -> bool {
        let Err(error) = done else { return true };
        if error.kind() != ErrorKind::BrokenPipe {
            complain(format_args!("atm: {what}: {error}"));
            self.is_incomplete = true;
        }
        false
    }

    /// How the command ends.
    pub(crate) fn exit(&self, verdict: Exit) -> Exit {
        match verdict {
            Exit::AsExpected if self.is_incomplete => Exit::SetUp,
            verdict => verdict,
        }
    }
}
