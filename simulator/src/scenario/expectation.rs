use atm_engine::Reason;
use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::model::is_default;
#[cfg(feature = "schema")]
use super::reason::WrittenReason;
use super::{DeviceName, DeviceToKeys, KeyName, Name, Named, RequirementId};

/// What must be true.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Expectations")]
pub struct ScenarioExpectations {
    /// What requirements mean in this scenario, for any implementation: under the id of each what it demands.
    /// The ids stand in the scenario's list of requirements, too.
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "schema", schemars(transform = each_demands_something))]
    pub required: Named<Vec<Required>, RequirementId>,
    /// What the texts leave open, under the id of each such question: one answer to it. What an implementation
    /// does is told, and neither answer is a failure. The ids stand in the scenario's list of requirements, too.
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "schema", schemars(transform = each_demands_something))]
    pub facts: Named<Vec<Required>, RequirementId>,
    /// What the engine of this project does, under each of its rules.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reference: Vec<Reference>,
    /// What the engine of this project does only if it announces just what the person decided on.
    #[serde(default, skip_serializing_if = "is_default")]
    pub direct: Vec<Reference>,
    /// What the engine of this project does only if it also announces what a decision released.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cascade: Vec<Reference>,
    /// What the engine of this project does only if it also announces what received messages decided.
    #[serde(default, skip_serializing_if = "is_default")]
    pub relay: Vec<Reference>,
    /// What the engine of this project does only if the newest decision on a key wins.
    #[serde(default, skip_serializing_if = "is_default")]
    pub newest: Vec<Reference>,
    /// What the engine of this project does only if a distrust stands until the one who spoke it, or a person
    /// on the device, takes it back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cautious: Vec<Reference>,
    /// Expectations of the engine of this project that hold only if a distrust stands until somebody who knows of it trusts
    /// the key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub named: Vec<Reference>,
    /// Where each stands in its file, if it comes from one.
    #[serde(skip)]
    pub(crate) lines: Lines,
}

impl ScenarioExpectations {
    /// Whether nothing is expected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.required.is_empty()
            && self.facts.is_empty()
            && self.reference_lists().iter().all(|(_, list)| list.is_empty())
    }

    /// What requirements demand, with the id of the requirement, in the order of the file.
    pub fn demands(&self) -> impl Iterator<Item = (&RequirementId, &Required)> {
        under_ids(&self.required)
    }

    /// Answers to what the texts leave open, with the id of the question, in the order of the file.
    pub fn answers(&self) -> impl Iterator<Item = (&RequirementId, &Required)> {
        under_ids(&self.facts)
    }

    /// The lists of what the engine does, with the keys under which they stand.
    #[must_use]
    pub fn reference_lists(&self) -> [(&'static str, &[Reference]); 7] {
        [
            ("reference", &self.reference),
            ("direct", &self.direct),
            ("cascade", &self.cascade),
            ("relay", &self.relay),
            ("newest", &self.newest),
            ("cautious", &self.cautious),
            ("named", &self.named),
        ]
    }
}

fn under_ids(
    expected: &Named<Vec<Required>, RequirementId>,
) -> impl Iterator<Item = (&RequirementId, &Required)> {
    expected.iter().flat_map(|(id, list)| list.iter().map(move |one| (id, one)))
}

/// No id stands there without an expectation.
#[cfg(feature = "schema")]
fn each_demands_something(schema: &mut schemars::Schema) {
    let lists = schema.get_mut("patternProperties").and_then(|lists| lists.as_object_mut());
    for list in lists.into_iter().flat_map(|lists| lists.values_mut()) {
        if let Some(list) = list.as_object_mut() {
            list.insert("minItems".to_owned(), 1.into());
        }
    }
}

/// Something that a requirement demands of any implementation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Required {
    /// The trust levels of keys on devices.
    Levels(ExpectedLevels),
    /// Every device of these accounts has authenticated every other key of them.
    Complete(Vec<Name>),
    /// A device learned decisions from another one: it could decrypt messages that say them.
    Told(Told),
    /// A device did not learn anything about some keys: it could not decrypt any message that says it.
    NotTold(NotTold),
    /// The keys for which a device encrypts its messages: exactly these, of all keys that there are.
    MayEncrypt(MayEncrypt),
    /// Keys for which a device does not encrypt its messages.
    MayNotEncrypt(MayEncrypt),
    /// What people wrote was shown to the person at a device.
    Shown(ExpectedBody),
    /// How much a device has stored.
    Stored(ExpectedSize),
}

