//! Conflicts: which of several decisions about a key counts.

use atm_engine::{ConflictRule, DecisionKind};

use super::{Decided, NaiveDevice, Speaker, Word};
use crate::quirk::Quirk;

/// The result of weighing a decision about a key.
pub(super) enum NaiveRuling {
    /// It replaces the held decision.
    New,
    /// It repeats the held decision.
    Again,
    /// Its opposite replaces the held decision.
    Opposite,
    /// It does not count, for this reason.
    Nothing(&'static str),
}

impl NaiveDevice {
    pub(super) fn weigh(&mut self, word: &Word) -> NaiveRuling {
        let is_distrusted = self.verdict_on(&word.said.key) == Some(DecisionKind::Distrust);
        if self.has(Quirk::DistrustIsForEver) && is_distrusted && word.said.kind == DecisionKind::Trust {
            return NaiveRuling::Nothing("standing-distrust");
        }
        if word.by != Speaker::Person && self.stands_against_messages(&word.said.key) {
            return NaiveRuling::Nothing("standing-decision");
        }
        if self.has(Quirk::LastArrivalCounts) {
            let is_repeated = self.verdict_on(&word.said.key) == Some(word.said.kind);
            return if is_repeated { NaiveRuling::Again } else { NaiveRuling::New };
        }
        match self.rules.conflict {
            ConflictRule::Newest => weigh_by_time(self.decision_on(&word.said.key), word),
            ConflictRule::Cautious => self.weigh_cautiously(word),
            ConflictRule::Named => self.weigh_by_names(word),
        }
    }

    /// Whether a quirk protects a person's decision from messages.
    fn stands_against_messages(&self, key: &str) -> bool {
        self.decision_on(key).is_some_and(|decided| {
            let stands = match decided.kind {
                DecisionKind::Trust => Quirk::ManualTrustStands,
                DecisionKind::Distrust => Quirk::ManualDistrustStands,
            };
            decided.by == Speaker::Person && self.has(stands)
        })
    }

    /// A manual decision has the local time, but is at least 1 ms later than the last decision on the key.
    pub(super) fn time_of_manual_decision(&self, key: &str, now: i64) -> i64 {
        let is_moved = !self.has(Quirk::DecidesByTheClock);
        self.decision_on(key).map_or(now, |decided| if is_moved { now.max(decided.time + 1) } else { now })
    }

    /// The rule `cautious`: a distrust stands until its author, or a person, trusts the key later.
    fn weigh_cautiously(&mut self, word: &Word) -> NaiveRuling {
        let before = self.verdict_on(&word.said.key);
        if !self.remember(word) {
            return NaiveRuling::Nothing("stale");
        }
        match (self.distrust_stands(&word.said.key), word.said.kind) {
            (true, DecisionKind::Trust) => NaiveRuling::Nothing("standing-distrust"),
            (false, DecisionKind::Distrust) => NaiveRuling::Nothing("stale"),
            (true, DecisionKind::Distrust) | (false, DecisionKind::Trust)
                if before == Some(word.said.kind) =>
            {
                NaiveRuling::Again
            }
            (true, DecisionKind::Distrust) | (false, DecisionKind::Trust) => NaiveRuling::New,
        }
    }

    /// Stores a decision unless its author decided on the key later. Returns whether it was stored.
    fn remember(&mut self, word: &Word) -> bool {
        let same = |other: &Word| other.by == word.by && other.said.key == word.said.key;
        let last = self.words.iter().find(|other| same(other));
        if last.is_some_and(|last| !is_later(word, last.said.kind, last.time)) {
            return false;
        }
        self.words.retain(|other| !same(other));
        self.words.push(word.clone());
        true
    }

    fn distrust_stands(&self, key: &str) -> bool {
        let about = || self.words.iter().filter(move |word| word.said.key == key);
        let ended = |distrust: &Word| {
            about().any(|word| {
                word.by == Speaker::Person
                    && word.said.kind == DecisionKind::Trust
                    && word.time > distrust.time
            })
        };
        about().any(|word| word.said.kind == DecisionKind::Distrust && !ended(word))
    }
}

/// The rule `newest`: the latest decision wins; distrust wins a tie.
fn weigh_by_time(before: Option<&Decided>, word: &Word) -> NaiveRuling {
    match before {
        None => NaiveRuling::New,
        Some(before) if !is_later(word, before.kind, before.time) => NaiveRuling::Nothing("stale"),
        Some(before) if before.kind == word.said.kind => NaiveRuling::Again,
        Some(_) => NaiveRuling::New,
    }
}

/// Whether a decision prevails over an earlier one with this kind and time.
pub(super) fn is_later(word: &Word, kind: DecisionKind, time: i64) -> bool {
    word.time > time
        || word.time == time && word.said.kind == DecisionKind::Distrust && kind == DecisionKind::Trust
}
