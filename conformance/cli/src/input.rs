//! Bounded reading: each kind of file has a limit, and so has a line of the adapter protocol.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use atm_adapter_protocol::MAX_LINE_BYTES;

/// The largest size of a kind of file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    kind: &'static str,
    mebibytes: u64,
}

const MEBIBYTE: u64 = 1 << 20;

/// The run file of a whole run has 2 MiB, and a few times that if much fails.
pub(crate) const RUN_FILE: Limit = Limit { kind: "a run file", mebibytes: 128 };
/// The recording of a whole run has 8 MiB.
pub(crate) const RECORDING: Limit = Limit { kind: "a recording", mebibytes: 128 };
/// The report of a campaign has at most a few scenarios for each cause.
pub(crate) const CAMPAIGN: Limit = Limit { kind: "a report of a campaign", mebibytes: 64 };
/// The limit of an expectations file.
pub(crate) const EXPECTATIONS: Limit = Limit { kind: "an expectations file", mebibytes: 4 };

/// Opens a file. Reading beyond the limit is an error.
pub(crate) fn open(path: &Path, limit: Limit) -> io::Result<BufReader<impl Read + use<>>> {
    let left = limit.mebibytes * MEBIBYTE;
    Ok(BufReader::new(Bounded { inner: File::open(path)?, left, limit }))
}

/// Reads a whole file. A file beyond the limit is an error.
pub(crate) fn read(path: &Path, limit: Limit) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path, limit)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Standard input. A line longer than the adapter protocol allows is an error.
pub(crate) fn commands() -> BufReader<impl Read + use<>> {
    BufReader::new(BoundedLines { inner: io::stdin().lock(), length: 0 })
}

struct Bounded<R> {
    inner: R,
    /// The number of bytes that may follow.
    left: u64,
    limit: Limit,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let Limit { kind, mebibytes } = self.limit;
            too_large(format!("it has more than {mebibytes} MiB, the most that {kind} may have"))
        })?;
        Ok(read)
    }
}

struct BoundedLines<R> {
    inner: R,
    /// The length of the current line so far.
    length: usize,
}

impl<R: Read> Read for BoundedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        for piece in buffer[..read].split_inclusive(|byte| *byte == b'\n') {
            self.length += piece.len();
            let ends = piece.ends_with(b"\n");
            if self.length - usize::from(ends) > MAX_LINE_BYTES {
                let mebibytes = MAX_LINE_BYTES as u64 / MEBIBYTE;
                return Err(too_large(format!("a line has more than {mebibytes} MiB")));
            }
            if ends {
                self.length = 0;
            }
        }
        Ok(read)
    }
}

fn too_large(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_have_just_its_limit() {
        let limit = Limit { kind: "a test", mebibytes: 1 };
        for (length, is_read) in [(MEBIBYTE, true), (MEBIBYTE + 1, false)] {
            let mut bounded = Bounded { inner: io::repeat(b'x').take(length), left: MEBIBYTE, limit };
            assert_eq!(bounded.read_to_end(&mut Vec::new()).is_ok(), is_read, "{length}");
        }
    }

    #[test]
    fn a_line_may_have_just_its_limit_and_many_may_follow() {
        for (length, are_read) in [(MAX_LINE_BYTES, true), (MAX_LINE_BYTES + 1, false)] {
            let lines = format!("{0}\n{0}\n", "x".repeat(length));
            let mut bounded = BoundedLines { inner: lines.as_bytes(), length: 0 };
            let read = BufReader::with_capacity(1000, &mut bounded).read_to_end(&mut Vec::new());
            assert_eq!(read.is_ok(), are_read, "{length}");
        }
    }
}
