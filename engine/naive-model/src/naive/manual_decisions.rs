//! Manual decisions and discoveries.

use atm_engine::DecisionKind;

use super::applying::NaiveCause;
use super::{Decided, NaiveDevice, Speaker, Word};
use crate::quirk::Quirk;
use crate::words::{NaiveDecision, NaiveDistrusts, NaiveOutcome, is_foreign};

impl NaiveDevice {
    pub(super) fn on_manual_decision(
        &mut self,
        decisions: &[NaiveDecision],
        now: i64,
        told: &mut NaiveOutcome,
    ) {
        let mut words = Vec::new();
        for said in decisions {
            if is_foreign(&said.key) {
                told.refuse("wrong-encryption", None, &said.to_string(), "decided");
            } else if said.key == self.key {
                told.refuse("own-key", None, &said.to_string(), "decided");
            } else if self.has(Quirk::RepeatsDecisions) || !self.was_decided_manually(said) {
                let time = self.time_of_manual_decision(&said.key, now);
                let distrusts = NaiveDistrusts::default();
                words.push(Word { by: Speaker::Person, said: said.clone(), time, distrusts });
            }
        }
        let mut manually: Vec<String> = words.iter().map(|word| word.said.key.clone()).collect();
        if self.has(Quirk::ConfirmsSilently) {
            manually.retain(|key| words.iter().any(|word| word.said.key == *key && self.is_news(&word.said)));
        }
        let before = self.clone();
        let mut changed = self.apply_manual(words, told);
        if self.has(Quirk::ConfirmsSilently) {
            let confirmed = |key: &String| decisions.iter().any(|said| said.key == *key);
            changed.retain(|key| manually.contains(key) || !confirmed(key));
        }
        self.announce_manual(&manually, &changed, now, (&before, told));
        let scanned = |said: &NaiveDecision| said.key == self.key && said.kind == DecisionKind::Trust;
        if self.one_key && decisions.iter().any(scanned) {
            self.send_summary_to_own_endpoints(now, told);
        }
    }

    fn is_news(&self, said: &NaiveDecision) -> bool {
        self.verdict_on(&said.key) != Some(said.kind)
    }

    fn was_decided_manually(&self, said: &NaiveDecision) -> bool {
        self.decision_on(&said.key)
            .is_some_and(|decided| decided.by == Speaker::Person && decided.kind == said.kind)
    }

    pub(super) fn on_discovery(&mut self, key: &str, now: i64, told: &mut NaiveOutcome) {
        if is_foreign(key) {
            return told.refuse("wrong-encryption", None, "", "discovered");
        }
        if key == self.key {
            return told.refuse("own-key", None, "", "discovered");
        }
        if self.has(Quirk::DiscoveryEmpties) {
            self.left.retain(|word| word.by.key() != Some(key));
        }
        if self.is_known(key) {
            if self.has(Quirk::DiscoveryBeginsAnew) {
                self.decided.retain(|decided| decided.key != key);
            }
            return;
        }
        let before = self.clone();
        self.known.push(key.to_owned());
        self.adopt_from_twins(key);
        match self.decision_on(key) {
            Some(decided) => {
                told.changes.push(format!("{key} is {} now by {}", self.level(key).name(), decided.by));
            }
            None => told.level(key, before.level(key), self.level(key)),
        }
        let changed = self.take_effect(key, told);
        self.announce_discovery(&before, key, &changed, now, told);
    }

    /// A quirk adopts the decision on an undiscovered key of another owner that has the same identifier.
    fn adopt_from_twins(&mut self, key: &str) {
        if !self.has(Quirk::DiscoversByIdentifier) || self.decision_on(key).is_some() {
            return;
        }
        let unknown: Vec<String> =
            self.twins_of(key).into_iter().filter(|twin| !self.is_known(twin)).collect();
        let adopted = unknown.iter().find_map(|twin| self.decision_on(twin).cloned());
        self.decided.extend(adopted.map(|decided| Decided { key: key.to_owned(), ..decided }));
    }

    /// Applies the consequences of a decision that takes effect.
    fn take_effect(&mut self, key: &str, told: &mut NaiveOutcome) -> Vec<String> {
        let mut released = self.released_by(key, told);
        if self.has(Quirk::ReleasesOnDiscovery) {
            released.extend(self.take_left(key));
        }
        if self.has(Quirk::ReleasesNothingOnDiscovery) {
            released.clear();
        }
        self.apply_words(released.into_iter().map(|word| (word, NaiveCause::Released)).collect(), told)
    }
}
