//! The requirement that a standing breaks.

use atm_engine::{Decision, DecisionKind, KeyId};

use super::attribution::{self, Way};
use super::finding::UnlawfulLevel;
use super::judge::Monitor;
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
    /// 2. Of earlier inputs: the requirement that voids a decision which claims the standing, if its sender's words may
    ///    count since this input.
    /// 3. If a postponed decision claims the standing: the requirement by whose violation its sender was authenticated,
    ///    or the one that makes it wait.
    /// 4. Of earlier inputs: the requirement that voids a decision which claims the standing, or the one about confused
    ///    keys. If several decisions claim it, any of them may have counted, so the least grave requirement is blamed.
    /// 5. The requirement that voids an earlier unreadable input, if its sender's words may count, and one of the two is
    ///    so since this input: they may count, or the key is known.
    /// 6. The requirement that last affected the key.
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
        let least_grave = |void: &mut dyn Iterator<Item = &VoidWord>| {
            // The last of equal weights is the most recent one.
            let all: Vec<&'static str> = void.map(|void| void.requirement).collect();
            all.into_iter().rev().max_by_key(|requirement| weight(requirement))
        };
        let is_released = |void: &&VoidWord| void.sender.is_some_and(|sender| self.is_newly_trusted(sender));
        if let Some(requirement) = least_grave(&mut claiming().filter(is_released)) {
            return requirement;
        }
        let waits = |word: &Word| {
            self.keys.get(&word.sender).is_none_or(|state| !state.lawful.allows(Standing::Authenticated))
        };
        let words = self.waiting.iter().map(|waiting| waiting.word).enumerate();
        let mut waiting =
            words.filter(|(_, word)| waits(word) && says_so(Decision { key: word.target, kind: word.kind }));
        if let Some((position, word)) = waiting.next() {
            let trust = Decision { key: word.sender, kind: DecisionKind::Trust };
            // If the sender is not authenticated in the end, no earlier word authenticated it. One of this input may
            // have released what waited before.
            let shown = readings.iter().find(|reading| reading.key == word.sender);
            let is_authenticated = shown.is_some_and(|shown| shown.observed == Standing::Authenticated);
            let waited = position < self.waiting_before;
            let can_release = |void: &&VoidWord| is_authenticated || waited && void.input == self.inputs;
            let mut void = self.void.iter().rev();
            let releasing = void.find(|void| void.said == trust && can_release(void));
            if let Some(void) = releasing {
                return void.requirement;
            }
            let is_wrong = shown.is_some_and(|shown| !shown.lawful.allows(shown.observed));
            let mistaken = || self.why_void(word.sender, Standing::Authenticated);
            let trusted_by = || mistaken().or_else(|| self.unreadable_about(word.sender));
            let is_let_in = is_authenticated && is_wrong;
            return is_let_in.then(trusted_by).flatten().unwrap_or(attribution::SECURITY_LEVEL);
        }
        if let Some(requirement) = least_grave(&mut claiming()) {
            return requirement;
        }
        if let Some(said) = earlier.iter().rev().find(is_mistaken) {
            return of_mistaken(said);
        }
        self.unreadable_about(key).unwrap_or_else(because)
    }

    /// The requirement that voids an unreadable input which may have been about a key: its sender's words may count
    /// since this input, or they may count and the key is known since this input.
    fn unreadable_about(&self, key: KeyId) -> Option<&'static str> {
        let is_new = !self.before(key).is_discovered;
        let is_at_work = |sender| self.is_newly_trusted(sender) || is_new && self.may_speak(sender);
        let mut unreadable = self.unreadable_of.iter().rev();
        unreadable.find(|(sender, _)| is_at_work(*sender)).map(|(_, requirement)| *requirement)
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
        self.may_speak(key) && !self.before(key).lawful.allows(Standing::Authenticated)
    }

    /// Whether decisions of the key's holder may count.
    pub(super) fn may_speak(&self, key: KeyId) -> bool {
        self.keys.get(&key).is_some_and(|state| state.lawful.allows(Standing::Authenticated))
    }
}
