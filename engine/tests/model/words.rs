//! What is said and told, as text: `A1` is an endpoint and its key, `A` the account, `+B1` a decision.

use std::fmt;

use atm_engine::{DecisionKind, Level};

/// The encryption of the device.
pub(crate) const OURS: &str = "urn:example:encryption";

/// Another encryption. The keys of it have a star after their name.
pub(crate) const OTHER: &str = "urn:example:other";

/// The account of an endpoint or a key: the letters with which the name begins.
pub(crate) fn owner(name: &str) -> String {
    name.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

/// Whether a key belongs to the other encryption.
pub(crate) fn is_foreign(key: &str) -> bool {
    key.ends_with('*')
}

/// A kind on a key.
#[derive(Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) kind: DecisionKind,
    pub(crate) key: String,
}

impl Said {
    pub(crate) fn new(kind: DecisionKind, key: &str) -> Self {
        Self { kind, key: key.to_owned() }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            DecisionKind::Trust => '+',
            DecisionKind::Distrust => '-',
        };
        write!(f, "{sign}{}", self.key)
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A message stanza that arrives.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) id: Option<(String, u64)>,
    pub(crate) carbon_from: Option<String>,
    pub(crate) encrypted_with: Option<String>,
    pub(crate) encrypted_by: Option<String>,
    pub(crate) delayed_since: Option<i64>,
    pub(crate) malformed: bool,
    pub(crate) padded: bool,
    pub(crate) time: Option<i64>,
    pub(crate) affix_from: Option<String>,
    pub(crate) affix_to: Option<String>,
    pub(crate) is_atm: bool,
    pub(crate) encryption: String,
    pub(crate) decisions: Vec<Said>,
}

impl Heard {
    /// The key that the encryption layer names.
    pub(crate) fn sender(&self) -> Option<&str> {
        self.encrypted_with.as_ref().and(self.encrypted_by.as_deref())
    }
}

/// A message to be sent. What has no order is sorted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    pub(crate) to: String,
    pub(crate) keys: Vec<String>,
    pub(crate) decisions: Vec<Said>,
    pub(crate) time: i64,
}

impl Message {
    pub(crate) fn new(to: &str, mut keys: Vec<String>, mut decisions: Vec<Said>) -> Self {
        keys.sort();
        decisions.sort();
        Self { to: to.to_owned(), keys, decisions, time: 0 }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.decisions.iter().map(Said::to_string).collect();
        write!(f, "to {} for {}: {} @{}", self.to, self.keys.join(" "), words.join(" "), self.time)
    }
}

impl Eq for Said {}

impl Ord for Said {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.key, self.kind).cmp(&(&other.key, other.kind))
    }
}

impl PartialOrd for Said {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What came of something that happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) changes: Vec<String>,
    pub(crate) outgoing: Vec<Message>,
    pub(crate) refused: Vec<String>,
    pub(crate) notices: Vec<String>,
}

impl Told {
    /// A key without an explicit decision got another level.
    pub(crate) fn level(&mut self, key: &str, was: Level, level: Level) {
        if was != level {
            self.changes.push(format!("{key} {} -> {}", was.name(), level.name()));
        }
    }

    /// A decision was refused; everything if `decision` is empty.
    pub(crate) fn refuse(&mut self, reason: &str, sender: Option<&str>, decision: &str, cause: &str) {
        self.refused.push(format!("{reason} {decision} of {} {cause}", sender.unwrap_or("nobody")));
    }

    /// The same with everything in sorted order.
    pub(crate) fn sorted(mut self) -> Self {
        self.changes.sort();
        self.outgoing.sort();
        self.refused.sort();
        self.notices.sort();
        self
    }
}
