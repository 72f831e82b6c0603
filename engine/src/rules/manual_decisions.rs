//! What a person does at the device.

use super::announcing::Trigger;
use super::applying::{Released, Source, for_each_distrusts_first};
use super::conflicts::Speaker;
use crate::codec::TrustMessageUri;
use crate::device::{Device, KeySharing};
use crate::input::ManualDecision;
use crate::level::{Level, Origin};
use crate::message::{Decision, DecisionKind};
use crate::names::{Directory, KeyId, Stamp, UnknownId};
use crate::outcome::{Cause, Change, Outcome, Reason, Refusal};
use crate::settings::Policy;
use crate::store::key_store::Owner;

impl Device {
    /// E2: uses a Trust Message URI at the local time `now`, after the person confirmed that its source is
    /// trusted (XEP-0434 §9.1.1). Both its `trust` and its `distrust` part count.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn scan(
        &mut self,
        uri: &TrustMessageUri,
        now: Stamp,
        names: &mut Directory,
    ) -> Result<Outcome, UnknownId> {
        let decision = uri.intern(names);
        self.decide(decision, now, names)
    }

    /// E1: a manual decision. On a key that already has that level by a message it makes the origin manual,
    /// moves the time and is announced, so that scanning again repairs a gap; on one that has it manually it
    /// does nothing. The device's own key is never decided on.
    #[inline(never)] // see `Device::apply`
    pub(crate) fn on_manual_decision(
        &mut self,
        manual: &ManualDecision,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) {
        let since = out.changes.len();
        let mut own_key_scanned = false;
        for &decision in manual.decisions() {
            if let Some(reason) = self.undecidable(decision.key, names) {
                own_key_scanned |= reason == Reason::OwnKey && decision.kind == DecisionKind::Trust;
                out.refused.push(Refusal::of(reason, None, decision, Cause::Decided));
            }
        }
        let mut released = Released::default();
        for_each_distrusts_first(manual.decisions(), |decision| {
            if self.undecidable(decision.key, names).is_none() && !self.is_settled_manually(decision) {
                let time = self.manual_time(decision.key, now);
                let source = Source { time, speaker: Speaker::Person, cause: Cause::Decided };
                self.settle(decision, &source, names, &mut released, out);
            }
        });
        self.settle_released(names, &mut released, out);
        self.announce(Trigger::Person, since, now, names, out);
        if own_key_scanned && self.sharing == KeySharing::OneForAll {
            self.send_summary_to_own_account(now, names, out);
        }
    }

    /// Trusts a key that nobody authenticated, on a person's wish.
    #[inline(never)] // see `Device::apply`
    pub(crate) fn on_manual_trust(&mut self, key: KeyId, names: &Directory, out: &mut Outcome) {
        if let Some(reason) = self.undecidable(key, names).or_else(|| self.untrustable(key, names)) {
            out.refused.push(Refusal::whole(reason, None, Cause::Decided));
            return;
        }
        let Some(record) = self.store.get_mut(key) else { return }; // it would have been untrustable
        let was = record.level;
        if was == Level::ManuallyTrusted || was == Level::Authenticated {
            return;
        }
        (record.level, record.origin) = (Level::ManuallyTrusted, Origin::Manual);
        out.changes.push(Change::Level { key, was, level: Level::ManuallyTrusted });
    }

    /// Why nobody at this device can decide on a key.
    pub(crate) fn undecidable(&self, key: KeyId, names: &Directory) -> Option<Reason> {
        if key == self.key {
            Some(Reason::OwnKey)
        } else if names.encryption_of(key) != self.encryption {
            Some(Reason::WrongEncryption)
        } else {
            None
        }
    }

    /// Why a key cannot be trusted without authentication.
    fn untrustable(&self, key: KeyId, names: &Directory) -> Option<Reason> {
        let latched = self.store.owner(names.owner(key)).is_some_and(Owner::is_latched);
        match self.store.get(key) {
            None => Some(Reason::NotDiscovered),
            Some(record) if !record.discovered => Some(Reason::NotDiscovered),
            Some(record) if record.level == Level::Distrusted => Some(Reason::StandingDistrust),
            Some(record) if record.level == Level::Authenticated => None,
            Some(_) if latched && self.rules.policy == Policy::Toakafa => Some(Reason::Policy),
            Some(_) => None,
        }
    }

    fn is_settled_manually(&self, decision: Decision) -> bool {
        self.store
            .get(decision.key)
            .is_some_and(|record| record.origin == Origin::Manual && record.decision() == Some(decision.kind))
    }

    /// The local time, but at least the smallest step after the last decision on the key.
    fn manual_time(&self, key: KeyId, now: Stamp) -> Stamp {
        let last = self.store.get(key).filter(|record| record.decision().is_some()).map(|record| record.time);
        last.map_or(now, |last| now.max(last.next()))
    }
}
