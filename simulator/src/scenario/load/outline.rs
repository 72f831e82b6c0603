use std::ops::Range;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::syntax::{self, Syntax};
use super::{MAX_SIZE, Mistake, Source};

/// The deepest nesting of lists and maps. Scenarios need about ten levels.
pub(super) const MAX_DEPTH: usize = 24;

/// The positions of all parts of a file.
///
/// The outline is built before `serde_yaml` reads the file. It refuses what takes `serde_yaml` too long, expands
/// without bound or is silently misread: deep nesting, aliases, duplicate keys, several documents.
pub(in crate::scenario) struct Outline {
    pub(super) root: Node,
}

/// A value in a file.
pub(in crate::scenario) struct Node {
    /// Its bytes in the file.
    pub(in crate::scenario) span: Range<usize>,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// An empty value, `~` or `null`.
    Null,
    /// Text, a number, `true` or `false`.
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: Node,
}

impl Outline {
    /// The text, number or key at a byte.
    pub(super) fn word_at(&self, byte: usize) -> Option<Range<usize>> {
        self.root.word_at(byte)
    }

    pub(in crate::scenario) fn of(source: &Source) -> Result<Self, Mistake> {
        let text = source.text();
        if text.len() > MAX_SIZE {
            let message = format!("the file has {} bytes, more than {MAX_SIZE}", text.len());
            return Err(source.mistake(0..0, message));
        }
        if let Some((at, control)) = text.char_indices().find(|(_, c)| is_forbidden(*c)) {
            let message = format!("YAML does not allow the character U+{:04X}", u32::from(control));
            return Err(source.mistake(at..at + control.len_utf8(), message));
        }
        let mut builder = Builder::new(source);
        for event in Parser::new_from_str(text) {
            match event {
                Ok((event, span)) => builder.take(&event, span)?,
                Err(error) => return Err(builder.syntax(&error)),
            }
        }
        match builder.root {
            Some(root) => Ok(Self { root }),
            None => {
                Err(source.mistake(0..0, "the file is empty").with_help("a scenario begins with `format: 1`"))
            }
        }
    }
}

/// Control characters except tabs and line ends, and code points that are no characters (YAML 1.2 §5.1).
fn is_forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

impl Node {
    fn word_at(&self, byte: usize) -> Option<Range<usize>> {
        let holds = |span: &Range<usize>| span.contains(&byte);
        match &self.content {
            Content::Null => None,
            Content::Scalar(_) => holds(&self.span).then(|| self.span.clone()),
            Content::List(items) => items.iter().find_map(|item| item.word_at(byte)),
            Content::Map(entries) => entries.iter().find_map(|entry| {
                if holds(&entry.key_span) { Some(entry.key_span.clone()) } else { entry.value.word_at(byte) }
            }),
        }
    }
}

/// A list or map without its end.
enum Open {
    List {
        start: usize,
        items: Vec<Node>,
    },
    Map {
        start: usize,
        entries: Vec<Entry>,
        keys: IndexSet<String, FxBuildHasher>,
        key: Option<(String, Range<usize>)>,
    },
}

