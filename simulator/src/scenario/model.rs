use std::collections::BTreeMap;

use atm_engine::KeySharing;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    BareAddress, Breaks, DateTime, DeviceName, EncryptionNamespace, KeyText, Name, Named, RequirementId,
    ScenarioExpectations, Step, TimeSpan,
};

mod latency;
pub use latency::Latency;

/// A scenario: accounts with their devices, the actions of people, and the expected results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scenario {
    /// The version of the scenario format: 1.
    pub format: FormatVersion,
    /// The purpose of the scenario, in one line.
    pub title: String,
    /// The course of the scenario and the reason why it matters, at any length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The requirements that the scenario tests, by their ids. A scenario for exploring needs none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<RequirementId>,
    /// The end-to-end encryption that all accounts use. OMEMO if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encryption: EncryptionNamespace,
    /// The virtual time at which the scenario starts. 2020-01-01T12:00:00Z if not given.
    #[serde(default = "default_start", skip_serializing_if = "is_default_start")]
    pub start: DateTime,
    /// The accounts, each by a name that the rest of the scenario uses.
    pub accounts: Named<Account>,
    /// Further keys that no device has, such as an adversary's key or one that was never seen.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub keys: Named<OtherKey>,
    /// How devices discover keys. `at-start` if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub discovery: Discovery,
    /// How stanzas travel. If not given, each stanza takes 20 ms, and all arrive before the next step.
    #[serde(default, skip_serializing_if = "is_default")]
    pub network: NetworkSpec,
    /// How a device treats keys without a decision. `toakafa` if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub policy: PolicySpec,
    /// The limits of the decisions that devices store on the word of others. Limits that are not given are generous.
    #[serde(default, skip_serializing_if = "is_default")]
    pub limits: LimitsSpec,
    /// The invariants of Automatic Trust Management that the scenario breaks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub breaks: Vec<Breaks>,
    /// How the resources of devices are made of their names. A scenario file cannot say that.
    #[serde(skip)]
    pub resources: Resources,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The expectations at the end. Here, `sent`, `told` and `refused` are about the whole run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expect: ScenarioExpectations,
}

/// How the resources of devices are made of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Resources {
    /// The name of a device is its resource.
    #[default]
    Names,
    /// The resource has characters that XML escapes, and those that separate the parts of a JID. RFC 7622 §3.4 allows all
    /// of them.
    Odd,
    /// These devices have these resources. The name of any other device is its resource.
    Given(BTreeMap<DeviceName, String>),
}

impl Resources {
    /// The resource of a device with this name.
    #[must_use]
    pub fn of(&self, name: &DeviceName) -> String {
        let device = || name.device.to_string();
        match self {
            Self::Names => device(),
            Self::Odd => format!("{}/@ 'a' & \"b\" <c>", name.device),
            Self::Given(resources) => resources.get(name).cloned().unwrap_or_else(device),
        }
    }
}

/// An account: one bare JID with its devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Account {
    /// The bare JID. `<name>@example.org` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jid: Option<BareAddress>,
    /// Whether all endpoints of the account share one key, as with OpenPGP (XEP-0450 calls it OOK). Then the account's
    /// name is also the name of that key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub one_key: bool,
    /// The identifier of the one key of all endpoints. Derived from the name if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyText>,
    /// The devices that the account has from the start, by name. The value of a name may be empty.
    #[serde(deserialize_with = "null_is_default")]
    #[cfg_attr(feature = "schema", schemars(with = "Named<Option<DeviceSpec>>"))]
    pub devices: Named<DeviceSpec>,
}

impl Account {
    /// Whether the endpoints of the account share one key.
    #[must_use]
    pub fn sharing(&self) -> KeySharing {
        if self.one_key { KeySharing::OneForAll } else { KeySharing::OnePerEndpoint }
    }
}

/// The settings of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Device")]
pub struct DeviceSpec {
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

impl Default for DeviceSpec {
    fn default() -> Self {
        Self { key: None, carbons: true, offline: false }
    }
}

/// A key that no device has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OtherKey {
    /// The account under which it is published or named.
    pub owner: Name,
    /// Its identifier. Derived from its name if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<KeyText>,
}

/// The limits of the decisions that devices store on the word of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Limits")]
pub struct LimitsSpec {
    /// Postponed decisions of one key of the own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_sender: Option<usize>,
    /// Postponed decisions of all keys of the own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_account: Option<usize>,
    /// Postponed decisions of one key of a contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_sender: Option<usize>,
    /// Postponed decisions of all keys of one contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_account: Option<usize>,
    /// Postponed decisions of all contacts together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts_total: Option<usize>,
    /// Decisions about undiscovered keys of one contact, made by that contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undiscovered_per_contact: Option<usize>,
}

/// How devices discover keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Discovery {
    /// Every device knows the keys of all devices from the start, or from the time at which they are added. With more
    /// than 100 devices, each device knows only the keys of its own account and of its contacts. Two accounts are
    /// contacts if, in some step, a device of one decides on a key of the other, discovers it, or receives a stanza
    /// from the other.
    #[default]
    AtStart,
    /// Only by `discover` steps.
    BySteps,
}

/// How stanzas travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Network")]
pub struct NetworkSpec {
    /// The time that a stanza takes. 20 ms if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub latency: Latency,
    /// The delivery of stanzas between two steps. `drained` if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub delivery: Delivery,
    /// The virtual time between two steps. 2 s if not given.
    #[serde(default = "default_pause", skip_serializing_if = "is_default_pause")]
    pub pause: TimeSpan,
}

impl Default for NetworkSpec {
    fn default() -> Self {
        Self { latency: Latency::default(), delivery: Delivery::default(), pause: default_pause() }
    }
}

/// The delivery of stanzas between two steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// All stanzas that can be delivered are delivered before the next step.
    #[default]
    Drained,
    /// Only the pause passes, so that slow stanzas are still in transit.
    InFlight,
}

/// How a device treats keys without a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[serde(rename = "Policy")]
pub enum PolicySpec {
    /// Trust Only Authenticated Keys After First Authentication, the policy that XEP-0450 recommends. New keys are
    /// trusted until the first key of their owner is authenticated. From then on, only authenticated keys are trusted.
    #[default]
    Toakafa,
    /// None: such keys stay undecided.
    None,
}

/// The version of the scenario format. There is only version 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatVersion;

impl FormatVersion {
    /// The number of the only version.
    pub const NUMBER: u64 = 1;
}

impl Serialize for FormatVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for FormatVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            other => Err(D::Error::invalid_value(Unexpected::Unsigned(other), &"1")),
        }
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for FormatVersion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Format version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": Self::NUMBER, "description": "The version of the scenario format: 1." })
    }
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

pub(super) fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
pub(super) fn is_yes(value: &bool) -> bool {
    *value
}

pub(crate) fn default_start() -> DateTime {
    "2020-01-01T12:00:00Z".parse().expect("a valid date")
}

pub(super) fn is_default_start(start: &DateTime) -> bool {
    *start == default_start()
}

fn default_pause() -> TimeSpan {
    TimeSpan::from_millis(2_000)
}

fn is_default_pause(pause: &TimeSpan) -> bool {
    *pause == default_pause()
}

/// Reads an empty value, as in `phone:`, as a device with the default settings.
fn null_is_default<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Named<DeviceSpec>, D::Error> {
    let devices = Named::<Option<DeviceSpec>>::deserialize(deserializer)?;
    Ok(devices.into_iter().map(|(name, device)| (name, device.unwrap_or_default())).collect())
}
