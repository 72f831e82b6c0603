//! The child process of an adapter.

use std::collections::VecDeque;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::command_line::CommandLine;
use super::host::Host;
use super::lines::{Line, MAX_LINE_BYTES, keep_tail, read_lines, write_lines};
use super::running;
use crate::{AdapterError, Ending, OneLine, ProtocolViolation};

/// The time that a process has to end after it was asked to.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// A running adapter.
#[derive(Debug)]
pub(crate) struct Process {
    host: Arc<Host>,
    output: Receiver<Line>,
    stderr: Arc<Mutex<VecDeque<String>>>,
    /// Closed when standard error ends.
    stderr_ended: Receiver<()>,
}

impl Process {
    /// Starts a program in a process group of its own, so that its child processes end with it.
    ///
    /// # Errors
    ///
    /// If the program cannot be started, or the run has ended.
    pub(crate) fn start(command: &CommandLine) -> Result<Self, AdapterError> {
        let (program, arguments) = command.program();
        let mut process = Command::new(program);
        process.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (input, to_write) = mpsc::channel::<String>();
        let started = running::start(process, input).map_err(|error| AdapterError::NotStarted {
            program: program.to_owned(),
            reason: error.to_string(),
        })?;
        let host = started.ok_or(AdapterError::Interrupted)?;
        let (stdin, stdout, stderr) = host.take_streams().expect("they are pipes, and nobody has taken them");
        // With this channel, an adapter that floods its output fills no more memory than one line.
        let (found, output) = mpsc::sync_channel(0);
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let kept = tail.clone();
        // The threads end with the streams, at the latest when all processes of the adapter have ended.
        std::thread::spawn(move || write_lines(stdin, &to_write));
        std::thread::spawn(move || read_lines(stdout, &found));
        let (open, stderr_ended) = mpsc::channel();
        std::thread::spawn(move || {
            keep_tail(stderr, &kept);
            drop(open);
        });
        Ok(Self { host, output, stderr: tail, stderr_ended })
    }

    /// Writes a line and waits for the next line of the adapter. `command` is the command's name for errors. An
    /// unsolicited line counts as the answer to the next command, whenever it arrives, so the result does not depend on
    /// timing.
    ///
    /// # Errors
    ///
    /// If no line arrives in time, or if the line is not valid. The process is unusable then.
    pub(crate) fn exchange(
        &self,
        command: &str,
        line: String,
        limit: Duration,
    ) -> Result<String, AdapterError> {
        self.host.write(line);
        let answer = self.output.recv_timeout(limit);
        if running::has_ended() {
            return Err(AdapterError::Interrupted);
        }
        match answer {
            Ok(Line::Whole(answer)) => String::from_utf8(answer).map_err(|error| AdapterError::NoAnswer {
                command: command.to_owned(),
                line: String::from_utf8_lossy(beginning(error.as_bytes())).into_owned(),
                violation: ProtocolViolation::NotUtf8,
            }),
            Ok(Line::TooLong) => Err(self.too_long(command)),
            Err(RecvTimeoutError::Timeout) => {
                Err(AdapterError::TimedOut { command: command.to_owned(), limit })
            }
            Err(RecvTimeoutError::Disconnected) => {
                // The last lines of standard error are the most informative.
                let _ = self.stderr_ended.recv_timeout(PATIENCE);
                let ending = self.wait_for(PATIENCE);
                Err(AdapterError::Ended { command: command.to_owned(), ending, stderr: self.stderr() })
            }
        }
    }

    fn too_long(&self, command: &str) -> AdapterError {
        AdapterError::TooLong { command: command.to_owned(), limit: MAX_LINE_BYTES }
    }

    /// The end of the program's standard error.
    #[must_use]
    pub(crate) fn stderr(&self) -> String {
        let lines = self.stderr.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.iter().map(|line| format!("    {}", OneLine(line))).collect::<Vec<_>>().join("\n")
    }

    /// Closes the program's input. Returns the way in which it ended.
    pub(crate) fn finish(self) -> Ending {
        self.host.close_input();
        self.wait_for(PATIENCE)
    }

    /// Waits until the program ends, at most for `patience`.
    fn wait_for(&self, patience: Duration) -> Ending {
        const STEP: Duration = Duration::from_millis(5);
        let mut waited = Duration::ZERO;
        loop {
            if let Some(status) = self.host.ended() {
                return Ending::of(Some(status));
            }
            if waited >= patience || running::has_ended() {
                return Ending::of(None);
            }
            std::thread::sleep(STEP);
            waited += STEP;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        running::end(&mut [self.host.clone()]);
    }
}

/// The beginning of a line, longer than the part that messages quote.
fn beginning(line: &[u8]) -> &[u8] {
    &line[..line.len().min(2_000)]
}
