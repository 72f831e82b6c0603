//! Conflicts: which of several decisions about one key holds.
//!
//! XEP-0434 demands a `<time/>` in the envelope (`use-cases-encrypted-trust-message-sce-profile`) against wrong order and
//! replay; XEP-0450 does not say how to use it.
//!
//! Decided where the specifications are open. There are two conflict rules:
//!
//! - `newest` (the default): the latest decision holds, and **distrust wins a tie**. An older decision is stale and
//!   changes nothing. A later one that repeats what holds moves its time.
//! - `cautious`: besides, a distrust stands until the one who spoke it, or a person at this device, trusts the key later.
//!   Each speaker's last word on each key is kept, so the result does not depend on the order of arrival. This gives up
//!   authenticating a key again through other endpoints.

use std::cmp::Ordering;

use crate::level::Origin;
use crate::message::{Decision, DecisionKind};
use crate::names::{KeyId, Stamp};
use crate::outcome::Reason;
use crate::rules::Context;
use crate::rules::applying::Source;
use crate::settings::ConflictRule;
use crate::store::id_map::IdMap;

/// Who speaks a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Speaker {
    /// A person at this device.
    Person,
    /// The holder of a key, by a trust message.
    Key(KeyId),
}

/// What a decision does that is neither stale nor outweighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// It takes the place of the one that held.
    Replaces,
    /// It repeats the one that holds, at a later time.
    Repeats,
}

impl Context<'_> {
    /// Compares a decision with the one that is held about its key. Fails with the reason why it does not hold.
    pub(crate) fn rule_on(
        &mut self,
        decision: Decision,
        source: &Source,
        held: Option<Said>,
    ) -> Result<Ruling, Reason> {
        let said = (decision.kind, source.time);
        match self.device.rules.conflict {
            ConflictRule::Newest => newest(held, said),
            ConflictRule::Cautious => {
                let position = self.device.words.0.position_or_default(decision.key);
                let (_, words) = self.device.words.0.at_mut(position);
                cautious(held, words, source.speaker, said)
            }
        }
    }
}

/// What somebody says about a key, and when.
pub(crate) type Said = (DecisionKind, Stamp);

/// The conflict rule `newest`.
fn newest(held: Option<Said>, said: Said) -> Result<Ruling, Reason> {
    match held {
        None => Ok(Ruling::Replaces),
        Some(held) if !prevails(said, held) => Err(Reason::Stale),
        Some((held_kind, _)) if held_kind == said.0 => Ok(Ruling::Repeats),
        Some(_) => Ok(Ruling::Replaces),
    }
}

/// The conflict rule `cautious`.
fn cautious(
    held: Option<Said>,
    words: &mut LastWordsOnKey,
    speaker: Speaker,
    said: Said,
) -> Result<Ruling, Reason> {
    if !words.note(speaker, said) {
        return Err(Reason::Stale);
    }
    let result = words.outcome();
    match said.0 {
        kind if kind == result && held.is_some_and(|(held, _)| held == kind) => Ok(Ruling::Repeats),
        kind if kind == result => Ok(Ruling::Replaces),
        DecisionKind::Trust => Err(Reason::StandingDistrust),
        DecisionKind::Distrust => Err(Reason::Stale),
    }
}

/// Whether one decision about a key prevails over another: the later one does, and **distrust wins a tie**.
pub(crate) fn prevails((kind, time): Said, (other_kind, other_time): Said) -> bool {
    match time.cmp(&other_time) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => kind == DecisionKind::Distrust && other_kind == DecisionKind::Trust,
    }
}

impl Speaker {
    /// The key of the endpoint that speaks; `None` for a person.
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

/// Each speaker's last word on each key, for [`ConflictRule::Cautious`](crate::ConflictRule::Cautious).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LastWords(pub(crate) IdMap<KeyId, LastWordsOnKey>);

/// All speakers' last words on one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LastWordsOnKey {
    person: Option<Said>,
    holders: IdMap<KeyId, Said>,
    /// How many of the words are distrusts that no person trusted away later. With many speakers they are not counted
    /// anew for each word.
    standing: usize,
}

impl LastWordsOnKey {
    /// Takes a word in the place of the same speaker's last one, and says whether it is the later of the two.
    pub(crate) fn note(&mut self, speaker: Speaker, said: Said) -> bool {
        let last = match speaker {
            Speaker::Person => self.person,
            Speaker::Key(holder) => self.holders.get(holder).copied(),
        };
        if last.is_some_and(|last| !prevails(said, last)) {
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
