use std::ops::Range;

use super::Mistake;

/// The length limit of a message that quotes text from a file, in bytes.
const MAX_MESSAGE: usize = 400;

/// The text of a file and its name.
pub(in crate::scenario) struct Source {
    file: String,
    text: String,
}

impl Source {
    pub(in crate::scenario) fn new(file: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file: file.to_owned(), text: text.to_owned() }
    }

    /// The text without a byte order mark.
    pub(in crate::scenario) fn text(&self) -> &str {
        &self.text
    }

    pub(in crate::scenario) fn into_text(self) -> String {
        self.text
    }

    /// A mistake at these bytes.
    pub(in crate::scenario) fn mistake(&self, span: Range<usize>, message: impl Into<String>) -> Mistake {
        let start = self.boundary(span.start);
        let end = self.boundary(span.end.max(start));
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let first_line = self.text[start..end].lines().next().unwrap_or_default();
        Mistake {
            file: self.file.clone(),
            line: self.line(start),
            column: self.text[line_start..start].chars().count() + 1,
            length: first_line.chars().count().max(1),
            span: start..end,
            message: shortened(message.into()),
            help: None,
        }
    }

    /// The line of a byte, counted from 1.
    pub(in crate::scenario) fn line(&self, byte: usize) -> usize {
        self.text[..self.boundary(byte)].matches('\n').count() + 1
    }

    /// The last character boundary at or before `offset`.
    fn boundary(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset.min(self.text.len()))
    }
}

fn shortened(mut message: String) -> String {
    if message.len() > MAX_MESSAGE {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE));
        message.push_str("...");
    }
    message
}
