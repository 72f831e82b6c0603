//! The second model of a device: lists that are searched from the beginning, names instead of ids, one function per
//! rule. It is written from the rules, not from the engine, and is as simple as they allow.

mod admission;
mod announcing;
mod applying;
mod conflicts;
mod levels;
mod manual_decisions;
mod memories;
mod named_distrusts;
mod postponing;
mod summaries;

use atm_engine::{DecisionKind, Rules};

use crate::quirk::{AccountSide, Quirk};
use crate::words::{NaiveDecision, NaiveDistrusts, NaiveMessage, NaiveOutcome, NaiveStanza, owner};

/// The whole state of a device.
#[derive(Clone, Debug)]
pub struct NaiveDevice {
    endpoint: String,
    account: String,
    key: String,
    one_key: bool,
    rules: Rules,
    /// The differences from the engine.
    quirks: &'static [Quirk],
    /// The keys that were discovered.
    known: Vec<String>,
    /// The explicit decisions, one per key.
    decided: Vec<Decided>,
    /// The undiscovered keys for which a contact sent the first decision.
    kept_for_contacts: Vec<String>,
    /// The keys that a person trusted without comparing the fingerprint.
    trusted_manually: Vec<String>,
    /// The owners with a key that was ever authenticated.
    latched: Vec<String>,
    /// The postponed decisions of unauthenticated senders.
    left: Vec<Word>,
    /// Keys, each with a time up to which decisions from it are refused.
    distrusted_until: Vec<(String, i64)>,
    /// The last decision of each author on each key.
    words: Vec<Word>,
    /// The named distrusts.
    distrusts: Vec<named_distrusts::NamedDistrust>,
    /// The keys about which messages brought new distrusts in the current input.
    extended: Vec<String>,
    /// The keys that get a summary on discovery.
    awaited: Vec<String>,
    /// The messages that were not confirmed as sent.
    outbox: Vec<NaiveMessage>,
    /// The number of messages so far.
    written: u64,
    /// The time of the current input.
    now: i64,
    /// The state that only quirks need.
    aside: memories::Aside,
}

/// An explicit decision that holds.
#[derive(Clone, Debug)]
struct Decided {
    key: String,
    kind: DecisionKind,
    time: i64,
    by: Speaker,
}

/// A decision on a key, with its author and time.
#[derive(Clone, Debug)]
struct Word {
    by: Speaker,
    said: NaiveDecision,
    time: i64,
    /// The names of the distrusts that the message carries.
    distrusts: NaiveDistrusts,
}

/// The author of a decision.
#[derive(Clone, Debug, PartialEq)]
enum Speaker {
    /// A person at this device.
    Person,
    /// The endpoint with this key.
    Key(String),
}

impl NaiveDevice {
    /// Returns a new device that knows only its own key and has these quirks.
    #[must_use]
    pub fn new(endpoint: &str, key: &str, one_key: bool, rules: Rules, quirks: &'static [Quirk]) -> Self {
        let account = owner(endpoint);
        Self {
            endpoint: endpoint.to_owned(),
            account: account.clone(),
            key: key.to_owned(),
            one_key,
            rules,
            quirks,
            known: Vec::new(),
            decided: Vec::new(),
            kept_for_contacts: Vec::new(),
            trusted_manually: Vec::new(),
            // The own key counts as authenticated.
            latched: if one_key { vec![account] } else { Vec::new() },
            left: Vec::new(),
            distrusted_until: Vec::new(),
            words: Vec::new(),
            distrusts: Vec::new(),
            extended: Vec::new(),
            awaited: Vec::new(),
            outbox: Vec::new(),
            written: 0,
            now: 0,
            aside: memories::Aside::default(),
        }
    }

    /// Applies a person's decisions on keys.
    pub fn decide(&mut self, decisions: &[NaiveDecision], now: i64) -> NaiveOutcome {
        let mut told = NaiveOutcome::default();
        self.begin(now);
        self.on_manual_decision(decisions, now, &mut told);
        told
    }

    /// Trusts a key on behalf of a person who has not compared its fingerprint.
    pub fn trust_manually(&mut self, key: &str) -> NaiveOutcome {
        let mut told = NaiveOutcome::default();
        self.on_manual_trust(key, &mut told);
        told
    }

    /// Records that a key was discovered.
    pub fn discover(&mut self, key: &str, now: i64) -> NaiveOutcome {
        let mut told = NaiveOutcome::default();
        self.begin(now);
        self.on_discovery(key, now, &mut told);
        told
    }

    /// Drops everything that is known about a key.
    pub fn forget(&mut self, key: &str) {
        let is_other = |other: &String| other != key;
        self.known.retain(is_other);
        self.decided.retain(|decided| decided.key != key);
        self.trusted_manually.retain(is_other);
        self.left.retain(|word| word.by.key() != Some(key));
        self.words.retain(|word| word.said.key != key && word.by.key() != Some(key));
        self.distrusted_until.retain(|(other, _)| other != key);
        self.awaited.retain(is_other);
        self.distrusts.retain(|distrust| distrust.key != key);
    }

    /// Handles a message.
    pub fn receive(&mut self, heard: &NaiveStanza, now: i64) -> NaiveOutcome {
        let mut told = NaiveOutcome::default();
        self.begin(now);
        self.on_message(heard, now, &mut told);
        told
    }

    /// Confirms that a message was sent.
    pub fn sent(&mut self, message: &NaiveMessage) {
        if let Some(place) = self.outbox.iter().position(|waiting| waiting == message) {
            self.outbox.remove(place);
        }
    }

    /// Resumes the device: all unconfirmed messages are sent again.
    pub fn resume(&mut self, now: i64) -> NaiveOutcome {
        let mut told = NaiveOutcome::default();
        self.say_again(now, &mut told);
        told
    }

    /// The messages that were not confirmed as sent.
    #[must_use]
    pub fn outbox(&self) -> &[NaiveMessage] {
        &self.outbox
    }

    /// The postponed decisions of `sender`, with their times.
    #[must_use]
    pub fn left_by(&self, sender: &str) -> Vec<String> {
        let by = Speaker::Key(sender.to_owned());
        self.left
            .iter()
            .filter(|word| word.by == by)
            .map(|word| format!("{} @{}", word.said, word.time))
            .collect()
    }

    /// Something happens.
    fn begin(&mut self, now: i64) {
        self.extended.clear();
        self.now = now;
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    fn side(&self, account: &str) -> AccountSide {
        if account == self.account { AccountSide::Own } else { AccountSide::Contact }
    }

    fn is_known(&self, key: &str) -> bool {
        self.known.iter().any(|known| known == key)
    }

    fn decision_on(&self, key: &str) -> Option<&Decided> {
        self.decided.iter().find(|decided| decided.key == key)
    }

    fn verdict_on(&self, key: &str) -> Option<DecisionKind> {
        self.decision_on(key).map(|decided| decided.kind)
    }
}

impl Speaker {
    /// The key of the endpoint; `None` for a person.
    fn key(&self) -> Option<&str> {
        match self {
            Self::Person => None,
            Self::Key(key) => Some(key),
        }
    }
}

impl std::fmt::Display for Speaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key().unwrap_or("a person"))
    }
}
