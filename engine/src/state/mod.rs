//! The stored form of a device: one value with a format version and names instead of ids.
//!
//! A [`StoredDevice`] contains no positions and no ids, so it can be read into any directory. Its lists are in a
//! significant order (keys in the order in which they became known) or sorted by name. With the feature `serde` it is
//! written as `{"format": 1, "state": {…}}`; the order of members does not matter. Reading checks the shape. Turning it
//! into a device checks its consistency ([`BadState`]).

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

/// A device and the names that it refers to, in stored form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDevice(StateV1);

/// The state in format 1.
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
    /// The owners with a key that was ever authenticated, in the order of their first authentications.
    authenticated_owners: Vec<BareJid>,
    /// The decisions of unauthenticated senders, sorted by sender.
    postponed: Vec<LeftBySender>,
    /// The number of the next message.
    next_message: u64,
    /// The messages that were not confirmed as sent, by number.
    outbox: Vec<WaitingMessage>,
}

/// The name of a key of the device's encryption protocol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct KeyName {
    owner: BareJid,
    #[cfg_attr(feature = "serde", serde(with = "format::identifier"))]
    identifier: KeyIdentifier,
}

/// The record of one key.
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
    /// Whether the key counts toward its owner's limit of undiscovered keys.
    takes_room: bool,
    /// The time up to which decisions from the key stay refused because of a distrust. Under `cautious` it also covers
    /// a key that is distrusted now.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "format::required"))]
    distrusted_until: Option<Stamp>,
    /// The last decision of each author on the key, under the conflict rule `cautious`; sorted by author.
    last_words: Vec<LastWord>,
    /// The known ids of the key's distrusts, under the conflict rule `named`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "format::is_default"))]
    distrusts: StoredDistrusts,
    /// The distrusts among them that came without an id.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "format::is_default"))]
    unnamed_distrusts: Vec<UnnamedWord>,
}

/// The ids of a key's distrusts, in ascending order.
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

/// The author of a level or a decision.
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
    /// The decisions, in the order of their arrival.
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
    /// The addressee's keys that the message is encrypted for.
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
