//! Messages on standard error.

use std::fmt;
use std::io::Write;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use atm_simulator::scenario::Mistakes;

use crate::escape::{OneLine, Terminal};

/// The most characters of a line. Some errors quote a whole file.
const MAX_LINE_LENGTH: usize = 10_000;

/// A message for standard error: a line, and possibly further lines below it. It holds untrusted text unescaped;
/// `Display` escapes each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    lines: Vec<String>,
}

impl Complaint {
    /// A message of one line.
    pub fn new(text: impl fmt::Display) -> Self {
        Self { lines: vec![text.to_string()] }
    }

    /// A message with a line for each line of the text.
    pub fn of_lines(text: impl fmt::Display) -> Self {
        Self { lines: text.to_string().lines().map(str::to_owned).collect() }
    }

    /// Puts the name of the file or program in front.
    #[must_use]
    pub fn of(mut self, name: impl fmt::Display) -> Self {
        if let Some(first) = self.lines.first_mut() {
            *first = format!("{name}: {first}");
        }
        self
    }

    /// Adds indented lines: a suggestion, or the way to continue.
    #[must_use]
    pub fn with(mut self, more: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        self.lines.extend(more.into_iter().map(|line| format!("  {line}")));
        self
    }

    /// Writes the message to standard error. An error is ignored, since nobody would read about it.
    pub fn tell(&self) {
        let _ = writeln!(anstream::stderr(), "{self}");
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, line) in self.lines.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            let (shown, more) = match line.char_indices().nth(MAX_LINE_LENGTH) {
                Some((end, _)) => (&line[..end], " …"),
                None => (&**line, ""),
            };
            write!(f, "{separator}{}{more}", OneLine(shown))?;
        }
        Ok(())
    }
}

/// Writes a line to standard error.
pub fn complain(text: impl fmt::Display) {
    Complaint::new(text).tell();
}

/// Writes each mistake of a scenario file to standard error, with its line and a caret.
pub fn print_mistakes(mistakes: &Mistakes) {
    let source = mistakes.source();
    for mistake in mistakes.iter() {
        let annotation = AnnotationKind::Primary.span(mistake.span.clone());
        let [file, message] = [&mistake.file, &mistake.message].map(|text| OneLine(text).to_string());
        let snippet = Snippet::source(source).path(file).annotation(annotation);
        let mut group = Level::ERROR.primary_title(message).element(snippet);
        if let Some(help) = &mistake.help {
            group = group.element(Level::HELP.message(OneLine(help).to_string()));
        }
        let report = [group];
        write_styled(&Renderer::styled().render(&report));
    }
}

/// Writes a text and an empty line to standard error. Every escape character of the text has to begin a style.
fn write_styled(text: &str) {
    let mut out = Terminal::new(anstream::stderr());
    let mut rest = text;
    while let Some(start) = rest.find('\u{1b}') {
        let (plain, styled) = rest.split_at(start);
        let (style, after) = styled.split_at(styled.find('m').map_or(styled.len(), |end| end + 1));
        // Nobody would read about an error.
        let _ = out.write_all(plain.as_bytes()).and_then(|()| out.write_all(style.as_bytes()));
        rest = after;
    }
    let _ = writeln!(out, "{rest}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_quotes_a_whole_file_is_cut() {
        let complaint = Complaint::new("x".repeat(3_000_000)).to_string();
        assert_eq!(complaint, format!("{} …", "x".repeat(MAX_LINE_LENGTH)));
        let whole = "é".repeat(MAX_LINE_LENGTH);
        assert_eq!(Complaint::new(&whole).to_string(), whole);
    }
}
