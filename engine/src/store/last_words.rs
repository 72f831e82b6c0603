//! The last decision of each author on each key.

use crate::level::Origin;
use crate::message::DecisionKind;
use crate::names::{KeyId, Stamp};
use crate::store::id_map::IdMap;

/// The author of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Speaker {
    /// A person at this device.
    Person,
    /// The holder of a key, by a trust message.
    Key(KeyId),
}

/// A decision about a key, without the key, and its time.
pub(crate) type Said = (DecisionKind, Stamp);

impl Speaker {
    /// The key of the author's endpoint; `None` for a person.
    pub(crate) fn key(self) -> Option<KeyId> {
        match self {
            Self::Person => None,
            Self::Key(key) => Some(key),
        }
    }

    pub(crate) fn origin(self) -> Origin {
        match self {
            Self::Person => Origin::Manual,
            Self::Key(sender) => Origin::Message { sender },
        }
    }
}

/// Each author's last decision on each key, for [`ConflictRule::Cautious`](crate::ConflictRule::Cautious).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LastWords(pub(crate) IdMap<KeyId, LastWordsOnKey>);

/// All authors' last decisions on one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LastWordsOnKey {
    person: Option<Said>,
    holders: IdMap<KeyId, Said>,
    /// The number of distrusts that no later trust of a person overrides. It is kept up to date because recounting
    /// would be slow with many authors.
    standing: usize,
}

impl LastWordsOnKey {
    /// The last decision of an author.
    pub(crate) fn of(&self, speaker: Speaker) -> Option<Said> {
        match speaker {
            Speaker::Person => self.person,
            Speaker::Key(holder) => self.holders.get(holder).copied(),
        }
    }

    /// Replaces the author's last decision.
    pub(crate) fn replace(&mut self, speaker: Speaker, said: Said) {
        match speaker {
            Speaker::Person => {
                self.person = Some(said);
                self.count_standing(); // a person's decision changes which others stand
            }
            Speaker::Key(holder) => {
                let last = self.of(speaker);
                self.standing -= usize::from(last.is_some_and(|last| self.stands(last)));
                self.standing += usize::from(self.stands(said));
                match self.holders.get_mut(holder) {
                    Some(held) => *held = said,
                    None => {
                        self.holders.push(holder, said);
                    }
                }
            }
        }
    }

    /// The result of all decisions together: distrust if one stands.
    pub(crate) fn result(&self) -> DecisionKind {
        if self.standing > 0 { DecisionKind::Distrust } else { DecisionKind::Trust }
    }

    /// Whether a decision is a distrust that no later trust of a person overrides.
    fn stands(&self, (kind, time): Said) -> bool {
        let trusted_away =
            self.person.is_some_and(|(kind, later)| kind == DecisionKind::Trust && time < later);
        kind == DecisionKind::Distrust && !trusted_away
    }

    fn count_standing(&mut self) {
        self.standing = self.iter().filter(|(_, said)| self.stands(*said)).count();
    }

    /// All authors with their last decisions.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Speaker, Said)> {
        let person = self.person.map(|said| (Speaker::Person, said));
        person.into_iter().chain(self.holders.iter().map(|(holder, said)| (Speaker::Key(*holder), *said)))
    }

    /// Calls `change` for the time of each decision.
    pub(crate) fn change_times(&mut self, mut change: impl FnMut(Speaker, &mut Stamp)) {
        if let Some((_, time)) = &mut self.person {
            change(Speaker::Person, time);
        }
        for position in 0..self.holders.len() {
            let (holder, (_, time)) = self.holders.at_mut(position);
            change(Speaker::Key(holder), time);
        }
        self.count_standing();
    }

    /// The same decisions with renamed holders.
    pub(crate) fn renamed(&self, new_id: impl Fn(KeyId) -> KeyId) -> Self {
        let holders = self.holders.iter().map(|(holder, said)| (new_id(*holder), *said));
        Self { holders: holders.collect(), ..*self }
    }
}
