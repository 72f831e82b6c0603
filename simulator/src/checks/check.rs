use std::ops::Deref;
use std::sync::Arc;

use atm_engine::{KeyId, Level};

use crate::cast::DeviceId;
use crate::expectations::{Class, Expected};

/// An expectation with its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The expectation, shared by all runs of a script.
    pub(crate) expected: Arc<Expected>,
    /// The step at which it was checked, counted from 0; `None` at the end.
    pub step: Option<usize>,
    /// The observations that contradict the expectation; empty if it is true.
    pub observed: Vec<Contradiction>,
}

/// An observation that contradicts an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The device and the part of its behaviour; `None` if the whole world shows it, like a count.
    pub conduct: Option<(DeviceId, Conduct)>,
    /// The observation in words.
    pub text: String,
}

/// A part of a device's behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// The level of a key, or its origin.
    Level(KeyId, Level),
    /// The level of a key that should be authenticated and is not.
    Unauthenticated(KeyId, Level),
    /// Whether the device encrypts for these keys.
    Encryption(Vec<KeyId>),
    /// The trust messages that it sends.
    Telling,
    /// The handling of arriving messages: what the device shows, stores, postpones and refuses.
    Reception,
}

impl Contradiction {
    pub(super) fn by(device: DeviceId, conduct: Conduct, text: String) -> Self {
        Self { conduct: Some((device, conduct)), text }
    }

    pub(super) fn of_all(text: String) -> Self {
        Self { conduct: None, text }
    }
}

impl Check {
    /// Whether the expectation is true.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.observed.is_empty()
    }

    /// Whether the expectation had to hold and did not.
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
