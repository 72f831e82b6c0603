/// The origin of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A requirement demands it of every implementation.
    Required,
    /// The specifications leave the question open, and this is one answer.
    Fact,
    /// The reference engine behaves this way.
    Reference,
}

impl Class {
    /// The name that scenarios use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Fact => "fact",
            Self::Reference => "reference",
        }
    }
}
