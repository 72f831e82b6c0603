use std::ops::Range;

use super::outline::{Content, Node, Outline};

/// The path from the top of a file to one of its parts.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Place(Vec<Segment>);

#[derive(Clone, Debug)]
enum Segment {
    Key(String),
    Index(usize),
}

impl Place {
    /// The whole file.
    pub(in crate::scenario) fn top() -> Self {
        Self::default()
    }

    /// The value of a key at this place.
    pub(in crate::scenario) fn key(&self, key: &str) -> Self {
        self.with(Segment::Key(key.to_owned()))
    }

    /// An item of the list at this place.
    pub(in crate::scenario) fn item(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }
}

/// The position of a part of a file.
pub(in crate::scenario) struct FoundPart<'a> {
    /// The key of the part, if the last segment of the path is a key.
    pub(in crate::scenario) key: Option<Range<usize>>,
    /// The part itself.
    pub(in crate::scenario) node: &'a Node,
}

impl FoundPart<'_> {
    /// The key, or the part itself if it has no key.
    pub(in crate::scenario) fn heading(&self) -> Range<usize> {
        self.key.clone().unwrap_or_else(|| self.node.span.clone())
    }
}

impl Outline {
    /// The part at a place, or the last existing part on the path to it.
    pub(in crate::scenario) fn find(&self, place: &Place) -> FoundPart<'_> {
        let mut found = FoundPart { key: None, node: &self.root };
        for segment in &place.0 {
            let next = match (segment, &found.node.content) {
                (Segment::Index(index), Content::List(items)) => {
                    items.get(*index).map(|node| FoundPart { key: None, node })
                }
                (Segment::Key(key), Content::Map(entries)) => entries
                    .iter()
                    .find(|entry| entry.key == *key)
                    .map(|entry| FoundPart { key: Some(entry.key_span.clone()), node: &entry.value }),
                _ => None,
            };
            match next {
                Some(next) => found = next,
                None => break,
            }
        }
        found
    }
}
