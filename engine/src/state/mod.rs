//! The stored form of a device: one value with a format version, in which everything has its name.
//!
//! A [`StoredDevice`] holds no positions and no ids, so it does not matter which directory it is read into. Its lists
//! are in an order that counts (keys in the order in which they became known) or sorted by name. With the feature
//! `serde` it is written as `{"format": 1, "state": {…}}`; the order of members does not count. Reading it checks what it
//! is made of; turning it into a device checks that it does not contradict itself ([`BadState`]).

#[cfg(feature = "serde")]
mod format;
mod reading;
mod writing;

use crate::device::KeySharing;
use crate::distrust_ids::DistrustId;
use crate::jid::{BareJid, FullJid};
use crate::level::Level;
use crate::message::DecisionKind;
use crate::names::{Encryption, KeyIdentifier, Stamp};
use crate::settings::Rules;

pub use reading::BadState;

/// A device and the names that it refers to, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDevice(StateV1);

/// The format 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct StateV1 {
    endpoint: FullJid,
    #[cfg_attr(feature = "serde", serde(with = "format::encryption"))]
    encryption: Encryption,
    /// The device's own key.
    #[cfg_attr(feature = "serde", serde(with = "format::identifier"))]
    key: KeyIdentifier,
    sharing: KeySharing,
    rules: Rules,
    /// The secret behind the ids of a person's distrusts, under the conflict rule `named`.
    #[cfg_attr(
        feature = "serde",
        serde(default, with = "format::secret", skip_serializing_if = "format::is_default")
    )]
    distrust_secret: Option<[u8; 32]>,
    /// The keys of others, in the order in which they became known.
    keys: Vec<KnownKey>,
    /// The owners of whom a key was ever authenticated, in the order in which that happened.
    authenticated_owners: Vec<BareJid>,
    /// What senders left that are not authenticated, sorted by sender.
    postponed: Vec<LeftBySender>,
    /// The number of the next message to be sent.
    next_message: u64,
    /// The messages that were not confirmed as sent, by number.
    outbox: Vec<WaitingMessage>,
}

/// A key of the device's encryption.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct KeyName {
    owner: BareJid,
    #[cfg_attr(feature = "serde", serde(with = "format::identifier"))]
    identifier: KeyIdentifier,
}

/// What the device holds about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct KnownKey {
    key: KeyName,
    level: Level,
    by: Author,
    /// The time of the explicit decision.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "format::required"))]
    time: Option<Stamp>,
    discovered: bool,
    /// Whether the key's endpoint gets a summary when the key is discovered.
    owed_summary: bool,
    /// Whether the key takes up room of its owner among the keys that were never seen.
    takes_room: bool,
    /// Until when what the key says stays refused, since it was distrusted, or under `cautious` is.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "format::required"))]
    distrusted_until: Option<Stamp>,
    /// What each speaker said last about the key, under the conflict rule `cautious`; sorted by speaker.
    last_words: Vec<LastWord>,
    /// The distrusts of the key that are known by their ids, under the conflict rule `named`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "format::is_default"))]
    distrusts: StoredDistrusts,
    /// Those of them that came without an id.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "format::is_default"))]
    unnamed_distrusts: Vec<UnnamedWord>,
}

/// The distrusts of a key by their ids, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct StoredDistrusts {
    standing: Vec<DistrustId>,
    overruled: Vec<DistrustId>,
}

/// A distrust that came without an id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct UnnamedWord {
    by: KeyName,
    time: Stamp,
}

/// Who is behind a level or a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
enum Author {
    Policy,
    Person,
    Message(KeyName),
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct LastWord {
    by: Author,
    decision: DecisionKind,
    time: Stamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct LeftBySender {
    sender: KeyName,
    /// In the order in which they arrived.
    decisions: Vec<LeftDecision>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct LeftDecision {
    key: KeyName,
    decision: DecisionKind,
    time: Stamp,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "format::is_default"))]
    distrusts: StoredDistrusts,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct WaitingMessage {
    number: u64,
    to: BareJid,
    /// The addressee's keys that it is encrypted for.
    #[cfg_attr(feature = "serde", serde(with = "format::identifiers"))]
    keys: Vec<KeyIdentifier>,
    time: Stamp,
    decisions: Vec<WaitingDecision>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct WaitingDecision {
    key: KeyName,
    decision: DecisionKind,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "format::is_default"))]
    distrusts: StoredDistrusts,
}
