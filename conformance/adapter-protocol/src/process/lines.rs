//! The lines to and from an adapter. A flood of output does not fill memory.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender};

/// The greatest length of a line that an adapter may write, in bytes.
pub const MAX_LINE_BYTES: usize = 4 << 20;

/// The number of lines of standard error that are kept.
const STDERR_LINES: usize = 20;

/// The number of characters that are kept of such a line.
const STDERR_CHARS: usize = 500;

/// The number of bytes that are read of such a line before the rest is skipped.
const STDERR_BYTES: u64 = 4 * STDERR_CHARS as u64;

/// A line of standard output.
pub(super) enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// Writes each line when it arrives, until there are no more or the reader is gone.
pub(super) fn write_lines(mut stdin: impl Write, lines: &Receiver<String>) {
    for mut line in lines {
        line.push('\n');
        if stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

/// Passes on each line, until there are no more or one is too long.
pub(super) fn read_lines(stdout: impl Read, found: &SyncSender<Line>) {
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
    line.shrink_to_fit();
    Ok(Some(Line::Whole(line)))
}

/// Keeps the last lines of standard error, and the beginning of each.
pub(super) fn keep_tail(stderr: impl Read, tail: &Mutex<VecDeque<String>>) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    while let Ok(1..) = reader.by_ref().take(STDERR_BYTES).read_until(b'\n', &mut line) {
        let is_whole = line.ends_with(b"\n");
        let text = String::from_utf8_lossy(line.trim_ascii_end()).chars().take(STDERR_CHARS).collect();
        let mut tail = tail.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if tail.len() == STDERR_LINES {
            tail.pop_front();
        }
        tail.push_back(text);
        drop(tail);
        line.clear();
        if !is_whole && reader.skip_until(b'\n').is_err() {
            return;
        }
    }
}
