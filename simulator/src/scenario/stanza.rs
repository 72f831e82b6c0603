use serde::{Deserialize, Serialize};

use super::model::is_default;
use super::{BareAddress, DateTime, DeviceName, EncryptionNamespace, FullAddress, KeyName};

/// A stanza made by hand, straight to one device. Its XML is not checked: broken one is worth testing, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Deliver")]
pub struct DeliverStep {
    /// The device at which it arrives.
    pub to: DeviceName,
    /// The full JID in the stanza's `from`. If not given, the stanza has no `from`: it is from the account of the
    /// device itself (RFC 6120 §8.1.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<FullAddress>,
    /// The bare JID in the stanza's `to`. That of the device's account if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressed_to: Option<BareAddress>,
    /// The stanza's `type`. `chat` if not given.
    #[serde(default, rename = "type", skip_serializing_if = "is_default")]
    pub stanza_type: StanzaType,
    /// The stanza's `id`. Made up if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What was encrypted in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<EncryptedPart>,
    /// What stood in it for everybody to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<String>,
    /// The bare JID from which it comes as a carbon copy. Not a carbon copy if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon_from: Option<BareAddress>,
    /// When it was sent, as the own server's delay stamp says (XEP-0203). Not delayed if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed_since: Option<DateTime>,
}

/// The type of a message stanza (RFC 6121 §5.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StanzaType {
    /// A message to one person: the type of trust messages (XEP-0434 §4).
    #[default]
    Chat,
    /// A message that could not be delivered and comes back.
    Error,
    /// A message to a group.
    Groupchat,
    /// News that nobody answers.
    Headline,
    /// A single message outside of a conversation.
    Normal,
}

/// The encrypted part of a stanza.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Encrypted")]
pub struct EncryptedPart {
    /// The encryption protocol. That of the scenario if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<EncryptionNamespace>,
    /// The key that the encryption names as the sender's. None if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyName>,
    /// What was encrypted, such as an `<envelope/>` with a `<trust-message/>` in it.
    pub xml: String,
}

/// A long chain of words arrives at one device: the holder of `first` trusts a key that nobody has, its holder the next one,
/// and so on to `last`. The device has discovered these keys. All words wait for their senders, until `from` says that it
/// trusts `first`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Chain")]
pub struct ChainStep {
    /// The device at which it arrives.
    pub to: DeviceName,
    /// The device that trusts the first key. What it says is made by hand: the device itself knows nothing of it.
    pub from: DeviceName,
    /// The first key of the chain.
    pub first: KeyName,
    /// The last key, which has the same owner.
    pub last: KeyName,
    /// How many words wait: at most 100000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = ChainStep::LONGEST)))]
    pub length: u32,
}

impl ChainStep {
    /// The number of words of the longest chain.
    pub const LONGEST: u32 = 100_000;
}

/// Trust messages about very many keys arrive at one device, which nobody has and which it never discovers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Flood")]
pub struct FloodStep {
    /// The device at which they arrive.
    pub to: DeviceName,
    /// The device that trusts these keys of its account. What it says is made by hand: the device itself knows nothing of it.
    pub from: DeviceName,
    /// How many keys there are: at most 100000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = FloodStep::MOST)))]
    pub keys: u32,
}

impl FloodStep {
    /// The number of keys in the greatest flood.
    pub const MOST: u32 = 100_000;
}
