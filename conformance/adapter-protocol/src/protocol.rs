//! The messages between `atm` and an adapter: the types for `ADAPTERS.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the protocol that this crate speaks.
pub const PROTOCOL: u32 = 1;

/// The greatest length of an implementation's name or version, in characters. They appear in lines and tables.
pub const MAX_NAME: usize = 100;

/// The greatest length of an implementation's address, in characters.
pub const MAX_URL: usize = 2_000;

/// A key: whose it is, and which one.
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

/// What `atm` asks an adapter to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Say who you are.
    Hello(Greeting),
    /// A device joins its account.
    Create(Create),
    /// A device sees keys for the first time.
    Discover(Keys),
    /// Keys that a device discovered have left their list.
    Forget(Keys),
    /// A person authenticates or distrusts keys of one owner.
    Decide(Decide),
    /// A person trusts keys without comparing anything.
    TrustManually(Keys),
    /// A person scans a code.
    Scan(ScanCode),
    /// Say which code a device shows for others to scan.
    OwnCode(At),
    /// A stanza arrives.
    Deliver(DeliverStanza),
    /// Say how far a device trusts keys.
    Read(Keys),
    /// A device stops and starts again from what it has stored.
    Restart(At),
    /// Keep a copy of what a device has stored.
    BackUp(At),
    /// A device stops and starts again from the copy that was kept.
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
}

/// What `hello` brings.
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
    /// What the device's clock shows: a date and time in UTC with milliseconds.
    pub now: String,
}

/// What `create` brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Create {
    /// The device's name.
    pub device: String,
    /// What the device's clock shows.
    pub now: String,
    /// Its full JID.
    pub jid: String,
    /// The namespace of the end-to-end encryption that all use.
    pub encryption: String,
    /// The identifier of its own key in Base64.
    pub key: String,
    /// Whether all endpoints of the account share that key.
    pub shared_key: bool,
    /// What it should do with keys that nobody decided on.
    pub policy: KeyPolicy,
}

/// What a device does with keys that nobody decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyPolicy {
    /// Trust Only Authenticated Keys After First Authentication.
    Toakafa,
    /// They stay undecided.
    None,
}

/// A device and keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Keys {
    /// The device's name.
    pub device: String,
    /// What the device's clock shows.
    pub now: String,
    /// The keys.
    pub keys: Vec<Key>,
}

/// What `decide` brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decide {
    /// The device's name.
    pub device: String,
    /// What the device's clock shows.
    pub now: String,
    /// The bare JID of the account whose keys are decided on.
    pub owner: String,
    /// The identifiers of the keys that the person authenticates, in Base64.
    pub trust: Vec<String>,
    /// The identifiers of the keys that the person distrusts, in Base64.
    pub distrust: Vec<String>,
}

/// What `scan` brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScanCode {
    /// The device's name.
    pub device: String,
    /// What the device's clock shows.
    pub now: String,
    /// What the code holds: a Trust Message URI, possibly broken.
    pub uri: String,
}

/// What `deliver` brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliverStanza {
    /// The device's name.
    pub device: String,
    /// What the device's clock shows.
    pub now: String,
    /// The stanza as it comes from the server, with an empty `<encrypted/>` where something was encrypted.
    pub stanza: String,
    /// What was encrypted; `null` if nothing was.
    pub encrypted: Option<Decrypted>,
}

/// What was encrypted in a stanza that arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decrypted {
    /// The namespace of the encryption.
    pub encryption: String,
    /// The key that the encryption names as the sender's; `null` if it names none.
    pub sender: Option<Key>,
    /// What came out of decrypting.
    pub content: String,
}

/// A stanza that a device sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SentStanza {
    /// The stanza as it goes to the server, with an empty `<encrypted/>` where something was encrypted.
    pub stanza: String,
    /// What was encrypted; `null` if nothing was.
    pub encrypted: Option<EncryptedContent>,
}

/// What was encrypted in a stanza that a device sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EncryptedContent {
    /// The namespace of the encryption.
    pub encryption: String,
    /// The keys that it was encrypted for: those that can decrypt it.
    pub keys: Vec<Key>,
    /// What was encrypted.
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
    /// Where its time comes from.
    pub clock: Clock,
    /// The namespaces of the encryptions whose keys it takes; `*` for any.
    pub encryptions: Vec<String>,
    /// What it can do with keys that nobody decided on.
    #[serde(default)]
    pub policies: Vec<KeyPolicy>,
    /// What it can do besides.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// What its levels of trust mean.
    pub levels: BTreeMap<String, LevelName>,
    /// Whether it can ask a person before it follows a trust message; that is switched off.
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
    /// Where to read about it.
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

/// Where the time of an implementation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// From the `now` of each command.
    Injected,
    /// From the clock of the machine.
    System,
}

/// Something that not every implementation can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Take a Trust Message URI.
    Scan,
    /// Let a person trust a key without comparing.
    TrustManually,
    /// Start from what is stored.
    Restart,
    /// One key for all endpoints of an account.
    SharedKey,
    /// Tell what is stored for senders that are not authenticated yet.
    Postponed,
    /// Take note that keys have left their list.
    Forget,
    /// Keep a copy of what is stored, and start from it.
    Backup,
    /// Say which code a device shows.
    OwnCode,
    /// Say what was shown to the person of what arrived.
    Shown,
    /// Say how many bytes are stored.
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
    /// Nothing is decided, or the key was never seen.
    Undecided,
    /// Used because a policy says so.
    AutomaticallyTrusted,
    /// Not used because a policy says so.
    AutomaticallyDistrusted,
    /// A person trusts it without having compared anything.
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
    /// What the device sent since its last answer.
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
    /// The name of each key's level, in the order in which the keys were asked for.
    pub levels: Vec<String>,
    /// What is stored for senders that are not authenticated yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postponed: Option<Vec<PostponedDecisions>>,
    /// How many bytes the device has stored, of everything that it stores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<u64>,
}

/// What is stored of one sender.
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

/// Says that an implementation cannot do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unsupported {
    /// What it cannot do.
    pub feature: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where that is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Says that something went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorAnswer {
    /// Whether the state is known.
    pub kind: ErrorKind,
    /// What went wrong.
    pub message: String,
}

/// Whether the state is known after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// Nothing changed.
    Definite,
    /// Nobody knows.
    Indefinite,
}
