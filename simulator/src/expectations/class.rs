/// Whose expectation one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A requirement demands it of any implementation.
    Required,
    /// The texts leave it open, and this is one answer.
    Fact,
    /// The reference engine does it.
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
