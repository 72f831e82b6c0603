/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

/// The reason why a text is not a command line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCommandLine {
    /// The text is empty.
    #[error("there is no program in it")]
    Empty,
    /// A quotation mark is not closed.
    #[error("a quotation mark is not closed")]
    Unclosed,
}

impl CommandLine {
    /// Splits `text` into words like a shell. No shell is started.
    ///
    /// # Errors
    ///
    /// If the text is empty, or a quotation mark is not closed.
    pub fn parse(text: &str) -> Result<Self, BadCommandLine> {
        let words = shell_words::split(text).map_err(|_| BadCommandLine::Unclosed)?;
        if words.is_empty() { Err(BadCommandLine::Empty) } else { Ok(Self(words)) }
    }

    /// The program and its arguments.
    pub(super) fn program(&self) -> (&str, &[String]) {
        let (program, arguments) = self.0.split_first().expect("a command line is not empty");
        (program, arguments)
    }
}
