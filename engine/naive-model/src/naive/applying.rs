//! Applying: a change and all that it releases.

use atm_engine::{DecisionKind, Level};

use super::conflicts::NaiveRuling;
use super::{Decided, NaiveDevice, Speaker, Word};
use crate::quirk::Quirk;
use crate::words::{NaiveOutcome, owner};

/// The event that made the device consider a decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NaiveCause {
    Decided,
    Received,
    Released,
}

impl NaiveCause {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Received => "received",
            Self::Released => "released",
        }
    }
}

impl NaiveDevice {
    /// Applies a person's decisions, distrusts first, then the decisions that they released. Returns the keys with new
    /// decisions.
    pub(super) fn apply_manual(&mut self, mut words: Vec<Word>, told: &mut NaiveOutcome) -> Vec<String> {
        let mut waiting = Vec::new();
        let mut changed = Vec::new();
        words.sort_by_key(|word| word.said.kind == DecisionKind::Trust);
        for word in words {
            self.apply(&word, NaiveCause::Decided, &mut waiting, &mut changed, told);
        }
        changed.extend(self.apply_words(waiting, told));
        changed
    }

    /// Applies decisions and those that they release: distrusts first, and among these the released ones; otherwise in
    /// order. Returns the keys with new decisions.
    pub(super) fn apply_words(
        &mut self,
        mut waiting: Vec<(Word, NaiveCause)>,
        told: &mut NaiveOutcome,
    ) -> Vec<String> {
        let mut changed = Vec::new();
        while !waiting.is_empty() {
            let first = if self.has(Quirk::ReleasesTrustFirst) {
                DecisionKind::Trust
            } else {
                DecisionKind::Distrust
            };
            // Under `named`, a message's distrust can result in a trust and release distrusts. These precede the
            // message's next decision.
            let is_first = |(word, _): &&(Word, NaiveCause)| word.said.kind == first;
            let is_released = |(_, cause): &(Word, NaiveCause)| *cause == NaiveCause::Released;
            let position = |of: &dyn Fn(&(Word, NaiveCause)) -> bool| waiting.iter().position(of);
            let next = position(&|waits| is_first(&waits) && is_released(waits))
                .or_else(|| position(&|waits| is_first(&waits)));
            let (word, cause) = waiting.remove(next.unwrap_or(0));
            let is_excused = cause == NaiveCause::Released && self.is_excused(&word);
            if is_excused || self.is_heard(&word) {
                self.apply(&word, cause, &mut waiting, &mut changed, told);
            } else {
                told.refuse("distrusted-sender", word.by.key(), &word.said.to_string(), cause.name());
            }
        }
        changed
    }

    /// Whether the sender's decision still counts.
    fn is_heard(&self, word: &Word) -> bool {
        match &word.by {
            Speaker::Person => true,
            Speaker::Key(key) => {
                let hears_all =
                    self.has(Quirk::HearsDistrusted) || self.has(Quirk::KeepsWhatTheDistrustedLeft);
                let silenced = self.dated_before_distrust(key, word.time) && !hears_all;
                self.is_believed(key, std::slice::from_ref(word)) && !silenced
            }
        }
    }

    /// Whether a quirk lets a decision count although its sender does not.
    fn is_excused(&self, word: &Word) -> bool {
        let Speaker::Key(key) = &word.by else { return true };
        self.has(Quirk::ReleasesBlindly)
            || self.has(Quirk::ReleasesOnDistrust) && self.verdict_on(key) == Some(DecisionKind::Distrust)
            || self.has(Quirk::ReleasesOnManualTrust) && self.level(key) == Level::ManuallyTrusted
            || self.has(Quirk::ReleasesOnDiscovery) && self.is_known(key) && self.verdict_on(key).is_none()
            || self.has(Quirk::ReleasesByIdentifier)
                && self.twins_of(key).iter().any(|twin| self.is_authenticated(twin))
    }

    fn apply(
        &mut self,
        word: &Word,
        cause: NaiveCause,
        waiting: &mut Vec<(Word, NaiveCause)>,
        changed: &mut Vec<String>,
        told: &mut NaiveOutcome,
    ) {
        let key = &word.said.key;
        if self.forgets(word, cause) {
            return;
        }
        if self.has_no_room_for(word) {
            return told.refuse("quota", word.by.key(), &word.said.to_string(), cause.name());
        }
        let opposite;
        let (ruling, word) = match self.weigh(word) {
            NaiveRuling::Opposite => {
                opposite = word.opposite();
                (NaiveRuling::New, &opposite)
            }
            ruling => (ruling, word),
        };
        match ruling {
            NaiveRuling::Nothing(reason) => {
                told.refuse(reason, word.by.key(), &word.said.to_string(), cause.name());
            }
            NaiveRuling::Again if word.by != Speaker::Person => {
                let time = self.move_time(key, word.time);
                told.changes.push(format!("{} again by {} @{time} {}", word.said, word.by, cause.name()));
            }
            NaiveRuling::New | NaiveRuling::Again | NaiveRuling::Opposite => {
                let was = self.verdict_on(key).map_or(self.level(key), Level::from);
                self.decide_on(word);
                let effect = if self.is_known(key) { "now" } else { "on discovery" };
                told.changes.push(format!(
                    "{} by {} @{} {} was {} {effect}",
                    word.said,
                    word.by,
                    word.time,
                    cause.name(),
                    was.name()
                ));
                changed.push(key.clone());
                let mut released = self.released_by(key, told);
                if self.has(Quirk::ReleasesAsNew) {
                    released.iter_mut().for_each(|word| word.time = self.now);
                }
                if self.uses_what_is_released(cause) {
                    waiting.extend(released.into_iter().map(|word| (word, NaiveCause::Released)));
                }
            }
        }
    }

