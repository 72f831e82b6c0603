use std::ops::Deref;
use std::sync::Arc;

use super::Expected;

/// An expectation and whether it is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is expected: all runs of a script share it.
    pub(crate) expected: Arc<Expected>,
    /// The step at which it was checked, counted from 0; `None` at the end.
    pub step: Option<usize>,
    /// What is there instead; empty if the expectation is true.
    pub observed: Vec<String>,
}

impl Check {
    /// Whether the expectation is true.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.observed.is_empty()
    }

    /// Whether it had to be true and is not.
    #[must_use]
    pub fn failed(&self) -> bool {
        !self.passed() && self.class != Class::Fact
    }
}

impl Deref for Check {
    type Target = Expected;

    fn deref(&self) -> &Expected {
        &self.expected
    }
}

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
