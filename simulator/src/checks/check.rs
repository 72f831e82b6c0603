use std::ops::Deref;
use std::sync::Arc;

use crate::expectations::{Class, Expected};

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
