use serde::{Deserialize, Serialize};

use super::model::{is_default, is_yes, yes};
use super::{
    AccountPair, ChainStep, DeliverStep, DeviceName, DeviceToKeys, FloodStep, Forge, InjectDevice, KeyName,
    KeyText, Link, Name, ScenarioExpectations, SkewClock, SlowDown, TimeSpan,
};

/// One step of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A person compares the keys with their owner and authenticates them on a device: `alice/phone -> bob/phone`. The
    /// keys belong to one account.
    Authenticate(DeviceToKeys),
    /// A person distrusts keys on a device, for example because a device was lost: `alice/phone -> bob/phone`. The keys
    /// belong to one account.
    Distrust(DeviceToKeys),
    /// A person authenticates keys and distrusts others on a device in one decision: `{ by: alice/phone, authenticate:
    /// [bob/phone], distrust: [bob/tablet] }`. The keys belong to one account.
    Decide(DecideStep),
    /// A person trusts keys on a device with a click, without a comparison: `alice/phone -> bob/phone`. This does not
    /// authenticate them.
    TrustManually(DeviceToKeys),
    /// A person scans a code, such as a QR code, with a device: a Trust Message URI (XEP-0434).
    Scan(ScanStep),
    /// A device discovers keys, for example by fetching a device list: `alice/phone -> bob/phone`.
    Discover(DeviceToKeys),
    /// A device sees that keys were removed from their device list: `alice/phone -> bob/phone`. If they return, the
    /// device discovers them again.
    Forget(DeviceToKeys),
    /// An account gets a new device.
    AddDevice(AddDevice),
    /// A device leaves its account for good: `alice/laptop`. Its key stays known.
    RemoveDevice(DeviceName),
    /// A device loses its connection: `alice/phone`. The server archives its messages.
    GoOffline(DeviceName),
    /// A device connects again and receives its archived messages: `alice/phone`.
    GoOnline(DeviceName),
    /// A device stops and starts again from its stored state: `alice/phone`.
    Restart(DeviceName),
    /// A person makes a backup of the stored state of a device: `alice/phone`. It replaces an earlier backup.
    BackUp(DeviceName),
    /// A device starts again from its backup: `alice/phone`. Everything after the backup is lost.
    Restore(DeviceName),
    /// Virtual time passes: `5 min`.
    Wait(TimeSpan),
    /// From now on, the stanzas from one device to another are withheld: `alice/phone -> bob/phone`.
    Hold(Link),
    /// All withheld stanzas are delivered, and no more are withheld: `alice/phone -> bob/phone`.
    Release(Link),
    /// The first withheld stanza from one device to another is delivered. The others stay withheld:
    /// `alice/phone -> bob/phone`.
    LetThrough(Link),
    /// Stanzas from one device to another take longer from now on: `{ link: alice/phone -> bob/phone, latency: 3 s }`.
    SlowDown(SlowDown),
    /// The stanzas in transit or withheld from one device to another arrive in reverse order:
    /// `alice/phone -> bob/phone`.
    Reorder(Link),
    /// The stanzas from one device to another, in transit and later, arrive twice: `alice/phone -> bob/phone`.
    Duplicate(Link),
    /// The servers of two accounts cannot reach each other from now on. They keep their stanzas for each other:
    /// `alice <-> bob`.
    Partition(AccountPair),
    /// The servers of two accounts can reach each other again: `alice <-> bob`.
    Heal(AccountPair),
    /// A device crashes: `alice/phone`. It is down until a step `restart`, or until a person uses it.
    Crash(DeviceName),
    /// A device crashes the next time it has a message to send. It has stored its decision, but sends nothing. It is
    /// down until a step `restart`, or until a person uses it.
    CrashWhileSending(DeviceName),
    /// A device crashes the next time a stanza arrives. It stores nothing, and the server keeps the stanza. It is down
    /// until a step `restart`, or until a person uses it.
    CrashWhileReceiving(DeviceName),
    /// The clock of a device is wrong from now on: `{ device: alice/phone, by: { ahead: 10 min } }`.
    SkewClock(SkewClock),
    /// A device stops receiving copies of the messages of the account's other devices: `alice/phone`.
    CarbonsOff(DeviceName),
    /// A device receives copies of the messages of the account's other devices: `alice/phone`.
    CarbonsOn(DeviceName),
    /// A malicious server drops all stanzas from one device to another: `alice/phone -> bob/phone`. They are lost.
    Block(Link),
    /// A malicious server lets the stanzas from one device to another pass again: `alice/phone -> bob/phone`.
    Unblock(Link),
    /// A malicious server delivers again all stanzas that one device has sent to another: `alice/phone -> bob/phone`.
    Replay(Link),
    /// An adversary publishes the key of its own device under the account of a victim:
    /// `{ account: alice, name: evil }`.
    InjectDevice(InjectDevice),
    /// An adversary takes over a device and its key: `alice/phone`. The device continues as before, and the adversary
    /// can send messages from it.
    Compromise(DeviceName),
    /// An adversary sends a trust message from an injected or compromised device:
    /// `{ by: alice/evil, to: bob, trust: [alice/evil] }`.
    Forge(Forge),
    /// A handwritten stanza arrives at one device. Its sender and its XML may be anything.
    Deliver(DeliverStep),
    /// A long chain of trust messages arrives, each of which is postponed, and then a message that releases them all:
    /// `{ to: alice/phone, from: bob/phone, first: bob/tablet, last: bob/laptop, length: 20000 }`.
    Chain(ChainStep),
    /// Trust messages of one sender about very many keys arrive: `{ to: alice/phone, from: bob/tablet, keys: 50000 }`.
    Flood(FloodStep),
    /// Expectations at this point. Here, `sent`, `told` and `refused` are about the time since the last `expect` step,
    /// or since the start.
    Expect(ScenarioExpectations),
}

