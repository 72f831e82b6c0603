//! Conflicts: which of several decisions about one key holds.
//!
//! XEP-0434 demands a `<time/>` in the envelope (`use-cases-encrypted-trust-message-sce-profile`) against reordering
//! and replay. XEP-0450 does not say how to use it.
//!
//! Decided where the specifications are open. There are three conflict rules:
//!
//! - `newest` (the default): the latest decision holds, and **distrust wins a tie**. An older decision is stale and
//!   changes nothing. A later decision that repeats the held one advances its time.
//! - `cautious`: a distrust of any age stands until its sender, or a person at this device, trusts the key later. The
//!   device keeps each sender's last decision on each key, so the result does not depend on the order of arrival. The
//!   price: other endpoints cannot authenticate the key again.
//! - `named`: a distrust stands until somebody who knows of it trusts the key. See `named_distrusts`.

use std::cmp::Ordering;

use crate::message::{Decision, DecisionKind};
use crate::outcome::Reason;
use crate::rules::Context;
use crate::rules::applying::DecisionSource;
use crate::settings::ConflictRule;
use crate::store::last_words::{LastWordsOnKey, Said, Speaker};

/// The effect of a new decision on the held one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// It replaces the held decision.
    Replaces,
    /// It repeats the held decision, at a later time.
    Repeats,
    /// The opposite of the new decision replaces the held one.
    Reverses,
}

impl Context<'_> {
    /// Compares a decision with the held one about its key. Under `cautious`, also records it as its author's last
    /// decision. Fails with the reason why the decision does not hold.
    pub(crate) fn resolve_conflict(
        &mut self,
        decision: Decision,
        source: &DecisionSource<'_>,
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
            ConflictRule::Named => self.resolve_by_ids(decision, source, held),
        }
    }
}

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
    if words.of(speaker).is_some_and(|last| !prevails(said, last)) {
        return Err(Reason::Stale);
    }
    words.replace(speaker, said);
    let result = words.result();
    if said.0 != result {
        return Err(match said.0 {
            DecisionKind::Trust => Reason::StandingDistrust,
            DecisionKind::Distrust => Reason::Stale,
        });
    }
    let is_held = held.is_some_and(|(held_kind, _)| held_kind == said.0);
    Ok(if is_held { Ruling::Repeats } else { Ruling::Replaces })
}

/// Whether one decision about a key prevails over another: the later one prevails, and **distrust wins a tie**.
pub(crate) fn prevails((kind, time): Said, (other_kind, other_time): Said) -> bool {
    match time.cmp(&other_time) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => kind == DecisionKind::Distrust && other_kind == DecisionKind::Trust,
    }
}
