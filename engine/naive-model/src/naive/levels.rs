//! Levels and the policy, computed anew for each query.

use atm_engine::{DecisionKind, Level, Policy};

use super::applying::NaiveCause;
use super::{NaiveDevice, Speaker};
use crate::quirk::Quirk;
use crate::words::{NaiveOutcome, is_foreign, owner};

impl NaiveDevice {
    /// The trust level of a key.
    #[must_use]
    pub fn level(&self, key: &str) -> Level {
        if key == self.key && self.one_key {
            return Level::Authenticated;
        }
        if !self.is_known(key) {
            return Level::Undecided;
        }
        match self.verdict_on(key) {
            Some(DecisionKind::Trust) => Level::Authenticated,
            Some(DecisionKind::Distrust) if self.has(Quirk::DistrustLeavesNothing) => {
                self.level_by_policy(key)
            }
            Some(DecisionKind::Distrust) => Level::Distrusted,
            None => self.level_by_policy(key),
        }
    }

    /// The level of a key without a decision. Before the first authentication of a key of its owner it is trusted,
    /// afterwards not.
    fn level_by_policy(&self, key: &str) -> Level {
        let manually = self.trusted_manually.iter().any(|trusted| trusted == key);
        let latched = self.is_latched(key);
        match self.rules.policy {
            Policy::Toakafa if latched => Level::AutomaticallyDistrusted,
            Policy::Toakafa | Policy::None if manually => Level::ManuallyTrusted,
            Policy::Toakafa => Level::AutomaticallyTrusted,
            Policy::None => Level::Undecided,
        }
    }

    fn is_latched(&self, key: &str) -> bool {
        let is_old = || self.aside.known_at_latch.iter().any(|known| known == key);
        let is_any_authenticated = || {
            let of_owner = self.decided.iter().filter(|decided| owner(&decided.key) == owner(key));
            { of_owner }.any(|decided| decided.kind == DecisionKind::Trust)
        };
        let is_latched =
            self.latched.contains(&owner(key)) || self.has(Quirk::OneLatchForAll) && !self.latched.is_empty();
        is_latched
            && !(self.has(Quirk::TrustsBlindly)
                || self.has(Quirk::LatchFallsBack) && !is_any_authenticated()
                || self.has(Quirk::UsesOldKeysAfterTheLatch) && is_old()
                || self.has(Quirk::UsesNewKeysAfterTheLatch) && !is_old())
    }

    /// The origin of a level.
    #[must_use]
    pub fn origin(&self, key: &str) -> Option<String> {
        if !self.is_known(key) {
            return None;
        }
        match self.decision_on(key) {
            Some(decided) => Some(decided.by.to_string()),
            None if self.level(key) == Level::ManuallyTrusted => Some(Speaker::Person.to_string()),
            None if self.level(key) == Level::Undecided => None,
            None => Some("policy".to_owned()),
        }
    }

    /// The decision kept for an undiscovered key.
    #[must_use]
    pub fn kept(&self, key: &str) -> Option<DecisionKind> {
        if self.is_known(key) { None } else { self.verdict_on(key) }
    }

    pub(super) fn is_authenticated(&self, key: &str) -> bool {
        self.level(key) == Level::Authenticated
    }

    /// The authenticated keys of an account.
    pub(super) fn authenticated_keys(&self, account: &str) -> Vec<String> {
        let keys = self.known.iter().filter(|key| owner(key) == account && self.is_authenticated(key));
        keys.cloned().collect()
    }

    /// Sets the latch of an owner forever, at the first authentication of one of the owner's keys.
    pub(super) fn latch(&mut self, owner_of_key: &str, told: &mut NaiveOutcome) {
        if self.latched.iter().any(|latched| latched == owner_of_key) {
            return;
        }
        let before: Vec<(String, Level)> = self
            .known
            .iter()
            .filter(|key| owner(key) == owner_of_key)
            .map(|key| (key.clone(), self.level(key)))
            .collect();
        self.latched.push(owner_of_key.to_owned());
        self.aside.known_at_latch.extend(before.iter().map(|(key, _)| key.clone()));
        for (key, was) in before {
            told.level(&key, was, self.level(&key));
        }
    }

    /// Trusts a key on behalf of a person who has not compared its fingerprint.
    pub(super) fn on_manual_trust(&mut self, key: &str, told: &mut NaiveOutcome) {
        let was = self.level(key);
        let latched = self.latched.contains(&owner(key));
        let reason = if is_foreign(key) {
            "wrong-encryption"
        } else if key == self.key {
            "own-key"
        } else if !self.is_known(key) {
            "not-discovered"
        } else if was == Level::Distrusted {
            "standing-distrust"
        } else if was == Level::Authenticated {
            return;
        } else if latched && self.rules.policy == Policy::Toakafa {
            "policy"
        } else {
            self.trusted_manually.push(key.to_owned());
            told.level(key, was, self.level(key));
            if self.has(Quirk::ReleasesOnManualTrust) {
                let released = self.take_left(key).into_iter().map(|word| (word, NaiveCause::Released));
                self.apply_words(released.collect(), told);
            }
            return;
        };
        told.refuse(reason, None, "", "decided");
    }
}