struct Builder<'a> {
    source: &'a Source,
    /// The byte at which each character begins.
    bytes: Vec<usize>,
    open: Vec<Open>,
    documents: usize,
    root: Option<Node>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source) -> Self {
        let bytes = source.text().char_indices().map(|(byte, _)| byte).collect();
        Self { source, bytes, open: Vec::new(), documents: 0, root: None }
    }

    fn take(&mut self, event: &Event<'_>, span: Span) -> Result<(), Mistake> {
        let span = self.byte(span.start.index())..self.byte(span.end.index());
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => self.begin_document(span),
            Event::Alias(_) => Err(self
                .source
                .mistake(span, "aliases (`*name`) are not allowed in a scenario")
                .with_help("write out what it stands for")),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_anchor_and_tag(&span, *anchor, tag.is_some())?;
                self.scalar(text, *style, span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_anchor_and_tag(&span, *anchor, tag.is_some())?;
                self.begin(Open::List { start: span.start, items: Vec::new() }, span)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_anchor_and_tag(&span, *anchor, tag.is_some())?;
                let keys = IndexSet::default();
                self.begin(Open::Map { start: span.start, entries: Vec::new(), keys, key: None }, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span.end),
        }
    }

    fn begin_document(&mut self, span: Range<usize>) -> Result<(), Mistake> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(self
                .source
                .mistake(span, "a second document begins here")
                .with_help("one scenario a file"));
        }
        Ok(())
    }

    fn refuse_anchor_and_tag(&self, span: &Range<usize>, anchor: usize, tag: bool) -> Result<(), Mistake> {
        let (sign, what) = match (anchor, tag) {
            (0, false) => return Ok(()),
            (0, true) => ('!', "tags (`!name`) are not allowed in a scenario"),
            _ => ('&', "anchors (`&name`) are not allowed in a scenario"),
        };
        // The parser reports the start of the value. The sign is there or before it.
        let text = self.source.text();
        let signed = match text[span.start..].starts_with(sign) {
            true => span.start,
            false => text[..span.start].rfind(sign).unwrap_or(span.start),
        };
        let start =
            text[..signed].rfind(|c| c != sign).map_or(0, |before| text.ceil_char_boundary(before + 1));
        let word = text[start..].split(char::is_whitespace).next().unwrap_or_default();
        Err(self
            .source
            .mistake(start..start + word.len(), what)
            .with_help(format!("a text that begins with `{sign}` stands in quotes")))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Range<usize>) -> Result<(), Mistake> {
        let span = span.start..span.start + self.source.text()[span].trim_end().len();
        if let Some(Open::Map { keys, key: key @ None, .. }) = self.open.last_mut() {
            if !keys.insert(text.to_owned()) {
                let message = format!("`{text}` stands twice in this map");
                return Err(self.source.mistake(span, message));
            }
            *key = Some((text.to_owned(), span));
            return Ok(());
        }
        let null = style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL");
        let content = if null { Content::Null } else { Content::Scalar(text.to_owned()) };
        self.add(Node { span, content });
        Ok(())
    }

    fn begin(&mut self, open: Open, span: Range<usize>) -> Result<(), Mistake> {
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(self.source.mistake(span, "a list or map cannot be a key"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.source.mistake(span, too_deep()));
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), Mistake> {
        let (start, content) = match self.open.pop() {
            Some(Open::List { start, items }) => (start, Content::List(items)),
            Some(Open::Map { start, entries, .. }) => (start, Content::Map(entries)),
            None => return Err(self.source.mistake(end..end, "a list or map ends here that never began")),
        };
        let end = start + self.source.text()[start..end.max(start)].trim_end().len();
        self.add(Node { span: start..end, content });
        Ok(())
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => {
                let (key, key_span) =
                    key.take().expect("a scalar was taken as the key, anything else refused");
                entries.push(Entry { key, key_span, value: node });
            }
        }
    }

    fn syntax(&self, error: &saphyr_parser::ScanError) -> Mistake {
        let at = self.byte(error.marker().index());
        if error.info().contains("recursion limit") {
            return self.source.mistake(at..at, too_deep());
        }
        let text = self.source.text();
        if let Some(Syntax { span, message, help }) = syntax::of_line(text, at) {
            return self.source.mistake(span, message).with_help(help);
        }
        let mistake = self.source.mistake(at..at, format!("this is not YAML: {}", error.info()));
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if text[line..].trim_start_matches(' ').starts_with('\t') {
            return mistake.with_help("YAML is indented with spaces, not with tabs");
        }
        match self.bracket() {
            Some((bracket, start)) => {
                let line = text[..start].matches('\n').count() + 1;
                mistake.with_help(format!("the `{bracket}` in line {line} is not closed before"))
            }
            None => mistake,
        }
    }

    /// The innermost open bracket, with its position.
    fn bracket(&self) -> Option<(char, usize)> {
        let (Open::List { start, .. } | Open::Map { start, .. }) = self.open.last()?;
        let first = self.source.text()[*start..].chars().next()?;
        matches!(first, '[' | '{').then_some((first, *start))
    }

    fn byte(&self, character: usize) -> usize {
        self.bytes.get(character).copied().unwrap_or(self.source.text().len())
    }
}

pub(super) fn too_deep() -> String {
    format!("more than {MAX_DEPTH} lists and maps inside each other")
}
