use std::ops::Deref;
use std::sync::Arc;

use atm_engine::{KeyId, Level};

use crate::cast::DeviceId;
use crate::expectations::{Class, Expected};

/// An expectation and whether it is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is expected: all runs of a script share it.
    pub(crate) expected: Arc<Expected>,
    /// The step at which it was checked, counted from 0; `None` at the end.
    pub step: Option<usize>,
    /// What is there instead; empty if the expectation is true.
    pub observed: Vec<Contradiction>,
}

/// Something that is otherwise than expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The device that behaves otherwise, and in which way; `None` for what the whole world shows, like a count.
    pub conduct: Option<(DeviceId, Conduct)>,
    /// The observation in words.
    pub text: String,
}

/// A part of what a device does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// How far it trusts a key, and who decided that.
    Level(KeyId, Level),
    /// Whether it encrypts for these keys.
    Encryption(Vec<KeyId>),
    /// What it tells other devices.
    Telling,
    /// What it makes of what arrives: what it shows, stores, postpones and refuses.
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
