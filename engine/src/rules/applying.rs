//! Applying: a decision takes effect and triggers its consequences.
//!
//! XEP-0450: `use-case-authentication-contact-endpoint-receiving` and `use-case-authentication-own-endpoint-receiving`
//! (a key is authenticated), `use-case-distrusting-own-endpoint-receiving` and
//! `use-case-distrusting-contact-endpoint-receiving` (a key is distrusted).
//!
//! Decided where the specification is open:
//!
//! - Distrusts are applied before authentications, in messages and in manual decisions alike.
//! - A distrust that a message releases is applied before the next decision of that message.
//! - Decisions released by a manual decision are applied after all decisions of that person.
//! - If a message causes the distrust of its own sender, the rest of the message is refused.
//! - A decision that a sender dated before its own distrust, or between its distrust and the trust that ended it, stays
//!   refused after that trust. Under `named`, so does every decision dated before this device trusted the sender again.

use crate::distrust_ids::DistrustIds;
use crate::level::Origin;
use crate::message::{Decision, DecisionKind};
use crate::names::{AccountId, KeyId, Stamp};
use crate::outcome::{Cause, Change, Effect, Reason};
use crate::rules::Context;
use crate::rules::conflicts::Ruling;
use crate::settings::ConflictRule;
use crate::store::key_store::{KeyRecord, RecordPosition};
use crate::store::last_words::Speaker;

/// The source of a decision that is to be applied.
#[derive(Clone, Copy)]
pub(crate) struct DecisionSource<'a> {
    pub(crate) time: Stamp,
    pub(crate) speaker: Speaker,
    pub(crate) cause: Cause,
    /// The ids of distrusts that the message carries, sorted by key.
    pub(crate) ids: &'a [(KeyId, DistrustIds)],
}

impl DecisionSource<'_> {
    /// The ids that the message carries about `key`.
    pub(crate) fn ids_of(&self, key: KeyId) -> Option<&DistrustIds> {
        let position = self.ids.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        Some(&self.ids[position].1)
    }
}

