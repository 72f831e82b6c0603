use std::ops::Range;

use crate::scenario::load::{MAX_MISTAKES, Mistake, Outline, Place, Source};

/// The mistakes that were found until now.
pub(super) struct Report<'a> {
    source: &'a Source,
    outline: &'a Outline,
    mistakes: Vec<Mistake>,
}

impl<'a> Report<'a> {
    pub(super) fn new(source: &'a Source, outline: &'a Outline) -> Self {
        Self { source, outline, mistakes: Vec::new() }
    }

    /// Reports that the value at a place is wrong.
    pub(super) fn value(&mut self, place: &Place, message: impl Into<String>, help: Option<String>) {
        let span = self.outline.find(place).node.span.clone();
        self.add(span, message.into(), help);
    }

    /// Reports that the key at a place is wrong, or that its value lacks something.
    pub(super) fn key(&mut self, place: &Place, message: impl Into<String>, help: Option<String>) {
        let span = self.outline.find(place).heading();
        self.add(span, message.into(), help);
    }

    /// Reports that a name is wrong.
    pub(super) fn name(&mut self, written: &Written<'_>, message: impl Into<String>, help: Option<String>) {
        let span = written.span(self.source, self.outline);
        self.add(span, message.into(), help);
    }

    /// Whether the report is full, so that further checks are useless.
    pub(super) fn is_full(&self) -> bool {
        self.mistakes.len() >= MAX_MISTAKES
    }

    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }

    fn add(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        if self.is_full() {
            return;
        }
        let mut mistake = self.source.mistake(span, message);
        mistake.help = help;
        self.mistakes.push(mistake);
    }
}

/// The position of a name: a whole value, or one side of an arrow.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    place: &'a Place,
    side: Side,
}

/// The part of a value that a name occupies.
#[derive(Clone, Copy)]
enum Side {
    /// The value is the name.
    Whole,
    /// Left of the arrow.
    Left,
    /// Right of the arrow.
    Right,
}

impl<'a> Spot<'a> {
    /// The spot of a name that is the whole value.
    pub(super) fn whole(place: &'a Place) -> Self {
        Self { place, side: Side::Whole }
    }

    pub(super) fn left_of_arrow(place: &'a Place) -> Self {
        Self { place, side: Side::Left }
    }

    pub(super) fn right_of_arrow(place: &'a Place) -> Self {
        Self { place, side: Side::Right }
    }

    /// A wrong name at this spot.
    pub(super) fn name(self, name: &'a str) -> Written<'a> {
        Written { spot: self, name, wrong: name }
    }
}

/// A wrong name with its position.
pub(super) struct Written<'a> {
    spot: Spot<'a>,
    /// The whole name, such as `alice/phone`.
    name: &'a str,
    /// The beginning of the name that is wrong.
    wrong: &'a str,
}

impl<'a> Written<'a> {
    /// The same name, of which only the beginning is wrong.
    pub(super) fn only(self, wrong: &'a str) -> Self {
        Self { wrong, ..self }
    }

    fn span(&self, source: &Source, outline: &Outline) -> Range<usize> {
        let whole = outline.find(self.spot.place).node.span.clone();
        let text = &source.text()[whole.clone()];
        let begin = match self.spot.side {
            Side::Whole | Side::Left => 0,
            Side::Right => text.find("->").map_or(0, |arrow| arrow + 2),
        };
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/');
        let found = text[begin..].match_indices(self.name).find(|(at, _)| {
            let (before, rest) = text[begin..].split_at(*at);
            !before.ends_with(named) && !rest[self.name.len()..].starts_with(named)
        });
        match found {
            Some((at, _)) => {
                let start = whole.start + begin + at;
                start..start + self.wrong.len()
            }
            // The name is written with escapes, for example.
            None => whole,
        }
    }
}
