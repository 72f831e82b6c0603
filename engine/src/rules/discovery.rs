//! Keys that become known, and how keys are used that nobody decided on.

use super::announcing::Trigger;
use super::applying::Released;
use crate::device::Device;
use crate::level::{Level, Origin};
use crate::message::DecisionKind;
use crate::names::{AccountId, Directory, KeyId, Stamp};
use crate::outcome::{Cause, Change, Outcome, Refusal};
use crate::settings::Policy;
use crate::store::key_store::{Owner, Place, Record};

impl Device {
    /// E8: a key was seen, mostly for the first time.
    #[inline(never)] // see `Device::apply`
    pub(crate) fn on_discovery(&mut self, key: KeyId, now: Stamp, names: &Directory, out: &mut Outcome) {
        if let Some(reason) = self.undecidable(key, names) {
            out.refused.push(Refusal::whole(reason, None, Cause::Discovered));
            return;
        }
        let owner = names.owner(key);
        let Some(place) = self.store.find_recent(key) else {
            self.apply_policy_to_new_key(key, owner, out);
            return;
        };
        if !self.store.at(place).discovered {
            self.on_discovery_of_decided_key(key, place, owner, now, names, out);
        }
    }

    /// Lets a decision that was kept about a key take effect, with all that it releases (XEP-0450 §5.2).
    #[inline(never)] // rarer than keys that nobody decided on
    fn on_discovery_of_decided_key(
        &mut self,
        key: KeyId,
        place: Place,
        owner: AccountId,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) {
        let record = self.store.at_mut(place);
        record.discovered = true;
        let Some(kind) = record.decision() else {
            debug_assert!(false, "a key that was never seen has a record for the decision about it");
            return;
        };
        let (level, origin) = (record.level, record.origin);
        let owed_summary = std::mem::take(&mut record.owed_summary);
        if std::mem::take(&mut record.counted) {
            let undiscovered = &mut self.store.owner_mut(owner).undiscovered;
            *undiscovered = undiscovered.saturating_sub(1);
        }
        out.changes.push(Change::TookEffect { key, level, origin });
        if kind == DecisionKind::Trust {
            let since = out.changes.len();
            let mut released = Released::default();
            self.take_effect(key, owner, &mut released, out);
            self.settle_released(names, &mut released, out);
            self.announce(Trigger::Discovery { key, owed_summary }, since, now, names, out);
        }
    }

    /// E13: TOAKAFA (XEP-0450 §6.2) for a key without a decision. Before the first authentication of a key
    /// of its owner it is trusted automatically, afterwards it is not used.
    fn apply_policy_to_new_key(&mut self, key: KeyId, owner: AccountId, out: &mut Outcome) {
        let policy = self.rules.policy;
        let level_of_key_of = |owner: &Owner| match (policy, owner.is_latched()) {
            (Policy::None, _) => Level::Undecided,
            (Policy::Toakafa, false) => Level::AutomaticallyTrusted,
            (Policy::Toakafa, true) => Level::AutomaticallyDistrusted,
        };
        let known = |owner: &Owner| Record { level: level_of_key_of(owner), discovered: true, ..Record::NEW };
        let place = self.store.add(key, owner, known);
        let level = self.store.at(place).level;
        if level != Level::Undecided {
            out.changes.push(Change::Level { key, was: Level::Undecided, level });
        }
    }

    /// Sets the latch of `owner` for ever. The first time, keys that are trusted without having been
    /// authenticated are not used any longer.
    #[inline(always)] // for each key, and mostly nothing to do
    pub(crate) fn latch(&mut self, owner: AccountId, out: &mut Outcome) {
        if !self.store.latch(owner) {
            self.stop_using_unauthenticated_keys(owner, out);
        }
    }

    #[inline(never)] // rare, so that the common path stays short
    fn stop_using_unauthenticated_keys(&mut self, owner: AccountId, out: &mut Outcome) {
        if self.rules.policy == Policy::None {
            return;
        }
        self.store.change_records_of(owner, |key, record| {
            let was = record.level;
            if matches!(was, Level::AutomaticallyTrusted | Level::ManuallyTrusted) {
                (record.level, record.origin) = (Level::AutomaticallyDistrusted, Origin::Policy);
                out.changes.push(Change::Level { key, was, level: Level::AutomaticallyDistrusted });
            }
        });
    }
}
