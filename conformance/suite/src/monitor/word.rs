//! Decisions about keys, and whether they count.

use atm_engine::{AccountId, Decision, DecisionKind, KeyId, Stamp};

use super::standing::Standing;

/// A key holder's decision about another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The sender's account.
    pub(super) account: AccountId,
    /// The sender's key.
    pub(super) sender: KeyId,
    /// The key that the decision is about.
    pub(super) target: KeyId,
    pub(super) kind: DecisionKind,
    /// The stated time, but not later than the arrival.
    pub(super) time: Stamp,
    /// The stated time. A device may note it even if the sender's clock is ahead.
    pub(super) stamp: Stamp,
}

/// Whether a word that takes effect must count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    /// A lawful device follows the word.
    Must,
    /// A lawful device may follow the word or not.
    May,
}

impl Force {
    /// Weakens `Must` to `May` unless `demanded`.
    pub(super) fn only_if(self, demanded: bool) -> Self {
        if demanded { self } else { Self::May }
    }
}

/// A word that waits until its sender is authenticated.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaitingWord {
    pub(super) word: Word,
    pub(super) force: Force,
    /// The requirement because of which it waits.
    pub(super) requirement: &'static str,
}

/// A decision that must not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VoidWord {
    pub(super) said: Decision,
    /// The time that the message states.
    pub(super) time: Stamp,
    /// The requirement because of which it does not count.
    pub(super) requirement: &'static str,
    /// The number of the input that contained it.
    pub(super) input: usize,
    /// The key that encrypted the message, if the encryption names one.
    pub(super) sender: Option<KeyId>,
}

impl VoidWord {
    /// Whether the decision gives a key this standing.
    pub(super) fn claims(&self, key: KeyId, standing: Standing) -> bool {
        self.said.key == key && Standing::from(self.said.kind) == standing
    }
}

/// A decision that takes effect on a key in one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub(super) target: KeyId,
    pub(super) kind: DecisionKind,
    pub(super) time: Stamp,
    /// The latest time that a device may note for the decision.
    pub(super) stamp: Stamp,
    pub(super) force: Force,
    pub(super) speaker: Speaker,
    /// The requirement because of which it takes effect.
    pub(super) requirement: &'static str,
}

/// The author of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    Person,
    Holder(KeyId),
}
