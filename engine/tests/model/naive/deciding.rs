//! E1 and E8: what persons decide, and keys that are discovered.

use atm_engine::Verdict;

use super::applying::Cause;
use super::{Naive, Speaker, Word};
use crate::words::{Said, Told, is_foreign};

impl Naive {
    pub(super) fn on_manual_decision(&mut self, decisions: &[Said], now: i64, told: &mut Told) {
        let mut words = Vec::new();
        for said in decisions {
            if is_foreign(&said.key) {
                told.refuse("wrong-encryption", None, &said.to_string(), "decided");
            } else if said.key == self.key {
                told.refuse("own-key", None, &said.to_string(), "decided");
            } else if !self.was_decided_manually(said) {
                let time = self.time_of_manual_decision(&said.key, now);
                words.push(Word { by: Speaker::Person, said: said.clone(), time });
            }
        }
        let manually: Vec<String> = words.iter().map(|word| word.said.key.clone()).collect();
        let changed = self.apply_manual(words, told);
        self.announce_manual(&manually, &changed, now, told);
        let scanned = |said: &Said| said.key == self.key && said.verdict == Verdict::Trust;
        if self.one_key && decisions.iter().any(scanned) {
            self.send_summary_to_own_endpoints(now, told);
        }
    }

    fn was_decided_manually(&self, said: &Said) -> bool {
        self.decision_on(&said.key)
            .is_some_and(|decided| decided.by == Speaker::Person && decided.verdict == said.verdict)
    }

    pub(super) fn on_discovery(&mut self, key: &str, now: i64, told: &mut Told) {
        if is_foreign(key) {
            return told.refuse("wrong-encryption", None, "", "discovered");
        }
        if key == self.key {
            return told.refuse("own-key", None, "", "discovered");
        }
        if self.is_known(key) {
            return;
        }
        let before = self.clone();
        self.known.push(key.to_owned());
        match self.decision_on(key) {
            Some(decided) => {
                told.changes.push(format!("{key} is {} now by {}", self.level(key).name(), decided.by));
            }
            None => told.level(key, before.level(key), self.level(key)),
        }
        let changed = self.take_effect(key, told);
        self.announce_discovery(&before, key, &changed, now, told);
    }

    /// What follows when a decision about a key begins to count.
    fn take_effect(&mut self, key: &str, told: &mut Told) -> Vec<String> {
        let released = self.released_by(key, told);
        self.apply_words(released.into_iter().map(|word| (word, Cause::Released)).collect(), told)
    }
}