impl Required {
    /// The devices whose behaviour it shows; none if it is everybody's.
    #[must_use]
    pub fn concerns(&self) -> Vec<DeviceName> {
        match self {
            Self::Levels(levels) => {
                let mut devices: Vec<DeviceName> = Vec::new();
                for pair in levels.lists().into_iter().flat_map(|(_, pairs)| pairs) {
                    if !devices.contains(&pair.device) {
                        devices.push(pair.device.clone());
                    }
                }
                devices
            }
            Self::Told(told) => vec![told.by.clone()],
            Self::NotTold(not_told) => not_told.by.iter().cloned().collect(),
            Self::MayEncrypt(keys) | Self::MayNotEncrypt(keys) => vec![keys.from.clone()],
            Self::Shown(shown) => vec![shown.device.clone()],
            Self::Stored(stored) => vec![stored.device.clone()],
            Self::Complete(_) => Vec::new(),
        }
    }
}

/// Something that the engine of this project does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// The trust levels of keys on devices.
    Levels(ExpectedLevels),
    /// Every device of these accounts has authenticated every other key of them.
    Complete(Vec<Name>),
    /// A device learned decisions from another one: it could decrypt messages that say them.
    Told(Told),
    /// A device did not learn anything about some keys: it could not decrypt any message that says it.
    NotTold(NotTold),
    /// The keys for which a device encrypts its messages: exactly these, of all keys that there are.
    MayEncrypt(MayEncrypt),
    /// Keys for which a device does not encrypt its messages.
    MayNotEncrypt(MayEncrypt),
    /// What people wrote was shown to the person at a device.
    Shown(ExpectedBody),
    /// How much a device has stored.
    Stored(ExpectedSize),
    /// Numbers of authentications and messages.
    Counts(Counts),
    /// Who has not authenticated which keys: exactly these, of all that there are.
    Missing(Vec<DeviceToKeys>),
    /// How keys came to their levels.
    Origins(Origins),
    /// By whose trust message a key was authenticated.
    AuthenticatedBy(AuthenticatedBy),
    /// The trust messages that were sent: exactly these, in any order. An empty list: none.
    Sent(Vec<ExpectedMessage>),
    /// What was refused and why: at least these.
    Refused(Vec<Refused>),
    /// The decisions of one sender that a device keeps until that sender is authenticated: exactly these.
    Postponed(ExpectedPostponed),
}

impl From<Required> for Reference {
    fn from(required: Required) -> Self {
        match required {
            Required::Levels(levels) => Self::Levels(levels),
            Required::Complete(accounts) => Self::Complete(accounts),
            Required::Told(told) => Self::Told(told),
            Required::NotTold(not_told) => Self::NotTold(not_told),
            Required::MayEncrypt(keys) => Self::MayEncrypt(keys),
            Required::MayNotEncrypt(keys) => Self::MayNotEncrypt(keys),
            Required::Shown(shown) => Self::Shown(shown),
            Required::Stored(stored) => Self::Stored(stored),
        }
    }
}

/// Trust levels: under each, which keys have it on which devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Levels")]
pub struct ExpectedLevels {
    /// Nothing was decided about them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub undecided: Vec<DeviceToKeys>,
    /// Trusted by the device's policy.
    #[serde(default, skip_serializing_if = "is_default")]
    pub automatically_trusted: Vec<DeviceToKeys>,
    /// Not trusted by the device's policy.
    #[serde(default, skip_serializing_if = "is_default")]
    pub automatically_distrusted: Vec<DeviceToKeys>,
    /// Trusted by a person who did not compare anything.
    #[serde(default, skip_serializing_if = "is_default")]
    pub manually_trusted: Vec<DeviceToKeys>,
    /// Authenticated, by a person or by a trust message.
    #[serde(default, skip_serializing_if = "is_default")]
    pub authenticated: Vec<DeviceToKeys>,
    /// Distrusted, by a person or by a trust message.
    #[serde(default, skip_serializing_if = "is_default")]
    pub distrusted: Vec<DeviceToKeys>,
    /// Any level but `authenticated`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_authenticated: Vec<DeviceToKeys>,
    /// Any level but `distrusted`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_distrusted: Vec<DeviceToKeys>,
}

