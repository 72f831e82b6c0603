use serde::{Deserialize, Serialize};

use super::model::{is_default, is_yes, yes};
use super::{
    AccountPair, ChainStep, DeliverStep, DeviceName, DeviceToKeys, FloodStep, Forge, InjectDevice, KeyName,
    KeyText, Link, Name, ScenarioExpectations, SkewClock, SlowDown, TimeSpan,
};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A person compares the keys with their owner, and authenticates them on a device: `alice/phone ->
    /// bob/phone`. The keys belong to one account.
    Authenticate(DeviceToKeys),
    /// A person distrusts keys on a device, because one got lost, say: `alice/phone -> bob/phone`. The keys
    /// belong to one account.
    Distrust(DeviceToKeys),
    /// A person authenticates keys and distrusts others on a device, all in one decision: `{ by: alice/phone, authenticate:
    /// [bob/phone], distrust: [bob/tablet] }`. The keys belong to one account.
    Decide(DecideStep),
    /// A person trusts keys with a click on a device, without comparing anything: `alice/phone -> bob/phone`.
    /// That is no authentication.
    TrustManually(DeviceToKeys),
    /// A person scans a code, such as a QR code, with a device: a Trust Message URI (XEP-0434).
    Scan(ScanStep),
    /// A device comes to know that keys exist, by fetching a device list, say: `alice/phone -> bob/phone`.
    Discover(DeviceToKeys),
    /// A device sees that keys have left the list in which it found them: `alice/phone -> bob/phone`. If they return, it
    /// discovers them again.
    Forget(DeviceToKeys),
    /// An account gets a new device.
    AddDevice(AddDevice),
    /// A device leaves its account for good: `alice/laptop`. Its key stays known.
    RemoveDevice(DeviceName),
    /// A device loses its connection: `alice/phone`. What it misses, the server keeps for it.
    GoOffline(DeviceName),
    /// A device connects again and gets what it missed: `alice/phone`.
    GoOnline(DeviceName),
    /// A device stops and starts again from what it has stored: `alice/phone`.
    Restart(DeviceName),
    /// A person makes a backup of what a device has stored: `alice/phone`. An older one is replaced.
    BackUp(DeviceName),
    /// A device starts again from its backup: `alice/phone`. What came after the backup is gone.
    Restore(DeviceName),
    /// Virtual time passes: `5 min`.
    Wait(TimeSpan),
    /// From now on, what one device sends to another is withheld: `alice/phone -> bob/phone`.
    Hold(Link),
    /// What was withheld is delivered, and nothing is withheld any more: `alice/phone -> bob/phone`.
    Release(Link),
    /// The first stanza that is withheld from one device to another is delivered; the others stay withheld:
    /// `alice/phone -> bob/phone`.
    LetThrough(Link),
    /// What one device sends to another takes longer from now on: `{ link: alice/phone -> bob/phone,
    /// latency: 3 s }`.
    SlowDown(SlowDown),
    /// What is on its way, or withheld, from one device to another arrives in reverse order: `alice/phone ->
    /// bob/phone`.
    Reorder(Link),
    /// What is on its way from one device to another, and all that follows, arrives twice: `alice/phone ->
    /// bob/phone`.
    Duplicate(Link),
    /// The servers of two accounts cannot reach each other from now on; they keep what they have for each
    /// other: `alice <-> bob`.
    Partition(AccountPair),
    /// The servers of two accounts reach each other again: `alice <-> bob`.
    Heal(AccountPair),
    /// A device crashes: `alice/phone`. It is down until a step `restart`, or until a person uses it.
    Crash(DeviceName),
    /// A device crashes the next time it has something to send: it has stored what it decided, but nothing
    /// is sent. It is down until a step `restart`.
    CrashWhileSending(DeviceName),
    /// A device crashes the next time something arrives: it has not stored anything of that, and the server
    /// keeps it. It is down until a step `restart`.
    CrashWhileReceiving(DeviceName),
    /// The clock of a device is wrong from now on: `{ device: alice/phone, by: { ahead: 10 min } }`.
    SkewClock(SkewClock),
    /// A device gets no copies any more of what the account's other devices send: `alice/phone`.
    CarbonsOff(DeviceName),
    /// A device gets copies of what the account's other devices send: `alice/phone`.
    CarbonsOn(DeviceName),
    /// A malicious server drops all that one device sends to another: `alice/phone -> bob/phone`. What was
    /// dropped is lost.
    Block(Link),
    /// A malicious server lets through again what one device sends to another: `alice/phone -> bob/phone`.
    Unblock(Link),
    /// A malicious server delivers once more all that one device sent to another so far: `alice/phone ->
    /// bob/phone`.
    Replay(Link),
    /// An adversary publishes the key of a device of its own under somebody's account: `{ account: alice,
    /// name: evil }`.
    InjectDevice(InjectDevice),
    /// An adversary takes a device with its key: `alice/phone`. The device goes on as before; besides, it
    /// sends what the adversary wants.
    Compromise(DeviceName),
    /// An adversary sends a trust message from an injected or compromised device: `{ by: alice/evil, to: bob,
    /// trust: [alice/evil] }`.
    Forge(Forge),
    /// A stanza made by hand arrives at one device, whoever sent it and however broken it is.
    Deliver(DeliverStep),
    /// A long chain of words arrives that wait for each other, and then what releases all of them: `{ to: alice/phone,
    /// from: bob/phone, first: bob/tablet, last: bob/laptop, length: 20000 }`.
    Chain(ChainStep),
    /// Trust messages of one sender about very many keys arrive: `{ to: alice/phone, from: bob/tablet, keys: 50000 }`.
    Flood(FloodStep),
    /// What must be true at this moment. Here, what was sent, told and refused means since the last `expect`
    /// step, or since the start.
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
    /// What it scans.
    pub code: Code,
}

/// What a code says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The Trust Message URI that this device shows.
    Of(DeviceName),
    /// This URI, which may be broken.
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
    /// The device that shows its code: the Trust Message URI of its keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code_of: Option<DeviceName>,
    /// The URI that the code holds, as it is. It may be broken.
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
    /// The device that the step adds to an account, whoever does it.
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
    /// Whether it gets copies of what the account's other devices send and receive (message carbons,
    /// XEP-0280). Yes if not given.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub carbons: bool,
    /// Whether it is offline until a step `go-online`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offline: bool,
}
