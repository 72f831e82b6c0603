//! The monitor's knowledge about a key.

use atm_engine::{KeyId, Stamp};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::attribution;
use super::lawful;
use super::standing::{Standing, Standings};

/// The state of a key.
#[derive(Clone, Debug)]
pub(super) struct KeyState {
    /// The standings that the device may hold. For a key that is not discovered yet: the standings after its discovery.
    pub(super) lawful: Standings,
    pub(super) is_discovered: bool,
    pub(super) newest: Option<Stamp>,
    /// The last time at which the key may have been distrusted.
    pub(super) distrusted_until: Option<Stamp>,
    pub(super) is_tainted: bool,
    /// Whether the key may have been authenticated at some point of the step.
    pub(super) may_have_been_authenticated: bool,
    /// Whether a person's decision or a message of this step, which may count, distrusts the key.
    pub(super) is_ruled_out: bool,
    /// The requirement that last affected the key.
    pub(super) because: &'static str,
}

impl Default for KeyState {
    fn default() -> Self {
        Self {
            lawful: Standings::just(Standing::Open),
            is_discovered: false,
            newest: None,
            distrusted_until: None,
            is_tainted: false,
            may_have_been_authenticated: false,
            is_ruled_out: false,
            because: attribution::SECURITY_LEVEL,
        }
    }
}

impl KeyState {
    /// Whether the words of the key's holder must count.
    pub(super) fn is_surely_authenticated(&self) -> bool {
        self.is_discovered && !self.is_tainted && self.lawful.only() == Some(Standing::Authenticated)
    }

    /// Whether the device may refuse a word of this time because the key was distrusted.
    pub(super) fn may_be_silenced(&self, time: Stamp) -> bool {
        self.distrusted_until.is_some_and(|until| !lawful::is_later(time, until))
    }
}

pub(super) type Keys = IndexMap<KeyId, KeyState, FxBuildHasher>;
