//! The messages between `atm` and an adapter: the types for `ADAPTERS.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the protocol in this crate.
pub const PROTOCOL: u32 = 1;

/// The greatest length of an implementation's name or version, in characters. They appear in lines and tables.
pub const MAX_NAME: usize = 100;

/// The greatest length of an implementation's address, in characters.
pub const MAX_URL: usize = 2_000;

/// A key with its owner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Key {
    /// The bare JID of its owner.
    pub owner: String,
    /// Its identifier in Base64.
    pub id: String,
}

impl Key {
    /// The key as text for people.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{} of {}", self.id, self.owner)
    }
}

/// A command of `atm` to an adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Describe yourself.
    Hello(Greeting),
    /// A device joins its account.
    Create(Create),
    /// A device sees keys for the first time.
    Discover(Keys),
    /// Keys that a device discovered were removed from the device list.
    Forget(Keys),
    /// A person authenticates or distrusts keys of one owner.
    Decide(Decide),
    /// A person trusts keys without a comparison.
    TrustManually(Keys),
    /// A person scans a code.
    Scan(ScanCode),
    /// Return the code that a device shows for others to scan.
    OwnCode(At),
    /// A stanza arrives.
    Deliver(DeliverStanza),
    /// Return the trust levels of keys on a device.
    Read(Keys),
    /// A device stops and starts again from its stored state.
    Restart(At),
    /// Keep a copy of a device's stored state.
    BackUp(At),
    /// A device stops and starts again from the copy.
    Restore(At),
    /// Forget all devices.
    Reset,
    /// Answer, then exit.
    Stop,
}

impl Command {
    /// The line for this command, without its end.
    ///
    /// # Panics
    ///
    /// Never: all members can be written as JSON.
    #[must_use]
    pub fn to_line(&self, id: u64) -> String {
        let body = serde_json::to_string(self).expect("a command can be written as JSON");
        let members = body.strip_prefix('{').expect("a command is an object");
        format!(r#"{{"id":{id},{members}"#)
    }

    /// The value of the member `command`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Create(_) => "create",
            Self::Discover(_) => "discover",
            Self::Forget(_) => "forget",
            Self::Decide(_) => "decide",
            Self::TrustManually(_) => "trust-manually",
            Self::Scan(_) => "scan",
            Self::OwnCode(_) => "own-code",
            Self::Deliver(_) => "deliver",
            Self::Read(_) => "read",
            Self::Restart(_) => "restart",
            Self::BackUp(_) => "back-up",
            Self::Restore(_) => "restore",
            Self::Reset => "reset",
            Self::Stop => "stop",
        }
    }

    /// The device for which the command is, and the time on its clock.
    #[must_use]
    pub fn at(&self) -> Option<(&str, &str)> {
        Some(match self {
            Self::Create(create) => (&create.device, &create.now),
            Self::Discover(keys) | Self::Forget(keys) | Self::TrustManually(keys) | Self::Read(keys) => {
                (&keys.device, &keys.now)
            }
            Self::Decide(decide) => (&decide.device, &decide.now),
            Self::Scan(scan) => (&scan.device, &scan.now),
            Self::Deliver(deliver) => (&deliver.device, &deliver.now),
            Self::OwnCode(at) | Self::Restart(at) | Self::BackUp(at) | Self::Restore(at) => {
                (&at.device, &at.now)
            }
            Self::Hello(_) | Self::Reset | Self::Stop => return None,
        })
    }
}

/// The members of `hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Greeting {
    /// The version of the protocol that `atm` speaks.
    pub protocol: u32,
}

/// A device and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct At {
    /// The device's name.
    pub device: String,
    /// The time on the device's clock: a date and time in UTC with milliseconds.
    pub now: String,
}

/// The members of `create`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Create {
    /// The device's name.
    pub device: String,
    /// The time on the device's clock.
    pub now: String,
    /// Its full JID.
    pub jid: String,
    /// The namespace of the end-to-end encryption that all devices use.
    pub encryption: String,
    /// The identifier of its own key in Base64.
    pub key: String,
    /// Whether all endpoints of the account share that key.
    pub shared_key: bool,
    /// The policy for keys without a decision.
    pub policy: KeyPolicy,
}

/// The policy of a device for keys without a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyPolicy {
    /// Trust Only Authenticated Keys After First Authentication.
    Toakafa,
    /// None: such keys stay undecided.
    None,
}

/// A device and keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Keys {
    /// The device's name.
    pub device: String,
    /// The time on the device's clock.
    pub now: String,
    /// The keys.
    pub keys: Vec<Key>,
}

/// The members of `decide`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decide {
    /// The device's name.
    pub device: String,
    /// The time on the device's clock.
    pub now: String,
    /// The bare JID of the account whose keys are decided on.
    pub owner: String,
    /// The identifiers of the keys that the person authenticates, in Base64.
    pub trust: Vec<String>,
    /// The identifiers of the keys that the person distrusts, in Base64.
    pub distrust: Vec<String>,
}

/// The members of `scan`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScanCode {
    /// The device's name.
    pub device: String,
    /// The time on the device's clock.
    pub now: String,
    /// The text of the code: a Trust Message URI, possibly malformed.
    pub uri: String,
}

/// The members of `deliver`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliverStanza {
    /// The device's name.
    pub device: String,
    /// The time on the device's clock.
    pub now: String,
    /// The stanza as the server delivers it, with an empty `<encrypted/>` in place of the encrypted part.
    pub stanza: String,
    /// The encrypted part; `null` if there is none.
    pub encrypted: Option<Decrypted>,
}

