//! E9: which of several decisions about one key counts.
//!
//! Under the rule `newest` the one with the latest time, and of two with the same time the distrust; one
//! that is older changes nothing, and one that repeats what holds moves its time. Under `cautious`, besides,
//! each distrust stands until its own speaker, or a person at this device, trusts the key later. Each
//! speaker's last word is kept for that, so that the result does not depend on the order of arrival.

use crate::message::DecisionKind;
use crate::names::{KeyId, Stamp};
use crate::store::id_map::IdMap;
use crate::store::key_store::Record;

/// Who speaks a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Speaker {
    /// A person at this device.
    Person,
    /// The holder of a key, by a trust message.
    Key(KeyId),
}

/// What becomes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// It takes the place of what held.
    Applies,
    /// It says what holds already, at a later time.
    Repeats,
    /// Something later is known.
    Stale,
    /// Somebody else's distrust stands.
    Outweighed,
}

/// Rules by [`ConflictRule::Newest`](crate::ConflictRule::Newest).
pub(crate) fn newest(record: Option<&Record>, kind: DecisionKind, time: Stamp) -> Ruling {
    let Some((record, held)) = record.and_then(|record| Some((record, record.decision()?))) else {
        return Ruling::Applies;
    };
    if is_later((kind, time), (held, record.time)) {
        if kind == held { Ruling::Repeats } else { Ruling::Applies }
    } else {
        Ruling::Stale
    }
}

/// Whether a decision comes after another; at the same time a distrust comes after a trust.
pub(crate) fn is_later(one: (DecisionKind, Stamp), other: (DecisionKind, Stamp)) -> bool {
    (one.1, one.0) > (other.1, other.0)
}

/// Each speaker's last word on each key, for [`ConflictRule::Cautious`](crate::ConflictRule::Cautious).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LastWords(pub(crate) IdMap<KeyId, Words>);

/// A kind and the time at which it was given.
pub(crate) type Said = (DecisionKind, Stamp);

/// All speakers' last words on one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    person: Option<Said>,
    holders: IdMap<KeyId, Said>,
    /// How many of the words are distrusts that no person trusted away later. With many speakers they are not counted
    /// anew for each word.
    standing: usize,
}

impl LastWords {
    /// Notes what `speaker` says and rules on it.
    pub(crate) fn cautious(
        &mut self,
        record: Option<&Record>,
        speaker: Speaker,
        (key, kind): (KeyId, DecisionKind),
        time: Stamp,
    ) -> Ruling {
        let position = self.0.position_or_default(key);
        let (_, words) = self.0.at_mut(position);
        if !words.note(speaker, (kind, time)) {
            return Ruling::Stale;
        }
        let held = record.and_then(Record::decision);
        match (kind, words.outcome()) {
            (said, outcome) if said == outcome && held == Some(said) => Ruling::Repeats,
            (said, outcome) if said == outcome => Ruling::Applies,
            (DecisionKind::Trust, _) => Ruling::Outweighed,
            (DecisionKind::Distrust, _) => Ruling::Stale,
        }
    }
}

impl Words {
    /// Takes a word in the place of the same speaker's last one, and says whether it is the later of the two.
    pub(crate) fn note(&mut self, speaker: Speaker, said: Said) -> bool {
        let last = match speaker {
            Speaker::Person => self.person,
            Speaker::Key(holder) => self.holders.get(holder).copied(),
        };
        if last.is_some_and(|last| !is_later(said, last)) {
            return false;
        }
        match speaker {
            Speaker::Person => {
                self.person = Some(said);
                self.count_standing(); // other words stand now, or do not any longer
            }
            Speaker::Key(holder) => {
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
        true
    }

    /// What all words come to: distrust if one stands.
    pub(crate) fn outcome(&self) -> DecisionKind {
        if self.standing > 0 { DecisionKind::Distrust } else { DecisionKind::Trust }
    }

    /// Whether a word is a distrust that no person trusted away later.
    fn stands(&self, (kind, time): Said) -> bool {
        let trusted_away =
            self.person.is_some_and(|(kind, later)| kind == DecisionKind::Trust && time < later);
        kind == DecisionKind::Distrust && !trusted_away
    }

    fn count_standing(&mut self) {
        self.standing = self.iter().filter(|(_, said)| self.stands(*said)).count();
    }

    /// Who said what last.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Speaker, Said)> {
        let person = self.person.map(|said| (Speaker::Person, said));
        person.into_iter().chain(self.holders.iter().map(|(holder, said)| (Speaker::Key(*holder), *said)))
    }

    /// Lets `change` replace the time of each word.
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

    /// The same words of holders with other ids.
    pub(crate) fn renamed(&self, new_id: impl Fn(KeyId) -> KeyId) -> Self {
        let holders = self.holders.iter().map(|(holder, said)| (new_id(*holder), *said));
        Self { holders: holders.collect(), ..*self }
    }
}
