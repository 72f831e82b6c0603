use std::fmt;
use std::ops::Range;

/// A mistake in a scenario file, for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The number of wrong characters in that line, at least 1.
    pub length: usize,
    /// The wrong bytes in [`Mistakes::source`]. The span may cover several lines, and may be empty at the end.
    pub span: Range<usize>,
    /// The mistake in words.
    pub message: String,
    /// The expected text, or a way to correct the mistake.
    pub help: Option<String>,
}

impl Mistake {
    /// Adds the expected text, or a way to correct the mistake.
    #[must_use]
    pub(in crate::scenario) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// All mistakes in a scenario file, in the order of the file. There is at least one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes {
    text: String,
    list: Vec<Mistake>,
}

impl Mistakes {
    pub(in crate::scenario) fn new(text: String, mut list: Vec<Mistake>) -> Self {
        list.sort_by_key(|mistake| mistake.span.start);
        Self { text, list }
    }

    /// The text of the file, without a byte order mark. The spans of the mistakes refer to it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.text
    }

    /// The mistakes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Mistake> {
        self.list.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, mistake) in self.list.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}{mistake}")?;
        }
        Ok(())
    }
}