/// The encrypted part of an arriving stanza.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decrypted {
    /// The namespace of the encryption.
    pub encryption: String,
    /// The sender's key that the encryption names; `null` if it names none.
    pub sender: Option<Key>,
    /// The plaintext.
    pub content: String,
}

/// A stanza that a device sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SentStanza {
    /// The stanza as the device sends it to the server, with an empty `<encrypted/>` in place of the encrypted part.
    pub stanza: String,
    /// The encrypted part; `null` if there is none.
    pub encrypted: Option<EncryptedContent>,
}

/// The encrypted part of a sent stanza.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EncryptedContent {
    /// The namespace of the encryption.
    pub encryption: String,
    /// The keys that can decrypt it.
    pub keys: Vec<Key>,
    /// The plaintext.
    pub content: String,
}

/// The `ok` of `hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Hello {
    /// The version of the protocol that the adapter speaks.
    pub protocol: u32,
    /// The implementation behind the adapter.
    pub implementation: About,
    /// The source of its time.
    pub clock: Clock,
    /// The namespaces of the encryptions whose keys it accepts; `*` for any.
    pub encryptions: Vec<String>,
    /// The policies that it supports for keys without a decision.
    #[serde(default)]
    pub policies: Vec<KeyPolicy>,
    /// The optional features that it supports.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// The meaning of each of its trust levels.
    pub levels: BTreeMap<String, LevelName>,
    /// Whether it can ask a person before it follows a trust message. The adapter must switch that off.
    #[serde(default)]
    pub asks_before_automatic_decisions: bool,
}

/// An implementation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct About {
    /// Its name.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = MAX_NAME)))]
    pub name: String,
    /// Its version.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_NAME)))]
    pub version: String,
    /// A page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_URL)))]
    pub url: Option<String>,
}

impl About {
    /// The member whose length is not permitted, and the error.
    pub(crate) fn wrong_length(&self) -> Option<(&'static str, String)> {
        let members = [
            ("name", Some(&self.name), 1..=MAX_NAME),
            ("version", Some(&self.version), 0..=MAX_NAME),
            ("url", self.url.as_ref(), 0..=MAX_URL),
        ];
        members.into_iter().find_map(|(member, text, range)| {
            let length = text?.chars().count();
            let (least, most) = (range.start(), range.end());
            let what = || format!("it has {length} characters, but {least} to {most} are allowed");
            (!range.contains(&length)).then(|| (member, what()))
        })
    }
}

/// The source of an implementation's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// From the `now` of each command.
    Injected,
    /// From the clock of the machine.
    System,
}

/// An optional feature of an implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Accept a Trust Message URI.
    Scan,
    /// Let a person trust a key without a comparison.
    TrustManually,
    /// Start from the stored state.
    Restart,
    /// One key for all endpoints of an account.
    SharedKey,
    /// Report the postponed decisions.
    Postponed,
    /// Note that keys were removed from a device list.
    Forget,
    /// Keep a copy of the stored state, and start from it.
    Backup,
    /// Return the code that a device shows.
    OwnCode,
    /// Report the bodies of arriving messages that were shown to the person.
    Shown,
    /// Report the size of the stored state in bytes.
    Stored,
}

impl Feature {
    /// The name in the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::TrustManually => "trust-manually",
            Self::Restart => "restart",
            Self::SharedKey => "shared-key",
            Self::Postponed => "postponed",
            Self::Forget => "forget",
            Self::Backup => "backup",
            Self::OwnCode => "own-code",
            Self::Shown => "shown",
            Self::Stored => "stored",
        }
    }
}

/// A level of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LevelName {
    /// There is no decision, or the key is unknown.
    Undecided,
    /// Used because of a policy.
    AutomaticallyTrusted,
    /// Not used because of a policy.
    AutomaticallyDistrusted,
    /// A person trusts it without a comparison.
    ManuallyTrusted,
    /// A person or a trust message authenticated it.
    Authenticated,
    /// A person or a trust message distrusted it.
    Distrusted,
}

/// The `ok` of `discover`, `forget`, `decide`, `trust-manually`, `scan`, `deliver`, `restart`, `back-up` and `restore`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SentStanzas {
    /// The stanzas that the device sent since its last answer.
    pub sent: Vec<SentStanza>,
    /// The bodies that were shown to the person, in the answer to `deliver`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Vec<String>>,
}

/// The `ok` of `own-code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnCode {
    /// The Trust Message URI that others scan.
    pub uri: String,
}

/// The `ok` of `read`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadLevels {
    /// The name of each key's level, in the order of the request.
    pub levels: Vec<String>,
    /// The postponed decisions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postponed: Option<Vec<PostponedDecisions>>,
    /// The size of the device's whole stored state in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<u64>,
}

/// The postponed decisions of one sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostponedDecisions {
    /// The sender's key.
    pub sender: Key,
    /// The keys that it trusts.
    pub trust: Vec<Key>,
    /// The keys that it distrusts.
    pub distrust: Vec<Key>,
}

/// The `ok` of `create`, `reset` and `stop`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Nothing {}

/// The answer that an implementation lacks a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unsupported {
    /// The missing feature.
    pub feature: String,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// A page that tracks the gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// The answer that a command failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorAnswer {
    /// Whether the state is known after the error.
    pub kind: ErrorKind,
    /// The error in words.
    pub message: String,
}

/// Whether the state is known after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// Known: nothing changed.
    Definite,
    /// Unknown.
    Indefinite,
}
