//! The output of commands, to standard output and to files.
//!
//! One rule holds for all commands: an error of the output never hides a verdict. The error is printed to standard
//! error, unless the reader left, as `head` does. The exit code remains that of the verdict, unless the verdict is a
//! pass: a missing report is no success.

mod file;

use std::fmt;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use atm_reports::escape::Terminal;
use atm_reports::mistakes::complain;

use crate::exit::Exit;
pub(crate) use file::{can_be_written, remove_unfinished};

/// Makes a file that grows beyond the limit of the system (`ulimit -f`) an ordinary error. Otherwise it would end the
/// process.
pub(crate) fn too_large_files_are_errors() {
    #[cfg(unix)]
    {
        // The signal itself is ignored, since the write that caused it fails. Without a handler it would end the
        // process.
        let heard = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, heard);
    }
}

/// The output of a command, with whether all of it was written.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Something could not be written, for another reason than a reader that left.
    is_incomplete: bool,
    /// Nothing more is written to standard output.
    is_closed: bool,
}

impl Output {
    /// Writes to standard output for people, with colours on a terminal.
    pub(crate) fn print(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.write_to(&mut Terminal::new(anstream::stdout().lock()), write);
    }

    /// Writes to standard output for programs, unchanged.
    pub(crate) fn print_plain(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.write_to(&mut BufWriter::new(io::stdout().lock()), write);
    }

    fn write_to(&mut self, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if !self.is_closed {
            let done = write(out).and_then(|()| out.flush());
            self.is_closed = !self.succeeded("standard output", done);
        }
    }

    /// Writes a file. Returns whether it was written.
    pub(crate) fn file(&mut self, path: &Path, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> bool {
        let mut content = Vec::new();
        let done = write(&mut content).and_then(|()| file::write(path, &content));
        self.succeeded(path.display(), done)
    }

    /// Writes a text into a file. Returns whether it was written.
    pub(crate) fn text(&mut self, path: &Path, text: &str) -> bool {
        self.file(path, |out| out.write_all(text.as_bytes()))
    }

    /// Whether something was written. An error is printed, unless the reader left.
    pub(crate) fn succeeded(&mut self, what: impl fmt::Display, done: io::Result<()>) -> bool {
        let Err(error) = done else { return true };
        if error.kind() != ErrorKind::BrokenPipe {
            complain(format_args!("atm: {what}: {error}"));
            self.is_incomplete = true;
        }
        false
    }

    /// The exit code of the command.
    pub(crate) fn exit(&self, verdict: Exit) -> Exit {
        match verdict {
            Exit::AsExpected if self.is_incomplete => Exit::SetUp,
            verdict => verdict,
        }
    }
}
