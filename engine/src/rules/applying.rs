//! How decisions become levels, with everything that they release.

use std::collections::VecDeque;

use super::conflicts::{self, Ruling, Speaker};
use crate::device::Device;
use crate::level::{Level, Origin};
use crate::message::{Decision, DecisionKind};
use crate::names::{AccountId, Directory, KeyId, Stamp};
use crate::outcome::{Cause, Change, Effect, Outcome, Reason, Refusal};
use crate::settings::ConflictRule;
use crate::store::key_store::{Place, Record};

/// What the decisions of an input set off. No input controls the depth of the stack: what a decision releases is queued
/// here.
#[derive(Default)]
pub(crate) struct Released {
    /// What waits to be applied. Mostly nothing is released, and then there is no queue. Once there is one it stays, even
    /// empty: it tells that something was released.
    queue: Option<Box<Queue>>,
    /// The keys that were distrusted meanwhile: their words that wait do not count any longer.
    distrusted: Vec<KeyId>,
}

/// Decisions of others that wait to be applied, distrusts first.
#[derive(Default)]
struct Queue {
    distrusts: VecDeque<(Decision, Source)>,
    authentications: VecDeque<(Decision, Source)>,
}

/// Where a decision that is to be applied comes from.
#[derive(Clone, Copy)]
pub(crate) struct Source {
    pub(crate) time: Stamp,
    pub(crate) speaker: Speaker,
    pub(crate) cause: Cause,
}

impl Released {
    fn push(&mut self, decision: Decision, source: Source) {
        let queue = self.queue.get_or_insert_default();
        match decision.kind {
            DecisionKind::Distrust => queue.distrusts.push_back((decision, source)),
            DecisionKind::Trust => queue.authentications.push_back((decision, source)),
        }
    }

    /// Whether a sender whose words are applied may have lost its word since it was authenticated. What an input itself
    /// distrusts silences none of them: the sender of a message does not speak about its own key, and whatever else is
    /// distrusted before anything is released takes what its holder left with it.
    fn may_silence(&self) -> bool {
        self.queue.is_some() && !self.distrusted.is_empty()
    }

    /// Whether nothing was released or distrusted.
    fn is_untouched(&self) -> bool {
        self.queue.is_none() && self.distrusted.is_empty()
    }

    fn pop(&mut self) -> Option<(Decision, Source)> {
        let queue = self.queue.as_mut()?;
        queue.distrusts.pop_front().or_else(|| queue.authentications.pop_front())
    }

    fn pop_distrust(&mut self) -> Option<(Decision, Source)> {
        self.queue.as_mut()?.distrusts.pop_front()
    }
}

impl Device {
    /// Applies one of the decisions that an input makes. What it releases waits in `released`.
    #[inline(always)] // for each decision: mostly nothing was decided about the key, and the rest stays out
    pub(crate) fn settle(
        &mut self,
        decision: Decision,
        source: &Source,
        names: &Directory,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        match self.store.find(decision.key) {
            Some(place) if self.is_open(place, released) => {
                self.replace(decision, source, place, names.owner(decision.key), released, out);
            }
            // A second look for the record is cheap beside the rest.
            _ => self.settle_or_refuse(decision, source, names, released, out),
        }
    }

    /// Whether any decision on the key with this record applies, whoever it is from: nothing was decided about it, and
    /// nothing was released that may have silenced the sender.
    fn is_open(&self, place: Place, released: &Released) -> bool {
        self.store.at(place).decision().is_none()
            && self.rules.conflict == ConflictRule::Newest
            && !released.may_silence()
    }

    /// Applies a decision if nothing outweighs it, and refuses it otherwise.
    #[inline(never)] // rarer than decisions that have nothing to be weighed against
    fn settle_or_refuse(
        &mut self,
        decision: Decision,
        source: &Source,
        names: &Directory,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        if let Err(reason) = self.weigh(decision, source, names, released, out) {
            let sender = match source.speaker {
                Speaker::Person => None,
                Speaker::Key(sender) => Some(sender),
            };
            out.refused.push(Refusal::of(reason, sender, decision, source.cause));
        }
    }

    /// Applies what was released to distrust. That comes before any further authentication, but for those of a
    /// person: what a person decides is never stale.
    pub(crate) fn settle_released_distrusts(
        &mut self,
        names: &Directory,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        while let Some((decision, source)) = released.pop_distrust() {
            self.settle_or_refuse(decision, &source, names, released, out);
        }
    }

    /// Applies all that was released, and what that releases. Mostly nothing was.
    #[inline] // for each message, and mostly nothing to do
    pub(crate) fn settle_released(&mut self, names: &Directory, released: &mut Released, out: &mut Outcome) {
        if !released.is_untouched() {
            self.settle_all(names, released, out);
        }
    }

    #[inline(never)] // rare, so that the common path stays short
    fn settle_all(&mut self, names: &Directory, released: &mut Released, out: &mut Outcome) {
        while let Some((decision, source)) = released.pop() {
            self.settle_or_refuse(decision, &source, names, released, out);
        }
        if !released.distrusted.is_empty() {
            self.outbox.withdraw(&released.distrusted);
        }
    }