    /// Whether decisions released by this cause are applied. Without quirks, always.
    fn uses_what_is_released(&self, cause: NaiveCause) -> bool {
        let lost_by = match cause {
            NaiveCause::Decided => Quirk::ReleasesByMessageOnly,
            NaiveCause::Received => Quirk::ReleasesByPersonOnly,
            NaiveCause::Released => Quirk::ReleasesOneStep,
        };
        !self.has(lost_by)
    }

    fn decide_on(&mut self, word: &Word) {
        let key = &word.said.key;
        if self.is_first_kept_for_contact(word) {
            self.kept_for_contacts.push(key.clone());
        }
        let ends_distrust =
            self.verdict_on(key) == Some(DecisionKind::Distrust) && word.said.kind == DecisionKind::Trust;
        if ends_distrust {
            // Decisions from the time of the distrust stay refused.
            let since = if self.gives_names() { word.time.max(self.now) } else { word.time };
            self.distrusted_until.push((key.clone(), since - 1));
        }
        let time = self.decision_on(key).map_or(word.time, |before| before.time.max(word.time));
        self.decided.retain(|decided| decided.key != *key);
        self.decided.push(Decided { key: key.clone(), kind: word.said.kind, time, by: word.by.clone() });
        self.silence(key, word.time);
    }

    /// Advances the time of the decision on a key, never back. Returns the new time.
    pub(super) fn move_time(&mut self, key: &str, time: i64) -> i64 {
        let decided = self.decided.iter_mut().find(|decided| decided.key == key).expect("it was decided on");
        decided.time = decided.time.max(time);
        let moved = decided.time;
        self.silence(key, time);
        moved
    }

    /// Applies the consequences of a key's level. Returns the sender's postponed decisions if they now count.
    pub(super) fn released_by(&mut self, key: &str, told: &mut NaiveOutcome) -> Vec<Word> {
        match self.verdict_on(key) {
            Some(DecisionKind::Distrust) => {
                self.awaited.retain(|awaited| awaited != key);
                self.take_off(key);
                if self.has(Quirk::ReleasesOnDistrust) {
                    return self.take_left(key);
                }
                if !self.has(Quirk::KeepsWhatTheDistrustedLeft) {
                    self.drop_left(key, told);
                }
                Vec::new()
            }
            Some(DecisionKind::Trust) if self.is_known(key) => {
                let by_person = self.decision_on(key).is_some_and(|decided| decided.by == Speaker::Person);
                if by_person || !self.has(Quirk::LatchByPersonOnly) {
                    self.latch(&owner(key), told);
                }
                self.take_left(key)
            }
            Some(DecisionKind::Trust) | None => Vec::new(),
        }
    }

    /// Whether a quirk drops a decision on an undiscovered key.
    fn forgets(&self, word: &Word, cause: NaiveCause) -> bool {
        if self.is_known(&word.said.key) {
            return false;
        }
        if word.by == Speaker::Person {
            return self.has(Quirk::DecidesOnKnownKeysOnly);
        }
        let is_contrary = self.verdict_on(&word.said.key).is_some_and(|before| before != word.said.kind);
        let is_distrust = word.said.kind == DecisionKind::Distrust;
        self.has(Quirk::ForgetsUnknownKeys)
            || is_distrust && self.has(Quirk::ForgetsDistrustOfUnknownKeys)
            || cause == NaiveCause::Released && self.has(Quirk::ForgetsUnknownKeysOnRelease)
            || is_contrary && self.has(Quirk::FirstWordOnUnknownKeys)
    }

    /// Whether the limit of a contact's undiscovered keys is reached. Keys that others decided on first do not count
    /// toward it, even if a contact changes the decision.
    fn has_no_room_for(&self, word: &Word) -> bool {
        let owner_of_key = owner(&word.said.key);
        let kept =
            self.kept_for_contacts.iter().filter(|key| owner(key) == owner_of_key && !self.is_known(key));
        self.is_first_kept_for_contact(word) && kept.count() >= self.rules.limits.undiscovered_per_contact
    }

    fn is_first_kept_for_contact(&self, word: &Word) -> bool {
        let by_contact = word.by.key().is_some_and(|sender| owner(sender) != self.account);
        by_contact && !self.is_known(&word.said.key) && self.decision_on(&word.said.key).is_none()
    }
}