impl Context<'_> {
    /// Applies the decisions of a message and the decisions that they release.
    pub(crate) fn apply_message(&mut self, decisions: &[Decision], source: &DecisionSource<'_>) {
        for kind in [DecisionKind::Distrust, DecisionKind::Trust] {
            for decision in decisions.iter().filter(|decision| decision.kind == kind) {
                self.apply(*decision, source);
                self.apply_released_distrusts();
            }
        }
        self.apply_released();
    }

    /// Applies or refuses a decision. Decisions that it releases are queued.
    pub(crate) fn apply(&mut self, decision: Decision, source: &DecisionSource<'_>) {
        if let Err(reason) = self.try_to_apply(decision, source) {
            self.refuse(decision, source.speaker.key(), source.cause, reason);
        }
    }

    fn try_to_apply(&mut self, decision: Decision, source: &DecisionSource<'_>) -> Result<(), Reason> {
        if self.is_sender_distrusted_by_this_input(source) {
            return Err(Reason::DistrustedSender);
        }
        let owner = self.names.owner(decision.key);
        let known = self.device.store.find(decision.key);
        let is_counted = known.is_none() && self.counts_toward_limit(source.speaker);
        if is_counted && !self.is_below_limit(owner) {
            return Err(Reason::Quota);
        }
        let record = known.map(|position| self.device.store.at(position));
        let held = record.and_then(|record| Some((record.decision()?, record.time)));
        let ruling = self.resolve_conflict(decision, source, held)?;
        let place = known.unwrap_or_else(|| self.device.store.add(decision.key, owner, |_| KeyRecord::NEW));
        let holding = if ruling == Ruling::Reverses { decision.opposite() } else { decision };
        match ruling {
            Ruling::Replaces | Ruling::Reverses => self.replace(holding, source, place, owner),
            Ruling::Repeats => self.repeat(holding, source, place),
        }
        if is_counted {
            self.count_toward_limit(place, owner);
        }
        Ok(())
    }

    /// Whether this input has distrusted the sender of the decision.
    fn is_sender_distrusted_by_this_input(&self, source: &DecisionSource<'_>) -> bool {
        let is_refused = |sender| self.is_refused_for_distrust(sender, source.time);
        !self.distrusted().is_empty() && source.speaker.key().is_some_and(is_refused)
    }

    /// Replaces the decision about the key.
    fn replace(
        &mut self,
        decision: Decision,
        source: &DecisionSource<'_>,
        place: RecordPosition,
        owner: AccountId,
    ) {
        let (Decision { key, kind }, &DecisionSource { time, speaker, cause, .. }) = (decision, source);
        let record = self.device.store.at_mut(place);
        let (was, last_time, effect) = (record.level, record.time, record.effect());
        let origin = speaker.origin();
        (record.level, record.origin, record.time) = (kind.into(), origin, time.max(last_time));
        if was.decision() == Some(DecisionKind::Distrust) {
            self.end_distrust(key, last_time, time);
        }
        self.outcome.changes.push(Change::Decided { decision, was, origin, time, effect, cause });
        match (kind, effect) {
            (DecisionKind::Trust, Effect::Now) => self.on_authenticated(key, owner),
            (DecisionKind::Trust, Effect::OnDiscovery) => {}
            (DecisionKind::Distrust, _) => self.on_distrusted(key, place, time),
        }
    }

    /// Advances the time of a decision that holds. If a person repeats a message's decision, it becomes manual.
    fn repeat(&mut self, decision: Decision, source: &DecisionSource<'_>, place: RecordPosition) {
        let &DecisionSource { time, speaker, cause, .. } = source;
        if decision.kind == DecisionKind::Distrust {
            self.note_distrust(decision.key, time);
        }
        let record = self.device.store.at_mut(place);
        let time = time.max(record.time); // under `cautious` the repeated decision may be older than the held one
        record.time = time;
        let change = match speaker {
            Speaker::Person => {
                record.origin = Origin::Manual;
                let (was, effect) = (record.level, record.effect());
                Change::Decided { decision, was, origin: Origin::Manual, time, effect, cause }
            }
            Speaker::Key(sender) => Change::Confirmed { decision, sender, time, cause },
        };
        self.outcome.changes.push(change);
    }

    /// Reacts to the authentication of a discovered key, whatever its cause.
    pub(crate) fn on_authenticated(&mut self, key: KeyId, owner: AccountId) {
        self.latch_policy(owner);
        self.release_postponed(key);
    }

    /// Reacts to a distrust of a key, decided at `time`.
    fn on_distrusted(&mut self, key: KeyId, place: RecordPosition, time: Stamp) {
        self.consequences_mut().distrusted.push(key);
        self.note_distrust(key, time);
        self.device.store.at_mut(place).owed_summary = false;
        self.drop_postponed(key);
    }

    /// Records a new or repeated distrust of the key, decided at `time`.
    ///
    /// Under `newest`, the key's record holds that time until a trust ends the distrust. Under `cautious`, the record
    /// may hold the later time of a trust that the distrust outweighs.
    pub(crate) fn note_distrust(&mut self, key: KeyId, time: Stamp) {
        match self.device.rules.conflict {
            // A record has the time, or no time decides. Saves a third of the instructions of a distrust.
            ConflictRule::Newest | ConflictRule::Named => {}
            ConflictRule::Cautious => self.device.store.distrust_until(key, time),
        }
    }

    /// Ends a distrust with a trust of time `time`; `last_time` is the time of the record before. Decisions that the
    /// key's holder dated before the trust stay refused.
    fn end_distrust(&mut self, key: KeyId, last_time: Stamp, time: Stamp) {
        let end = time.offset(-1);
        let end = match self.device.rules.conflict {
            ConflictRule::Newest => end.max(last_time),
            ConflictRule::Cautious => end,
            ConflictRule::Named => end.max(self.now.offset(-1)), // any of several trusts may have ended it
        };
        self.device.store.distrust_until(key, end);
    }
}

/// The decisions in the order of their application.
pub(crate) fn distrusts_first(decisions: &[Decision]) -> impl Iterator<Item = Decision> {
    let of = |kind| decisions.iter().copied().filter(move |decision| decision.kind == kind);
    of(DecisionKind::Distrust).chain(of(DecisionKind::Trust))
}
