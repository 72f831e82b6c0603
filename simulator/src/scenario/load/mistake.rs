use std::fmt;
use std::ops::Range;

/// A mistake in a scenario file, for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// How many characters of that line are at fault, at least 1.
    pub length: usize,
    /// The bytes at fault in [`Mistakes::source`]. May go over several lines, and may be empty at the end.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What was expected, or how to put it right.
    pub help: Option<String>,
}

impl Mistake {
    /// Adds what was expected, or how to put it right.
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

/// All mistakes that were found in a scenario file, in the order of the file. There is at least one.
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

    /// The text of the file, without a byte order mark: what the spans of the mistakes refer to.
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
