//! The child process that an adapter is, and the lines that go to it and come from it.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::{AdapterError, Ending, ProtocolViolation};

/// The longest line that an adapter may write.
pub const MAX_LINE_BYTES: usize = 4 << 20;

/// How many lines may wait to be read: one that floods its output fills memory with no more.
const WAITING_LINES: usize = 16;

/// How many lines of standard error are kept.
const STDERR_LINES: usize = 20;

/// How long a process has to end after it was asked to.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

/// Why a text is no command line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCommandLine {
    /// There is no program in it.
    #[error("there is no program in it")]
    Empty,
    /// A quotation mark is not closed.
    #[error("a quotation mark is not closed")]
    Unclosed,
}

impl CommandLine {
    /// The words of `text`, split as a shell splits them. No shell is started.
    ///
    /// # Errors
    ///
    /// If there is no word, or a quotation mark is not closed.
    pub fn parse(text: &str) -> Result<Self, BadCommandLine> {
        let words = shell_words::split(text).map_err(|_| BadCommandLine::Unclosed)?;
        if words.is_empty() { Err(BadCommandLine::Empty) } else { Ok(Self(words)) }
    }
}

/// A running adapter.
#[derive(Debug)]
pub(super) struct Process {
    child: Box<dyn ChildWrapper>,
    input: Option<Sender<String>>,
    output: Receiver<Line>,
    stderr: Arc<Mutex<VecDeque<String>>>,
    /// Closed when standard error ends.
    stderr_ended: Receiver<()>,
}

/// Something that came out of standard output.
enum Line {
    Whole(Vec<u8>),
    TooLong,
}

impl Process {
    /// Starts a program. It gets a process group of its own, so that what it starts ends with it.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub(super) fn start(command: &CommandLine) -> Result<Self, AdapterError> {
        let (program, arguments) = command.0.split_first().expect("a command line is not empty");
        let failed = |error: &dyn std::fmt::Display| AdapterError::NotStarted {
            program: program.clone(),
            reason: error.to_string(),
        };
        let mut process = Command::new(program);
        process.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut wrapped = CommandWrap::from(process);
        #[cfg(unix)]
        wrapped.wrap(process_wrap::std::ProcessGroup::leader());
        let mut child = wrapped.spawn().map_err(|error| failed(&error))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin().take(), child.stdout().take(), child.stderr().take())
        else {
            return Err(failed(&"its standard streams are missing"));
        };
        let (input, to_write) = mpsc::channel::<String>();
        let (found, output) = mpsc::sync_channel(WAITING_LINES);
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let kept = tail.clone();
        // The threads end when the streams do; a program that keeps them open costs no more than that.
        std::thread::spawn(move || write_lines(stdin, &to_write));
        std::thread::spawn(move || read_lines(stdout, &found));
        let (open, stderr_ended) = mpsc::channel();
        std::thread::spawn(move || {
            keep_tail(stderr, &kept);
            drop(open);
        });
        Ok(Self { child, input: Some(input), output, stderr: tail, stderr_ended })
    }

    /// Writes a line and waits for the next one that comes. `command` is its name in what goes wrong. A line that
    /// nobody asked for is taken for the answer to the next command, whenever it comes: so what is told does not
    /// depend on time.
    ///
    /// # Errors
    ///
    /// If no line comes in time, or what comes is none. The process is of no use then.
    pub(super) fn exchange(
        &mut self,
        command: &str,
        line: String,
        limit: Duration,
    ) -> Result<String, AdapterError> {
        // If the program does not read any more, there is no answer, and that is what is told.
        let _ = self.input.as_ref().map(|input| input.send(line));
        match self.output.recv_timeout(limit) {
            Ok(Line::Whole(answer)) => String::from_utf8(answer).map_err(|error| AdapterError::NoAnswer {
                command: command.to_owned(),
                line: String::from_utf8_lossy(error.as_bytes()).into_owned(),
                violation: ProtocolViolation::NotUtf8,
            }),
            Ok(Line::TooLong) => Err(self.too_long(command)),
            Err(RecvTimeoutError::Timeout) => {
                Err(AdapterError::TimedOut { command: command.to_owned(), limit })
            }
            Err(RecvTimeoutError::Disconnected) => {
                // What it wrote last says most.
                let _ = self.stderr_ended.recv_timeout(PATIENCE);
                let ending = self.wait_for(PATIENCE);
                Err(AdapterError::Ended { command: command.to_owned(), ending, stderr: self.stderr() })
            }
        }
    }

    fn too_long(&self, command: &str) -> AdapterError {
        AdapterError::TooLong { command: command.to_owned(), limit: MAX_LINE_BYTES }
    }

    /// The end of what it wrote to standard error.
    #[must_use]
    pub(super) fn stderr(&self) -> String {
        let lines = self.stderr.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
    }

    /// Closes its input, and says how it ended.
    pub(super) fn finish(mut self) -> Ending {
        self.input = None;
        self.wait_for(PATIENCE)
    }

    /// How it ended, if it did in time.
    fn wait_for(&mut self, patience: Duration) -> Ending {
        const STEP: Duration = Duration::from_millis(5);
        let mut waited = Duration::ZERO;
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ending::of(Some(status));
            }
            if waited >= patience {
                return Ending::of(None);
            }
            std::thread::sleep(STEP);
            waited += STEP;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Whatever it says: it is not needed any more.
        let _ = self.child.start_kill();
        let _ = self.child.wait();
    }
}

fn write_lines(mut stdin: impl Write, lines: &Receiver<String>) {
    for mut line in lines {
        line.push('\n');
        if stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read_lines(stdout: impl Read, found: &SyncSender<Line>) {
    let mut reader = BufReader::with_capacity(64 << 10, stdout);
    loop {
        let line = match read_line(&mut reader) {
            Ok(Some(line)) => line,
            Ok(None) | Err(_) => return,
        };
        let is_last = matches!(line, Line::TooLong);
        if found.send(line).is_err() || is_last {
            return;
        }
    }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let read = reader.take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else if line.len() > MAX_LINE_BYTES {
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Whole(line)))
}

fn keep_tail(stderr: impl Read, tail: &Mutex<VecDeque<String>>) {
    let mut reader = BufReader::new(stderr);
    while let Ok(Some(line)) = read_line(&mut reader) {
        // What is too long for a line is left out; what follows is read all the same.
        let Line::Whole(line) = line else { continue };
        let mut tail = tail.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if tail.len() == STDERR_LINES {
            tail.pop_front();
        }
        tail.push_back(String::from_utf8_lossy(&line).chars().take(500).collect());
    }
}
