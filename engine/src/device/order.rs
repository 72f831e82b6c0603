//! E9: which of several decisions about one key counts.
//!
//! Under the rule `newest` the one with the latest time, and of two with the same time the distrust; one
//! that is older changes nothing, and one that repeats what holds moves its time. Under `cautious`, besides,
//! each distrust stands until its own speaker, or a person at this device, trusts the key later. Each
//! speaker's last word is kept for that, so that the result does not depend on the order of arrival.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::key_store::Record;
use crate::message::Verdict;
use crate::names::{IdMap, KeyId, Stamp};

/// Who speaks a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Speaker {
    /// A person at this device.
    Person,
    /// The holder of a key, by a trust message.
    Key(KeyId),
}

/// What becomes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruling {
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
pub(super) fn newest(record: Option<&Record>, verdict: Verdict, time: Stamp) -> Ruling {
    let Some((record, held)) = record.and_then(|record| Some((record, record.verdict()?))) else {
        return Ruling::Applies;
    };
    if is_later((verdict, time), (held, record.time)) {
        if verdict == held { Ruling::Repeats } else { Ruling::Applies }
    } else {
        Ruling::Stale
    }
}

/// Whether a decision comes after another; at the same time a distrust comes after a trust.
pub(super) fn is_later(one: (Verdict, Stamp), other: (Verdict, Stamp)) -> bool {
    (one.1, one.0) > (other.1, other.0)
}

/// Each speaker's last word on each key, for [`ConflictRule::Cautious`](crate::ConflictRule::Cautious).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastWords(pub(super) IdMap<KeyId, SmallVec<[Word; 1]>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Word {
    pub(super) speaker: Speaker,
    pub(super) verdict: Verdict,
    pub(super) time: Stamp,
}

impl LastWords {
    /// Notes what `speaker` says and rules on it.
    pub(super) fn cautious(
        &mut self,
        record: Option<&Record>,
        speaker: Speaker,
        (key, verdict): (KeyId, Verdict),
        time: Stamp,
    ) -> Ruling {
        let position = self.0.position_or_default(key);
        let (_, words) = self.0.at_mut(position);
        match words.iter_mut().find(|word| word.speaker == speaker) {
            Some(word) if !is_later((verdict, time), (word.verdict, word.time)) => return Ruling::Stale,
            Some(word) => (word.verdict, word.time) = (verdict, time),
            None => words.push(Word { speaker, verdict, time }),
        }
        let held = record.and_then(Record::verdict);
        match (verdict, outcome(words)) {
            (said, outcome) if said == outcome && held == Some(said) => Ruling::Repeats,
            (said, outcome) if said == outcome => Ruling::Applies,
            (Verdict::Trust, _) => Ruling::Outweighed,
            (Verdict::Distrust, _) => Ruling::Stale,
        }
    }
}

/// What all words on a key come to: distrust if one stands that no person trusted away later.
fn outcome(words: &[Word]) -> Verdict {
    let person_trusts = words
        .iter()
        .find(|word| word.speaker == Speaker::Person && word.verdict == Verdict::Trust)
        .map_or(Stamp::MIN, |word| word.time);
    let stands = |word: &Word| word.verdict == Verdict::Distrust && word.time >= person_trusts;
    if words.iter().any(stands) { Verdict::Distrust } else { Verdict::Trust }
}
