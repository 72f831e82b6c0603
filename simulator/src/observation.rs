//! The visible behaviour of an endpoint, and its own explanation of it.

use std::sync::Arc;

use atm_engine::{Addressees, Change, Decision, Effect, KeyId, Level, Outcome, Outgoing};

/// The answer of an endpoint to one input: the levels that changed and the messages that it sent. Every implementation
/// provides these, and they suffice to judge it.
///
/// The reference engine also explains itself: who made a decision, which decisions are postponed, and which are refused
/// and why. For other implementations, no explanation is invented.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// The levels that changed, in order.
    pub levels: Vec<LevelChange>,
    /// The sent stanzas, in order, each with the keys that can decrypt it.
    pub sent: Vec<Outgoing>,
    /// The keys that can decrypt further sent stanzas, one entry for each stanza whose content is unknown.
    pub unreadable: Vec<Addressees>,
    /// The sent stanzas that endpoints other than the addressees can read.
    pub overheard: Vec<Overheard>,
    /// The bodies that were shown to the person, in order; `None` if the endpoint does not report them.
    pub shown: Option<Vec<String>>,
    is_explained: bool,
    /// The endpoint's explanation, without the outgoing messages.
    explanation: Outcome,
}

/// A stanza that endpoints other than its addressees can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overheard {
    /// The keys of these endpoints.
    pub keys: Addressees,
    /// The decisions in it.
    pub decisions: Arc<[Decision]>,
}

/// A change of a key's level on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelChange {
    /// The key.
    pub key: KeyId,
    /// The level before the change.
    pub before: Level,
    /// The level after the change.
    pub after: Level,
}

/// One change of a device: the visible change, the device's explanation, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedChange {
    /// The level that changed; `None` if nothing is visible from outside, as with a postponed decision.
    pub level: Option<LevelChange>,
    /// The device's explanation; `None` if it does not explain itself.
    pub explanation: Option<Change>,
}

impl Observation {
    /// Empties the observation and keeps its memory.
    pub fn clear(&mut self) {
        self.levels.clear();
        self.sent.clear();
        self.unreadable.clear();
        self.overheard.clear();
        self.shown = None;
        self.is_explained = false;
        self.explanation.clear();
    }

    /// The endpoint's explanation, if it explains itself: its changes and who caused them, its refusals and its
    /// notices.
    #[must_use]
    pub fn explanation(&self) -> Option<&Outcome> {
        self.is_explained.then_some(&self.explanation)
    }

    /// Adds the outcome that `happen` writes for a device of the engine. The changed levels follow from it.
    pub fn explain<T>(&mut self, happen: impl FnOnce(&mut Outcome) -> T) -> T {
        let known = self.explanation.changes.len();
        let answer = happen(&mut self.explanation);
        self.levels.extend(self.explanation.changes[known..].iter().filter_map(LevelChange::told_by));
        self.sent.append(&mut self.explanation.outgoing);
        self.is_explained = true;
        answer
    }

    /// Adds another observation.
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

    /// The changes in order, as the device explains them or, failing that, as they were observed.
    pub fn changes(&self) -> impl Iterator<Item = ObservedChange> {
        let seen: &[LevelChange] = if self.is_explained { &[] } else { &self.levels };
        let seen = seen.iter().map(|level| ObservedChange { level: Some(*level), explanation: None });
        self.explanation.changes.iter().map(ObservedChange::explained).chain(seen)
    }
}

impl ObservedChange {
    /// A change that the engine explains.
    #[must_use]
    pub fn explained(change: &Change) -> Self {
        Self { level: LevelChange::told_by(change), explanation: Some(*change) }
    }
}

impl LevelChange {
    /// The level change behind an explained change; `None` if no level changes.
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
        // A decision about an undiscovered key changes no level yet.
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
