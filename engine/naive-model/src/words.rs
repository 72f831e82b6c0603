//! The vocabulary of the model as text: `A1` is an endpoint and its key, `A` its account, `+B1` a decision.

use std::fmt;

use atm_engine::{DecisionKind, Level};

/// The encryption of the device.
pub const OURS: &str = "urn:example:encryption";

/// Another encryption. The names of its keys end with a star.
pub const OTHER: &str = "urn:example:other";

/// The account of an endpoint or a key: the letters at the beginning of the name.
#[must_use]
pub fn owner(name: &str) -> String {
    name.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

/// Whether a key belongs to the other encryption.
#[must_use]
pub fn is_foreign(key: &str) -> bool {
    key.ends_with('*')
}

/// A decision on a key.
#[derive(Clone, PartialEq)]
pub struct NaiveDecision {
    /// Whether the key is trusted or distrusted.
    pub kind: DecisionKind,
    /// The name of the key.
    pub key: String,
}

impl NaiveDecision {
    /// Creates a decision.
    #[must_use]
    pub fn new(kind: DecisionKind, key: &str) -> Self {
        Self { kind, key: key.to_owned() }
    }
}

impl fmt::Display for NaiveDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            DecisionKind::Trust => '+',
            DecisionKind::Distrust => '-',
        };
        write!(f, "{sign}{}", self.key)
    }
}

impl fmt::Debug for NaiveDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A message stanza that arrives.
#[derive(Clone, Debug)]
pub struct NaiveStanza {
    /// The endpoint in the stanza's `from`.
    pub from: String,
    /// The account in the stanza's `to`.
    pub to: String,
    /// The `id`: the endpoint that wrote the stanza, and its running number there.
    pub id: Option<(String, u64)>,
    /// The `from` of the wrapping carbon, if there is one.
    pub carbon_from: Option<String>,
    /// The encryption; `None` in the clear.
    pub encrypted_with: Option<String>,
    /// The key that the encryption layer names.
    pub encrypted_by: Option<String>,
    /// The key of the endpoint in the stanza's `from`, regardless of the encryption layer. Only quirks use it.
    pub claimed_by: Option<String>,
    /// The time at which the own server received the stanza, if the server says so.
    pub delayed_since: Option<i64>,
    /// Whether the trust message is malformed.
    pub malformed: bool,
    /// Whether the envelope has an `<rpad/>`.
    pub padded: bool,
    /// The `<time/>`.
    pub time: Option<i64>,
    /// The `<time/>` as written, read as if it were in UTC, if that differs. Only quirks use it.
    pub time_as_written: Option<i64>,
    /// The account in the `<from/>`.
    pub affix_from: Option<String>,
    /// The account in the `<to/>`.
    pub affix_to: Option<String>,
    /// Whether the usage is ATM.
    pub is_atm: bool,
    /// The encryption that the keys belong to.
    pub encryption: String,
    /// The decisions.
    pub decisions: Vec<NaiveDecision>,
    /// The names of these keys' distrusts.
    pub distrusts: Vec<NaiveDistrusts>,
}

/// The distrusts of a key, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NaiveDistrusts {
    /// The key.
    pub key: String,
    /// The standing distrusts.
    pub standing: Vec<String>,
    /// The overruled distrusts.
    pub overruled: Vec<String>,
}

impl NaiveStanza {
    /// The key that the encryption layer names.
    #[must_use]
    pub fn sender(&self) -> Option<&str> {
        self.encrypted_with.as_ref().and(self.encrypted_by.as_deref())
    }
}

/// A message to send. Unordered parts are sorted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NaiveMessage {
    /// The account of the addressee.
    pub to: String,
    /// The keys that it is encrypted for.
    pub keys: Vec<String>,
    /// The decisions in it.
    pub decisions: Vec<NaiveDecision>,
    /// The names of these keys' distrusts.
    pub distrusts: Vec<NaiveDistrusts>,
    /// The `<time/>`.
    pub time: i64,
}

impl NaiveMessage {
    /// Creates a message whose time is still 0.
    #[must_use]
    pub fn new(to: &str, mut keys: Vec<String>, mut decisions: Vec<NaiveDecision>) -> Self {
        keys.sort();
        decisions.sort();
        Self { to: to.to_owned(), keys, decisions, distrusts: Vec::new(), time: 0 }
    }
}

impl fmt::Debug for NaiveMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.decisions.iter().map(NaiveDecision::to_string).collect();
        write!(f, "to {} for {}: {} @{}", self.to, self.keys.join(" "), words.join(" "), self.time)?;
        if self.distrusts.is_empty() { Ok(()) } else { write!(f, " {:?}", self.distrusts) }
    }
}

impl Eq for NaiveDecision {}

impl Ord for NaiveDecision {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let of = |decision: &Self| (decision.key.clone(), decision.kind == DecisionKind::Distrust);
        of(self).cmp(&of(other))
    }
}

impl PartialOrd for NaiveDecision {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The result of an input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NaiveOutcome {
    /// The changes of the state.
    pub changes: Vec<String>,
    /// The messages to send.
    pub outgoing: Vec<NaiveMessage>,
    /// The refusals, each with its reason.
    pub refused: Vec<String>,
    /// The oddities that did not change anything.
    pub notices: Vec<String>,
}

impl NaiveOutcome {
    /// Records a new level of a key without an explicit decision.
    pub fn level(&mut self, key: &str, was: Level, level: Level) {
        if was != level {
            self.changes.push(format!("{key} {} -> {}", was.name(), level.name()));
        }
    }

    /// Records a refusal: of one decision, or of the whole input if `decision` is empty.
    pub fn refuse(&mut self, reason: &str, sender: Option<&str>, decision: &str, cause: &str) {
        self.refused.push(format!("{reason} {decision} of {} {cause}", sender.unwrap_or("nobody")));
    }

    /// Returns the outcome with all lists sorted.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.changes.sort();
        self.outgoing.sort();
        self.refused.sort();
        self.notices.sort();
        self
    }
}
