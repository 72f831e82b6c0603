//! Manual decisions: a person authenticates or distrusts keys at this device.
//!
//! XEP-0450: `glossary` (manual key authentication, manual key distrusting), `use-cases` (Trust Message URIs),
//! `security-considerations-notification-and-confirmation`. XEP-0434:
//! `xmpp-registrar-considerations-uri-query-types-trust-message`.
//!
//! Decided where the specifications are open:
//!
//! - A manual decision has the local time, but is at least 1 ms later than the held decision on that key. So it is
//!   never stale.
//! - A decision that repeats a message's decision makes it manual and is announced, so scanning a code again repairs a
//!   gap. A decision that repeats a manual one does nothing.
//! - A decision on the device's own key is refused. The other decisions still count.
//! - Both parts of a Trust Message URI count, `trust` and `distrust`. The caller asks the person for confirmation
//!   first. A client may also ask before automatic decisions. It then calls `receive` after the answer and passes the
//!   time of arrival as `delayed_since`. It cannot ask about released decisions.

use crate::codec::TrustMessageUri;
use crate::device::Device;
use crate::level::{Level, Origin};
use crate::manual_decision::ManualDecision;
use crate::message::{Decision, DecisionKind};
use crate::names::{Directory, KeyId, Stamp, UnknownId};
use crate::outcome::{Cause, Change, Outcome, Reason};
use crate::rules::Context;
use crate::rules::announcing::Trigger;
use crate::rules::applying::{DecisionSource, distrusts_first};
use crate::store::last_words::Speaker;

impl Device {
    /// Applies a Trust Message URI at the local time `now`. The person must have confirmed that its source is trusted.
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
}

impl Context<'_> {
    /// Applies a person's decisions about keys of one owner.
    pub(crate) fn decide_manually(&mut self, manual: &ManualDecision) {
        for &decision in manual.decisions() {
            if let Some(reason) = self.reason_against_deciding(decision.key) {
                self.refuse(decision, None, Cause::Decided, reason);
            }
        }
        for decision in distrusts_first(manual.decisions()) {
            if self.reason_against_deciding(decision.key).is_none() && !self.is_decided_manually(decision) {
                let time = self.time_of_manual_decision(decision.key);
                self.apply(
                    decision,
                    &DecisionSource { time, speaker: Speaker::Person, cause: Cause::Decided, ids: &[] },
                );
            }
        }
        self.apply_released();
        self.announce(Trigger::Person);
        let authenticates_own_key =
            |decision: &Decision| decision.key == self.device.key && decision.kind == DecisionKind::Trust;
        if manual.decisions().iter().any(authenticates_own_key) {
            self.on_own_key_scanned();
        }
    }

    /// Trusts a key on behalf of a person who has not compared its fingerprint.
    pub(crate) fn trust_manually(&mut self, key: KeyId) {
        if let Some(reason) =
            self.reason_against_deciding(key).or_else(|| self.reason_against_manual_trust(key))
        {
            return self.refuse_all(None, Cause::Decided, reason);
        }
        let Some(record) = self.device.store.get_mut(key) else { return };
        let was = record.level;
        if was != Level::ManuallyTrusted && was != Level::Authenticated {
            (record.level, record.origin) = (Level::ManuallyTrusted, Origin::Manual);
            self.outcome.changes.push(Change::Level { key, was, level: Level::ManuallyTrusted });
        }
    }

    /// The reason why a person cannot trust a key without authenticating it, if there is one.
    fn reason_against_manual_trust(&self, key: KeyId) -> Option<Reason> {
        let discovered = self.device.store.get(key).filter(|record| record.discovered);
        match discovered.map(|record| record.level) {
            None => Some(Reason::NotDiscovered),
            Some(Level::Distrusted) => Some(Reason::StandingDistrust),
            Some(Level::Authenticated) => None,
            Some(_) if self.policy_requires_authentication(self.names.owner(key)) => Some(Reason::Policy),
            Some(_) => None,
        }
    }

    fn is_decided_manually(&self, decision: Decision) -> bool {
        self.device
            .store
            .get(decision.key)
            .is_some_and(|record| record.origin == Origin::Manual && record.decision() == Some(decision.kind))
    }

    fn time_of_manual_decision(&self, key: KeyId) -> Stamp {
        match self.device.store.get(key) {
            Some(record) if record.decision().is_some() => self.now.max(record.time.next()),
            _ => self.now,
        }
    }
}
