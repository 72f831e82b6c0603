//! Which requirement a standing breaks.

use atm_engine::{Decision, DecisionKind, KeyId};

use super::attribution::{self, Way};
use super::finding::UnlawfulLevel;
use super::judge::Monitor;
use super::key::KeyState;
use super::lawful;
use super::standing::Standing;
use super::word::{VoidWord, Word};

impl Monitor {
    /// The requirement that excludes a standing. If nothing changed, that of what was last at work, or of something newer that
    /// must not count and says so: whoever takes it for true takes what was at work for outdated. What stands beside plaintext
    /// counts as without that. Otherwise, in this order:
    /// that of something in this input which must not count and says so, or names another key with the same identifier, or
    /// cannot be read; that by which somebody is authenticated whose word waits, or by which that word has to wait; that of
    /// something earlier which must not count; that by which nothing counts of what could not be read of somebody who is
    /// authenticated now; that of what was last at work.
    pub(super) fn blame(&self, key: KeyId, standing: Standing, readings: &[UnlawfulLevel]) -> &'static str {
        let because = || self.keys.get(&key).map_or(attribution::SECURITY_LEVEL, |state| state.because);
        let claiming = || self.void.iter().rev().filter(|void| void.claims(key, standing));
        if self.before(key).lawful.only() == Some(standing) {
            if self.stands_beside_plaintext() {
                return attribution::PLAINTEXT;
            }
            // Nothing happened that had to happen: neither now nor before, or something is taken for newer.
            let is_usual = self.findings.iter().any(|found| found.requirement == because());
            let mut newer = claiming().filter(|void| !is_usual && self.outdates(void));
            return newer.next().map_or_else(because, |void| void.requirement);
        }
        let mut now = claiming().filter(|void| void.input == self.inputs);
        if let Some(void) = now.next_back() {
            return void.requirement;
        }
        let says_so = |said: Decision| said.key == key && Standing::from(said.kind) == standing;
        let names = self.cast.directory();
        let is_mistaken = |(said, _): &&(Decision, Way)| {
            said.key != key
                && Standing::from(said.kind) == standing
                && names.identifier(said.key) == names.identifier(key)
        };
        let of_mistaken =
            |(said, way): &(Decision, Way)| attribution::of_mistaken_key(said.key, key, (*way, names));
        let (earlier, now) = self.said.split_at(self.said_before);
        if let Some(said) = now.iter().find(is_mistaken) {
            return of_mistaken(said);
        }
        if let Some(requirement) = self.unreadable {
            return requirement;
        }
        let waits = |word: &Word| {
            self.keys.get(&word.sender).is_none_or(|state| !state.lawful.allows(Standing::Authenticated))
        };
        let words = self.waiting.iter().map(|waiting| waiting.word).filter(waits);
        let mut waiting = words.filter(|word| says_so(Decision { key: word.target, kind: word.kind }));
        if let Some(word) = waiting.next() {
            let trust = Decision { key: word.sender, kind: DecisionKind::Trust };
            // A sender that is not authenticated in the end was not authenticated by earlier words.
            let shown = readings.iter().find(|reading| reading.key == word.sender);
            let is_authenticated = shown.is_some_and(|shown| shown.observed == Standing::Authenticated);
            let at_work = |input: usize| is_authenticated || input == self.inputs;
            let mut void = self.void.iter().rev();
            let releasing = void.find(|void| void.said == trust && at_work(void.input));
            if let Some(void) = releasing {
                return void.requirement;
            }
            let is_wrong = shown.is_some_and(|shown| !shown.lawful.allows(shown.observed));
            let mistaken = || self.why_void(word.sender, Standing::Authenticated);
            let trusted_by = || mistaken().or_else(|| self.unreadable_of_newly_trusted());
            let is_let_in = is_authenticated && is_wrong;
            return is_let_in.then(trusted_by).flatten().unwrap_or(attribution::SECURITY_LEVEL);
        }
        if let Some(void) = claiming().next() {
            return void.requirement;
        }
        if let Some(said) = earlier.iter().rev().find(is_mistaken) {
            return of_mistaken(said);
        }
        self.unreadable_of_newly_trusted().unwrap_or_else(because)
    }

    /// By which requirement nothing counts of what could not be read of somebody whose words may count since this input.
    fn unreadable_of_newly_trusted(&self) -> Option<&'static str> {
        let mut unreadable = self.unreadable_of.iter().rev();
        unreadable.find(|(sender, _)| self.is_newly_trusted(*sender)).map(|(_, requirement)| *requirement)
    }

    /// Whether this input has something in the clear that is to be ignored, so that the rest counts as without it.
    fn stands_beside_plaintext(&self) -> bool {
        let mut now = self.void.iter().filter(|void| void.input == self.inputs);
        now.any(|void| void.requirement == attribution::PLAINTEXT)
    }

    /// Whether something that must not count is not older than the newest decision about its key that may count.
    fn outdates(&self, void: &VoidWord) -> bool {
        let newest = self.keys.get(&void.said.key).and_then(|state| state.newest);
        newest.is_none_or(|newest| !lawful::is_later(newest, void.time))
    }

    /// Whether what waited for the holder of a key may count since this input.
    fn is_newly_trusted(&self, key: KeyId) -> bool {
        let may_speak = |state: &KeyState| state.lawful.allows(Standing::Authenticated);
        self.keys.get(&key).is_some_and(may_speak) && !may_speak(&self.before(key))
    }
}