    /// Applies a decision if nothing outweighs it, and otherwise says what does.
    fn weigh(
        &mut self,
        decision: Decision,
        source: &Source,
        names: &Directory,
        released: &mut Released,
        out: &mut Outcome,
    ) -> Result<(), Reason> {
        let (Decision { key, kind }, &Source { time, speaker, .. }) = (decision, source);
        // Something that was applied since may have taken the sender's word away, even if it is back by now. The
        // sender was authenticated when its word was queued: only a distrust ends that.
        if let Speaker::Key(sender) = speaker
            && released.may_silence()
            && self.is_silenced(sender, self.store.get(sender), time)
        {
            return Err(Reason::DistrustedSender);
        }
        let owner = names.owner(key);
        let place = self.store.find(key);
        let record = place.map(|place| self.store.at(place));
        let kept_for_contact = record.is_none() && self.is_contact(speaker, names);
        if kept_for_contact && !self.has_room_for_undiscovered(owner) {
            return Err(Reason::Quota);
        }
        let ruling = match self.rules.conflict {
            ConflictRule::Newest => conflicts::newest(record, kind, time),
            ConflictRule::Cautious => self.words.cautious(record, speaker, (key, kind), time),
        };
        let place = match ruling {
            Ruling::Applies | Ruling::Repeats => {
                place.unwrap_or_else(|| self.store.add(key, owner, |_| Record::NEW))
            }
            Ruling::Stale => return Err(Reason::Stale),
            Ruling::Outweighed => return Err(Reason::StandingDistrust),
        };
        if ruling == Ruling::Applies {
            self.replace(decision, source, place, owner, released, out);
        } else {
            self.repeat(decision, source, place, out);
        }
        if kept_for_contact {
            self.store.at_mut(place).counted = true;
            self.store.owner_mut(owner).undiscovered += 1;
        }
        Ok(())
    }

    fn is_contact(&self, speaker: Speaker, names: &Directory) -> bool {
        matches!(speaker, Speaker::Key(sender) if names.owner(sender) != self.account)
    }

    fn has_room_for_undiscovered(&self, owner: AccountId) -> bool {
        let kept = self.store.owner(owner).map_or(0, |owner| owner.undiscovered);
        (kept as usize) < self.rules.limits.undiscovered_per_contact
    }

    /// Puts a decision in the place of what held about the key.
    #[inline(always)] // a part of `settle`
    fn replace(
        &mut self,
        decision: Decision,
        source: &Source,
        place: Place,
        owner: AccountId,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        let (Decision { key, kind }, &Source { time, speaker, cause }) = (decision, source);
        let origin = origin_of(speaker);
        let record = self.store.at_mut(place);
        let was = record.level;
        let effect = if record.discovered { Effect::Now } else { Effect::OnDiscovery };
        let said_last = record.time;
        (record.level, record.origin, record.time) = (kind.into(), origin, time.max(said_last));
        if was == Level::Distrusted {
            // What its holder said while the distrust stood stays refused. A record's time never goes back.
            self.store.set_distrusted_until(key, said_last.max(time.offset(-1)));
        }
        out.changes.push(Change::Decided { decision, was, origin, time, effect, cause });
        match (kind, effect) {
            (DecisionKind::Trust, Effect::Now) => self.take_effect(key, owner, released, out),
            (DecisionKind::Trust, Effect::OnDiscovery) => {}
            (DecisionKind::Distrust, _) => self.silence(key, place, released, out),
        }
    }

    /// Moves the time of a decision that holds. A person's word makes a message's decision manual.
    #[inline(never)] // rarer than new decisions
    fn repeat(&mut self, decision: Decision, source: &Source, place: Place, out: &mut Outcome) {
        let &Source { time, speaker, cause } = source;
        let record = self.store.at_mut(place);
        // Under the rule `cautious` an older word of another speaker counts beside what holds.
        let time = time.max(record.time);
        record.time = time;
        match speaker {
            Speaker::Person => {
                record.origin = Origin::Manual;
                let effect = if record.discovered { Effect::Now } else { Effect::OnDiscovery };
                let was = record.level;
                out.changes.push(Change::Decided {
                    decision,
                    was,
                    origin: Origin::Manual,
                    time,
                    effect,
                    cause,
                });
            }
            Speaker::Key(sender) => out.changes.push(Change::Confirmed { decision, sender, time, cause }),
        }
    }

    /// E6: lets the authentication of a key that is known have its effects. What its holder left before is
    /// applied now, whatever made the key authenticated, and so on from key to key.
    #[inline(always)] // for each key, and mostly little to do
    pub(crate) fn take_effect(
        &mut self,
        key: KeyId,
        owner: AccountId,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        self.latch(owner, out);
        if !self.postponed.is_empty() {
            self.release(key, released);
        }
    }

    /// Queues what the holder of a key left.
    #[inline(never)] // rare, so that the common path stays short
    fn release(&mut self, key: KeyId, released: &mut Released) {
        for (decision, time) in self.postponed.take(key, self.account).into_iter().flatten() {
            released.push(decision, Source { time, speaker: Speaker::Key(key), cause: Cause::Released });
        }
    }

    /// Takes away the word of a key that is distrusted.
    #[inline(never)] // rarer than authentications
    fn silence(&mut self, key: KeyId, place: Place, released: &mut Released, out: &mut Outcome) {
        released.distrusted.push(key);
        self.store.at_mut(place).owed_summary = false;
        if let Some(dropped) = self.postponed.take(key, self.account) {
            out.changes.push(Change::Dropped { sender: key, decisions: dropped.len() });
        }
    }
}

fn origin_of(speaker: Speaker) -> Origin {
    match speaker {
        Speaker::Person => Origin::Manual,
        Speaker::Key(sender) => Origin::Message { sender },
    }
}

/// Calls `apply` with each of the decisions in the order in which they are applied.
#[inline(always)] // a loop around `settle`
pub(crate) fn for_each_distrusts_first(decisions: &[Decision], mut apply: impl FnMut(Decision)) {
    for kind in [DecisionKind::Distrust, DecisionKind::Trust] {
        for decision in decisions {
            if decision.kind == kind {
                apply(*decision);
            }
        }
    }
}
