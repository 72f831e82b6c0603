//! Postponing: decisions of senders whose key is not authenticated.

use atm_engine::DecisionKind;

use super::applying::NaiveCause;
use super::conflicts::is_later;
use super::{NaiveDevice, Speaker, Word};
use crate::quirk::Quirk;
use crate::words::{NaiveOutcome, owner};

impl NaiveDevice {
    /// Stores a decision of an unauthenticated sender.
    pub(super) fn postpone(&mut self, word: &Word, cause: NaiveCause, told: &mut NaiveOutcome) {
        if self.does_not_keep(word) {
            return;
        }
        self.make_room_for(word);
        let by_key = self.has(Quirk::KeepsOneDecisionPerKey);
        let same = |other: &Word| (by_key || other.by == word.by) && other.said.key == word.said.key;
        let (sender, said) = (word.by.key(), word.said.to_string());
        if self.left_too_many_names(word) {
            return told.refuse("quota", sender, &said, cause.name());
        }
        match self.left.iter().position(same) {
            Some(place) if !self.has(Quirk::KeepsAllWords) => {
                let last = &self.left[place];
                let (distrusts, is_more) = self.left_names(last, word);
                let replaces = by_key || is_later(word, last.said.kind, last.time);
                if !replaces && !is_more {
                    return told.refuse("stale", sender, &said, cause.name());
                }
                let kept = if replaces { word.clone() } else { last.clone() };
                self.left[place] = Word { distrusts, ..kept };
            }
            _ if self.is_full_for(&word.by) => return told.refuse("quota", sender, &said, cause.name()),
            _ => self.left.push(word.clone()),
        }
        told.changes.push(format!("{} left {said}", word.by));
        told.refuse("postponed", sender, &said, cause.name());
    }

    fn does_not_keep(&mut self, word: &Word) -> bool {
        let of_sender = || self.left.iter().filter(|other| other.by == word.by);
        let side = word.by.key().map(|sender| self.side(&owner(sender)));
        let contradicts = |other: &Word| {
            other.by != word.by && other.said.key == word.said.key && other.said.kind != word.said.kind
        };
        if self.has(Quirk::KeepsNoContradictions) && self.left.iter().any(contradicts) {
            self.left.retain(|other| !contradicts(other));
            return true;
        }
        self.has(Quirk::KeepsNothing)
            || self.has(Quirk::KeepsNoDistrusts) && word.said.kind == DecisionKind::Distrust
            || self.has(Quirk::KeepsTheFirstDecision) && of_sender().any(|other| other.time == word.time)
            || self.has(Quirk::KeepsTheFirstMessage) && of_sender().any(|other| other.time != word.time)
            || self.has(Quirk::KeepsWhatIsAboutKnownKeys) && !self.is_known(&word.said.key)
            || side.is_some_and(|side| self.has(Quirk::KeepsNothingOf(side)))
    }

    /// Drops stored decisions, as a quirk demands.
    fn make_room_for(&mut self, word: &Word) {
        let account = |word: &Word| word.by.key().map(owner);
        if self.has(Quirk::KeepsTheLastMessage) {
            self.left.retain(|other| other.by != word.by || other.time == word.time);
        }
        if self.has(Quirk::KeepsOneSenderPerAccount) {
            self.left.retain(|other| other.by == word.by || account(other) != account(word));
        }
        for quirk in self.quirks {
            if let Quirk::ThrowsOutTheOldest(most) = quirk
                && self.left.len() >= *most
            {
                self.left.remove(0);
            }
        }
    }

    /// Whether the quota of a sender is exhausted.
    fn is_full_for(&self, by: &Speaker) -> bool {
        let limits = self.rules.limits;
        let Speaker::Key(sender) = by else { return false };
        let count = |counts: &dyn Fn(&str) -> bool| {
            self.left.iter().filter(|word| word.by.key().is_some_and(counts)).count()
        };
        let of_sender = count(&|key| key == sender);
        let of_account = count(&|key| owner(key) == owner(sender));
        let of_contacts = count(&|key| owner(key) != self.account);
        if owner(sender) == self.account {
            of_sender >= limits.own_sender || of_account >= limits.own_account
        } else {
            of_sender >= limits.contact_sender
                || of_account >= limits.contact_account
                || of_contacts >= limits.contacts_total
        }
    }

    /// Removes and returns the postponed decisions of a sender.
    pub(super) fn take_left(&mut self, sender: &str) -> Vec<Word> {
        let by_account = self.has(Quirk::ReleasesByAccount);
        let twins = if self.has(Quirk::ReleasesByIdentifier) { self.twins_of(sender) } else { Vec::new() };
        let is_taken = |by: &str| {
            by == sender || by_account && owner(by) == owner(sender) || twins.iter().any(|twin| twin == by)
        };
        let (taken, rest): (Vec<Word>, _) =
            self.left.drain(..).partition(|word| word.by.key().is_some_and(is_taken));
        self.left = rest;
        if self.has(Quirk::ReleaseEmpties) && !taken.is_empty() {
            self.left.clear();
        }
        taken
    }

    /// Drops the postponed decisions of a distrusted sender.
    pub(super) fn drop_left(&mut self, sender: &str, told: &mut NaiveOutcome) {
        let dropped = self.take_left(sender).len();
        if dropped > 0 {
            told.changes.push(format!("{sender} left {dropped} for nothing"));
        }
    }

    /// From now on refuses decisions from a distrusted key that are dated up to `time`.
    pub(super) fn silence(&mut self, key: &str, time: i64) {
        if self.verdict_on(key) == Some(DecisionKind::Distrust) && !self.gives_names() {
            self.distrusted_until.push((key.to_owned(), time));
        }
    }

    pub(super) fn dated_before_distrust(&self, key: &str, time: i64) -> bool {
        self.distrusted_until.iter().any(|(distrusted, until)| distrusted == key && time <= *until)
    }
}
