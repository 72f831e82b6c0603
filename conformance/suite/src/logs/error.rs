use std::io;

/// The reason why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadLog {
    /// The input cannot be read.
    #[error("line {line}: {error}")]
    Unreadable {
        /// The line, counted from 1.
        line: usize,
        /// The reason.
        error: io::Error,
    },
    /// The input has no lines.
    #[error("it is empty: a log begins with a `hello`")]
    Empty,
    /// A line or an exchange has a mistake.
    #[error("{place}: {reason}")]
    Mistake {
        /// The place.
        place: Place,
        /// The mistake.
        reason: String,
    },
}

/// A place in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The position among the exchanges of a line that holds a whole case, counted from 1.
    pub exchange: Option<usize>,
}

impl Place {
    pub(super) fn line(line: usize) -> Self {
        Self { line, exchange: None }
    }

    pub(super) fn bad(self, reason: impl Into<String>) -> BadLog {
        BadLog::Mistake { place: self, reason: reason.into() }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        match self.exchange {
            Some(exchange) => write!(f, ", exchange {exchange}"),
            None => Ok(()),
        }
    }
}