impl ExpectedLevels {
    /// The lists, with the keys under which they stand.
    #[must_use]
    pub fn lists(&self) -> [(&'static str, &[DeviceToKeys]); 8] {
        [
            ("undecided", &self.undecided),
            ("automatically-trusted", &self.automatically_trusted),
            ("automatically-distrusted", &self.automatically_distrusted),
            ("manually-trusted", &self.manually_trusted),
            ("authenticated", &self.authenticated),
            ("distrusted", &self.distrusted),
            ("not-authenticated", &self.not_authenticated),
            ("not-distrusted", &self.not_distrusted),
        ]
    }
}

/// A device learned decisions from another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Told {
    /// The device that sent them.
    pub by: DeviceName,
    /// The device that could decrypt them.
    pub device: DeviceName,
    /// Keys to trust, at least.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trust: Vec<KeyName>,
    /// Keys to distrust, at least.
    #[serde(default, skip_serializing_if = "is_default")]
    pub distrust: Vec<KeyName>,
}

/// A device did not learn anything about some keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NotTold {
    /// The device that did not tell. None told if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<DeviceName>,
    /// The device that was not told.
    pub device: DeviceName,
    /// The keys about which it could decrypt neither trust nor distrust.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub about: Vec<KeyName>,
}

/// For which keys a device encrypts its messages to their owners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MayEncrypt {
    /// The device that writes.
    pub from: DeviceName,
    /// The keys. Of other accounts nothing is said, unless the list is empty.
    pub to: Vec<KeyName>,
}

/// A message that people read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Shown")]
pub struct ExpectedBody {
    /// The device that showed it, at any time until then.
    pub device: DeviceName,
    /// What its `<body/>` says.
    pub body: String,
}

/// How much a device has stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Stored")]
pub struct ExpectedSize {
    /// The device.
    pub device: DeviceName,
    /// How many bytes it has stored at most.
    pub at_most: u64,
}

/// Numbers of authentications and messages. What is not given is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Counts {
    /// Keys that people authenticated, counted on each device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<u32>,
    /// Keys that trust messages authenticated, counted on each device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<u32>,
    /// Both together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated: Option<u32>,
    /// How many there could be: each device with the key of each other device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible: Option<u32>,
    /// Trust messages that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<u32>,
}

/// How keys came to their levels on devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Origins {
    /// A person decided on the device.
    #[serde(default, skip_serializing_if = "is_default")]
    pub manual: Vec<DeviceToKeys>,
    /// A trust message decided.
    #[serde(default, skip_serializing_if = "is_default")]
    pub message: Vec<DeviceToKeys>,
}

/// By whose trust message a key was authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthenticatedBy {
    /// The device on which it is authenticated.
    pub device: DeviceName,
    /// The key that is authenticated.
    pub key: KeyName,
    /// The key of the endpoint whose message did it.
    pub sender: KeyName,
}

/// A trust message that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Sent")]
pub struct ExpectedMessage {
    /// The device that sent it.
    pub by: DeviceName,
    /// The account to which it was addressed.
    pub to: Name,
    /// The keys for which it was encrypted: exactly these.
    #[serde(rename = "for")]
    pub encrypted_for: Vec<KeyName>,
    /// The keys that it trusts: exactly these.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trust: Vec<KeyName>,
    /// The keys that it distrusts: exactly these.
    #[serde(default, skip_serializing_if = "is_default")]
    pub distrust: Vec<KeyName>,
}

/// Something that a device refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Refused {
    /// The device that refused it.
    pub by: DeviceName,
    /// Why.
    #[cfg_attr(feature = "schema", schemars(with = "WrittenReason"))]
    pub because: Reason,
    /// The device from which it came. Any if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DeviceName>,
    /// The key that it was about. Any if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyName>,
}

/// Decisions that a device keeps until their sender is authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Postponed")]
pub struct ExpectedPostponed {
    /// The device that keeps them.
    pub device: DeviceName,
    /// The key of the sender.
    pub from: KeyName,
    /// The keys to trust: exactly these.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trust: Vec<KeyName>,
    /// The keys to distrust: exactly these.
    #[serde(default, skip_serializing_if = "is_default")]
    pub distrust: Vec<KeyName>,
}
