//! What can be seen of an endpoint from outside, and what it says about itself beyond that.

use std::sync::Arc;

use atm_engine::{Addressees, Change, Decision, Effect, KeyId, Level, Outcome, Outgoing};

/// What an endpoint showed in answer to one input: which levels changed, and what it sent to whom. That is the same for
/// every implementation, and enough to judge one.
///
/// The reference engine explains itself besides: on whose word it changed, what it keeps for later, what it refused and
/// why. Nothing is made up for an implementation that does not.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// The levels that changed, in order.
    pub levels: Vec<LevelChange>,
    /// The stanzas that were sent, in order, each with the keys that can decrypt it.
    pub sent: Vec<Outgoing>,
    /// The keys that can decrypt what was sent besides, one entry for each stanza of which nobody can tell what it says.
    pub unreadable: Vec<Addressees>,
    /// What others than those to whom it is addressed can read of what was sent.
    pub overheard: Vec<Overheard>,
    /// What people wrote that was shown to the person, in order; `None` if the endpoint does not tell.
    pub shown: Option<Vec<String>>,
    is_explained: bool,
    /// The endpoint's account of itself, without the messages to be sent.
    explanation: Outcome,
}

/// A stanza that endpoints could read to which it is not addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overheard {
    /// Their keys.
    pub keys: Addressees,
    /// What it says.
    pub decisions: Arc<[Decision]>,
}

/// A key got another level on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelChange {
    /// The key.
    pub key: KeyId,
    /// Its level until then.
    pub before: Level,
    /// Its level from then on.
    pub after: Level,
}

/// One change of a device: what was seen of it, and what the device says about it. One of the two is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedChange {
    /// The level that changed; `None` if nothing can be seen from outside, as with a decision that is kept for later.
    pub level: Option<LevelChange>,
    /// What the device says; `None` if it does not explain itself.
    pub explanation: Option<Change>,
}

impl Observation {
    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.levels.clear();
        self.sent.clear();
        self.unreadable.clear();
        self.overheard.clear();
        self.shown = None;
        self.is_explained = false;
        self.explanation.clear();
    }

    /// The endpoint's account of what it did, if it explains itself: its changes, on whose word they came about, what it
    /// refused, and what it found odd.
    #[must_use]
    pub fn explanation(&self) -> Option<&Outcome> {
        self.is_explained.then_some(&self.explanation)
    }

    /// Adds what `happen` says of a device of the engine. The levels that changed follow from that.
    pub fn explain<T>(&mut self, happen: impl FnOnce(&mut Outcome) -> T) -> T {
        let known = self.explanation.changes.len();
        let answer = happen(&mut self.explanation);
        self.levels.extend(self.explanation.changes[known..].iter().filter_map(LevelChange::told_by));
        self.sent.append(&mut self.explanation.outgoing);
        self.is_explained = true;
        answer
    }

    /// Adds what was observed elsewhere.
    pub fn extend(&mut self, other: &Self) {
        self.levels.extend_from_slice(&other.levels);
        self.sent.extend_from_slice(&other.sent);
        self.unreadable.extend_from_slice(&other.unreadable);
        self.overheard.extend_from_slice(&other.overheard);
        if let Some(shown) = &other.shown {
            self.shown.get_or_insert_default().extend_from_slice(shown);
        }
        self.is_explained |= other.is_explained;
        self.explanation.changes.extend_from_slice(&other.explanation.changes);
        self.explanation.refused.extend_from_slice(&other.explanation.refused);
        self.explanation.notices.extend_from_slice(&other.explanation.notices);
    }

    /// What changed, in order: as the device explains it, or as it was seen.
    pub fn changes(&self) -> impl Iterator<Item = ObservedChange> {
        let seen: &[LevelChange] = if self.is_explained { &[] } else { &self.levels };
        let seen = seen.iter().map(|level| ObservedChange { level: Some(*level), explanation: None });
        self.explanation.changes.iter().map(ObservedChange::explained).chain(seen)
    }
}

impl ObservedChange {
    /// A change as the engine tells it.
    #[must_use]
    pub fn explained(change: &Change) -> Self {
        Self { level: LevelChange::told_by(change), explanation: Some(*change) }
    }
}

impl LevelChange {
    /// The change of a level that goes with what the engine says; `None` if no level changes.
    fn told_by(change: &Change) -> Option<Self> {
        let (key, before, after) = match *change {
            Change::Decided { decision, was, effect: Effect::Now, .. } => {
                (decision.key, was, Level::from(decision.kind))
            }
            Change::TookEffect { key, level, .. } => (key, Level::Undecided, level),
            Change::Level { key, was, level } => (key, was, level),
            Change::Decided { effect: Effect::OnDiscovery, .. }
            | Change::Confirmed { .. }
            | Change::Postponed { .. }
            | Change::Dropped { .. } => return None,
        };
        (before != after).then_some(Self { key, before, after })
    }
}

#[cfg(test)]
mod tests {
    use atm_engine::{
        Device, Directory, Encryption, Input, KeyIdentifier, KeySharing, ManualDecision, Rules, Stamp,
    };

    use super::*;

    #[test]
    fn what_a_device_explains_tells_which_levels_changed() {
        let omemo = Encryption::new(Encryption::OMEMO).unwrap();
        let mut names = Directory::new();
        let encryption = names.encryption(&omemo);
        let owner = names.account(&"alice@example.org".parse().unwrap());
        let endpoint = names.endpoint(&"alice@example.org/phone".parse().unwrap());
        let [own, tablet] = [1, 2]
            .map(|byte| names.key(encryption, owner, &KeyIdentifier::new(&omemo, &[byte; 32]).unwrap()));
        let phone = Device::new(endpoint, own, KeySharing::OnePerEndpoint, Rules::default(), &names);
        let mut phone = phone.unwrap();
        let mut seen = Observation::default();
        let decide = Input::Decide(ManualDecision::authenticate(tablet));
        // A decision about a key that was not discovered changes no level yet.
        for input in [decide, Input::Discover(tablet)] {
            assert_eq!(seen.levels, []);
            seen.explain(|outcome| phone.apply(&input, Stamp::from_millis(0), &names, outcome)).unwrap();
        }
        let change = LevelChange { key: tablet, before: Level::Undecided, after: Level::Authenticated };
        assert_eq!(seen.levels, [change]);
        let changes: Vec<ObservedChange> = seen.changes().collect();
        assert_eq!(changes.iter().map(|change| change.level).collect::<Vec<_>>(), [None, Some(change)]);
        assert!(changes.iter().all(|change| change.explanation.is_some()));
    }

    #[test]
    fn nothing_is_made_up_for_a_device_that_does_not_explain_itself() {
        let mut names = Directory::new();
        let omemo = Encryption::new(Encryption::OMEMO).unwrap();
        let encryption = names.encryption(&omemo);
        let owner = names.account(&"alice@example.org".parse().unwrap());
        let key = names.key(encryption, owner, &KeyIdentifier::new(&omemo, &[1; 32]).unwrap());
        let change = LevelChange { key, before: Level::Authenticated, after: Level::Distrusted };
        let mut seen = Observation { levels: vec![change], ..Observation::default() };
        assert_eq!(seen.explanation(), None);
        let changes: Vec<ObservedChange> = seen.changes().collect();
        assert_eq!(changes, [ObservedChange { level: Some(change), explanation: None }]);
        seen.clear();
        assert_eq!(seen.changes().count(), 0);
    }
}
