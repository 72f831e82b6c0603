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

    /// The program, and its arguments.
    pub(super) fn program(&self) -> (&str, &[String]) {
        let (program, arguments) = self.0.split_first().expect("a command line is not empty");
        (program, arguments)
    }
}
