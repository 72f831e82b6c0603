//! How decisions become levels, with everything that they release.

use std::collections::VecDeque;

use super::Device;
use super::key_store::{Place, Record};
use super::level::{Level, Origin};
use super::order::{self, Ruling, Speaker};
use super::outcome::{Cause, Change, Effect, Outcome, Reason, Refusal};
use crate::message::{Decision, Verdict};
use crate::names::{AccountId, Directory, KeyId, Stamp};
use crate::rules::ConflictRule;

/// Decisions of others that were released and wait to be applied, distrusts first. No input controls the depth of
/// the stack: what a decision releases is queued here.
#[derive(Default)]
pub(super) struct Released {
    distrusts: VecDeque<Item>,
    authentications: VecDeque<Item>,
    /// The keys that were distrusted meanwhile: their words that wait do not count any longer.
    distrusted: Vec<KeyId>,
}

/// One decision to apply.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) decision: Decision,
    pub(super) time: Stamp,
    pub(super) speaker: Speaker,
    pub(super) cause: Cause,
}

impl Released {
    fn push(&mut self, item: Item) {
        match item.decision.verdict {
            Verdict::Distrust => self.distrusts.push_back(item),
            Verdict::Trust => self.authentications.push_back(item),
        }
    }

    fn is_empty(&self) -> bool {
        self.distrusts.is_empty() && self.authentications.is_empty() && self.distrusted.is_empty()
    }

    fn pop(&mut self) -> Option<Item> {
        self.distrusts.pop_front().or_else(|| self.authentications.pop_front())
    }
}

impl Device {
    /// Applies one of the decisions that an input makes. What it releases waits in `released`.
    pub(super) fn settle(
        &mut self,
        item: Item,
        names: &Directory,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        if let Err(reason) = self.settle_one(item, names, released, out) {
            let sender = match item.speaker {
                Speaker::Person => None,
                Speaker::Key(sender) => Some(sender),
            };
            let Item { decision, cause, .. } = item;
            out.refused.push(Refusal { reason, sender, decision: Some(decision), cause });
        }
    }

    /// Applies what was released to distrust. That comes before any further authentication, but for those of a
    /// person: what a person decides is never stale.
    pub(super) fn settle_released_distrusts(
        &mut self,
        names: &Directory,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        while let Some(item) = released.distrusts.pop_front() {
            self.settle(item, names, released, out);
        }
    }

    /// Applies all that was released, and what that releases. Mostly nothing was.
    #[inline] // for each message, and mostly nothing to do
    pub(super) fn settle_released(&mut self, names: &Directory, mut released: Released, out: &mut Outcome) {
        if !released.is_empty() {
            self.settle_all(names, &mut released, out);
        }
    }

    #[inline(never)] // rare, so that the common path stays short
    fn settle_all(&mut self, names: &Directory, released: &mut Released, out: &mut Outcome) {
        while let Some(item) = released.pop() {
            self.settle(item, names, released, out);
        }
        if !released.distrusted.is_empty() {
            self.outbox.withdraw(&released.distrusted);
        }
    }

    fn settle_one(
        &mut self,
        item: Item,
        names: &Directory,
        released: &mut Released,
        out: &mut Outcome,
    ) -> Result<(), Reason> {
        let Item { decision: Decision { key, verdict }, time, speaker, .. } = item;
        // Something that was applied since may have taken the sender's word away, even if it is back by now. The
        // sender was authenticated when its word was queued: only a distrust ends that.
        if let Speaker::Key(sender) = speaker
            && !released.distrusted.is_empty()
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
            ConflictRule::Newest => order::newest(record, verdict, time),
            ConflictRule::Cautious => self.words.cautious(record, speaker, (key, verdict), time),
        };
        let place = match ruling {
            Ruling::Applies | Ruling::Repeats => {
                place.unwrap_or_else(|| self.store.add(key, owner, |_| Record::NEW))
            }
            Ruling::Stale => return Err(Reason::Stale),
            Ruling::Outweighed => return Err(Reason::StandingDistrust),
        };
        if ruling == Ruling::Applies {
            self.replace(item, place, owner, released, out);
        } else {
            self.repeat(item, place, out);
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
    fn replace(
        &mut self,
        item: Item,
        place: Place,
        owner: AccountId,
        released: &mut Released,
        out: &mut Outcome,
    ) {
        let Item { decision: Decision { key, verdict }, time, speaker, cause } = item;
        let origin = origin_of(speaker);
        let record = self.store.at_mut(place);
        let was = record.level;
        let effect = if record.discovered { Effect::Now } else { Effect::OnDiscovery };
        let said_last = record.time;
        (record.level, record.origin, record.time) = (verdict.into(), origin, time.max(said_last));
        if was == Level::Distrusted {
            // What its holder said while the distrust stood stays refused. A record's time never goes back.
            self.store.set_distrusted_until(key, said_last.max(time.offset(-1)));
        }
        out.changes.push(Change::Decided { decision: item.decision, was, origin, time, effect, cause });
        match (verdict, effect) {
            (Verdict::Trust, Effect::Now) => self.take_effect(key, owner, released, out),
            (Verdict::Trust, Effect::OnDiscovery) => {}
            (Verdict::Distrust, _) => {
                released.distrusted.push(key);
                self.silence(key, place, out);
            }
        }
    }

    /// Moves the time of a decision that holds. A person's word makes a message's decision manual.
    fn repeat(&mut self, item: Item, place: Place, out: &mut Outcome) {
        let Item { decision, time, speaker, cause } = item;
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
    #[inline] // for each key, and mostly little to do
    pub(super) fn take_effect(
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
            released.push(Item { decision, time, speaker: Speaker::Key(key), cause: Cause::Released });
        }
    }

    /// Takes away the word of a key that is distrusted.
    fn silence(&mut self, key: KeyId, place: Place, out: &mut Outcome) {
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

/// Decisions in the order in which they are applied.
pub(super) fn distrusts_first(decisions: &[Decision]) -> impl Iterator<Item = Decision> {
    let of = |verdict| decisions.iter().copied().filter(move |decision| decision.verdict == verdict);
    of(Verdict::Distrust).chain(of(Verdict::Trust))
}
