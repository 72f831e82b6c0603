//! What is said about keys, and how far it counts.

use atm_engine::{AccountId, Decision, DecisionKind, KeyId, Stamp};

use super::standing::Standing;

/// A decision of the holder of a key about another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The account of who says it.
    pub(super) account: AccountId,
    /// The key of who says it.
    pub(super) sender: KeyId,
    /// The key that it is about.
    pub(super) target: KeyId,
    pub(super) kind: DecisionKind,
    /// When it was said, but never later than it arrived.
    pub(super) time: Stamp,
    /// When it was said, as it says itself: a device may note that, also if the sender's clock is ahead.
    pub(super) stamp: Stamp,
}

/// Whether a word that takes effect has to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    /// A lawful device follows it.
    Must,
    /// A lawful device may follow it or not.
    May,
}

impl Force {
    /// `Must` only if `demanded`, too.
    pub(super) fn only_if(self, demanded: bool) -> Self {
        if demanded { self } else { Self::May }
    }
}

/// A word that waits until its sender is authenticated.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaitingWord {
    pub(super) word: Word,
    pub(super) force: Force,
    /// The requirement by which it waits.
    pub(super) requirement: &'static str,
}

/// Something that was said and must not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VoidWord {
    pub(super) said: Decision,
    /// When it was said, as it says itself.
    pub(super) time: Stamp,
    /// The requirement by which it does not count.
    pub(super) requirement: &'static str,
    /// How many inputs there had been.
    pub(super) input: usize,
}

impl VoidWord {
    /// Whether it says that a key has this standing.
    pub(super) fn claims(&self, key: KeyId, standing: Standing) -> bool {
        self.said.key == key && Standing::from(self.said.kind) == standing
    }
}

/// Something that takes effect on a key in one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub(super) target: KeyId,
    pub(super) kind: DecisionKind,
    pub(super) time: Stamp,
    /// The latest time that a device may note for it.
    pub(super) stamp: Stamp,
    pub(super) force: Force,
    pub(super) speaker: Speaker,
    /// The requirement by which it has its effect.
    pub(super) requirement: &'static str,
}

/// Whose decision it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    Person,
    Holder(KeyId),
}