/// A person authenticates keys and distrusts others in one decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Decide")]
pub struct DecideStep {
    /// The device on which the person decides.
    pub by: DeviceName,
    /// The keys that the person compared with their owner.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub authenticate: Vec<KeyName>,
    /// The keys that the person distrusts.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub distrust: Vec<KeyName>,
}

/// A person scans a code with a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", try_from = "ScanFields", into = "ScanFields")]
#[cfg_attr(feature = "schema", schemars(with = "ScanFields"))]
#[serde(rename = "Scan")]
pub struct ScanStep {
    /// The device that scans.
    pub by: DeviceName,
    /// The scanned code.
    pub code: Code,
}

/// The content of a code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The Trust Message URI that this device shows.
    Of(DeviceName),
    /// This URI, which may be malformed.
    Uri(String),
}

/// A person scans a code with a device: either the code that another device shows, or a given URI.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", schemars(rename = "Scan"))]
struct ScanFields {
    /// The device that scans.
    by: DeviceName,
    /// The device that shows its code, which is the Trust Message URI of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code_of: Option<DeviceName>,
    /// The URI in the code, unchanged. It may be malformed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
}

impl TryFrom<ScanFields> for ScanStep {
    type Error = &'static str;

    fn try_from(fields: ScanFields) -> Result<Self, Self::Error> {
        let code = match (fields.code_of, fields.uri) {
            (Some(device), None) => Code::Of(device),
            (None, Some(uri)) => Code::Uri(uri),
            _ => return Err("`scan` needs either `code-of` or `uri`, and not both"),
        };
        Ok(Self { by: fields.by, code })
    }
}

impl From<ScanStep> for ScanFields {
    fn from(scan: ScanStep) -> Self {
        let (code_of, uri) = match scan.code {
            Code::Of(device) => (Some(device), None),
            Code::Uri(uri) => (None, Some(uri)),
        };
        Self { by: scan.by, code_of, uri }
    }
}

impl Step {
    /// The device that the step adds to an account, whether its owner or an adversary adds it.
    #[must_use]
    pub fn added_device(&self) -> Option<DeviceName> {
        match self {
            Self::AddDevice(added) => Some(added.device_name()),
            Self::InjectDevice(injected) => Some(injected.device_name()),
            _ => None,
        }
    }
}

impl AddDevice {
    /// The name of the new device.
    #[must_use]
    pub fn device_name(&self) -> DeviceName {
        DeviceName { account: self.account.clone(), device: self.name.clone() }
    }
}

/// An account gets a new device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AddDevice {
    /// The account.
    pub account: Name,
    /// The name of the new device, which no device of the account had before.
    pub name: Name,
    /// The identifier of its key. Derived from the names of account and device if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyText>,
    /// Whether the device receives copies of the messages that the account's other devices send and receive (message
    /// carbons, XEP-0280). Yes if not given.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub carbons: bool,
    /// Whether it is offline until a step `go-online`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offline: bool,
}
