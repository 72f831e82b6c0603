//! The requirement that a standing breaks.

use atm_engine::{Decision, DecisionKind, KeyId};

use super::attribution::{self, Way};
use super::finding::UnlawfulLevel;
use super::judge::Monitor;
use super::key::KeyState;
use super::lawful;
use super::standing::Standing;
use super::word::{VoidWord, Word};
use crate::requirements::{self, Weight};

/// The weight of a requirement. A greater one is less grave.
fn weight(requirement: &str) -> Option<Weight> {
    requirements::find(requirement).map(|found| found.weight)
}

impl Monitor {
    /// The requirement that excludes a standing.
    ///
    /// If the standing did not change, the device did not follow a demand. Then it is the requirement that last
    /// affected the key, with two exceptions: plaintext in the same input, which a device must ignore, and a newer void
    /// decision that claims this standing, so that the device took the demand for outdated.
    ///
    /// Otherwise it is the first of these:
    ///
    /// 1. Of this input: the requirement that voids a decision which claims the standing, the one that a device breaks
    ///    if it confuses two keys of the same identifier, or the one that voids the input as unreadable.
    /// 2. If a postponed decision claims the standing: the requirement by whose violation its sender was authenticated,
    ///    or the one that makes it wait.
    /// 3. Of earlier inputs: the requirement that voids a decision which claims the standing, or the one about confused
    ///    keys. If several decisions claim it, any of them may have counted, so the least grave requirement is blamed.
    /// 4. The requirement that voids an earlier unreadable input of a sender whose words may count since this input.
    /// 5. The requirement that last affected the key.
    pub(super) fn blame(&self, key: KeyId, standing: Standing, readings: &[UnlawfulLevel]) -> &'static str {
        let because = || self.keys.get(&key).map_or(attribution::SECURITY_LEVEL, |state| state.because);
        let claiming = || self.void.iter().rev().filter(|void| void.claims(key, standing));
        if self.before(key).lawful.only() == Some(standing) {
            if self.stands_beside_plaintext() {
                return attribution::PLAINTEXT;
            }
            // The device did not do what was demanded, now or earlier, or it takes a void decision for newer.
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
            // If the sender is not authenticated in the end, no earlier word authenticated it.
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
        // The last of equal weights is the most recent one.
        if let Some(void) = claiming().rev().max_by_key(|void| weight(void.requirement)) {
            return void.requirement;
        }
        if let Some(said) = earlier.iter().rev().find(is_mistaken) {
            return of_mistaken(said);
        }
        self.unreadable_of_newly_trusted().unwrap_or_else(because)
    }

    /// The requirement that voids an unreadable input of a sender whose words may count since this input.
    fn unreadable_of_newly_trusted(&self) -> Option<&'static str> {
        let mut unreadable = self.unreadable_of.iter().rev();
        unreadable.find(|(sender, _)| self.is_newly_trusted(*sender)).map(|(_, requirement)| *requirement)
    }

    /// Whether this input has content in the clear. A device ignores that, and all else counts as usual.
    fn stands_beside_plaintext(&self) -> bool {
        let mut now = self.void.iter().filter(|void| void.input == self.inputs);
        now.any(|void| void.requirement == attribution::PLAINTEXT)
    }

    /// Whether a void decision is at least as new as the newest decision about its key that may count.
    fn outdates(&self, void: &VoidWord) -> bool {
        let newest = self.keys.get(&void.said.key).and_then(|state| state.newest);
        newest.is_none_or(|newest| !lawful::is_later(newest, void.time))
    }

    /// Whether postponed decisions of the key's holder may count since this input.
    fn is_newly_trusted(&self, key: KeyId) -> bool {
        let may_speak = |state: &KeyState| state.lawful.allows(Standing::Authenticated);
        self.keys.get(&key).is_some_and(may_speak) && !may_speak(&self.before(key))
    }
}
