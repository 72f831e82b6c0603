use serde::{Deserialize, Serialize};

use super::model::is_default;
use super::{Address, BareAddress, DateTime, DeviceName, EncryptionNamespace, FullAddress, KeyName};

/// A handwritten stanza for one device. Its XML is not checked, since broken XML is worth testing, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Deliver")]
pub struct DeliverStep {
    /// The device at which it arrives.
    pub to: DeviceName,
    /// The full JID in the stanza's `from`. If not given, the stanza has no `from`, so it is from the account of the
    /// device itself (RFC 6120 §8.1.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<FullAddress>,
    /// The bare JID in the stanza's `to`. The JID of the device's account if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressed_to: Option<BareAddress>,
    /// The stanza's `type`. `chat` if not given.
    #[serde(default, rename = "type", skip_serializing_if = "is_default")]
    pub stanza_type: StanzaType,
    /// The stanza's `id`. Generated if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The encrypted part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<EncryptedPart>,
    /// The part in the clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<String>,
    /// The JID from which it comes as a carbon copy. Not a carbon copy if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon_from: Option<Address>,
    /// The time of sending in the delay stamp of the own server (XEP-0203). Not delayed if not given.
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
    /// A message that expects no answer.
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
    /// The encryption protocol. The one of the scenario if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<EncryptionNamespace>,
    /// The sender's key that the encryption names. None if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyName>,
    /// The plaintext, such as an `<envelope/>` that contains a `<trust-message/>`.
    pub xml: String,
}

/// A long chain of trust messages arrives at one device: the holder of `first` trusts a key that no device has, the
/// holder of that key trusts the next one, and so on to `last`. The device has discovered these keys. All decisions are
/// postponed until a message from `from` trusts `first`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Chain")]
pub struct ChainStep {
    /// The device at which it arrives.
    pub to: DeviceName,
    /// The device that trusts the first key. Its message is handwritten: the device itself does not know it.
    pub from: DeviceName,
    /// The first key of the chain.
    pub first: KeyName,
    /// The last key, which has the same owner.
    pub last: KeyName,
    /// The number of postponed decisions, at most 100000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = ChainStep::LONGEST)))]
    pub length: u32,
}

impl ChainStep {
    /// The number of decisions in the longest chain.
    pub const LONGEST: u32 = 100_000;
}

/// Trust messages about very many keys arrive at one device. No device has these keys, and the receiver never discovers
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Flood")]
pub struct FloodStep {
    /// The device at which they arrive.
    pub to: DeviceName,
    /// The device that trusts these keys of its account. Its messages are handwritten: the device itself does not know
    /// them.
    pub from: DeviceName,
    /// The number of keys, at most 100000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = FloodStep::MOST)))]
    pub keys: u32,
}

impl FloodStep {
    /// The number of keys in the greatest flood.
    pub const MOST: u32 = 100_000;
}
