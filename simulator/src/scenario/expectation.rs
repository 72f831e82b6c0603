use atm_engine::Reason;
use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::model::is_default;
#[cfg(feature = "schema")]
use super::reason::WrittenReason;
use super::{DeviceName, DeviceToKeys, KeyName, Name, Named, RequirementId};

/// The expectations at one point of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Expectations")]
pub struct ScenarioExpectations {
    /// Expectations that requirements demand of every implementation, by the id of the requirement. Each id must also
    /// be in the scenario's list of requirements.
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "schema", schemars(transform = each_demands_something))]
    pub required: Named<Vec<Required>, RequirementId>,
    /// One possible answer to each question that the specifications leave open, by the id of the question. The answer
    /// of an implementation is reported; a different answer is not a failure. Each id must also be in the scenario's
    /// list of requirements.
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "schema", schemars(transform = each_demands_something))]
    pub facts: Named<Vec<Required>, RequirementId>,
    /// The behaviour of this project's engine under all of its rules.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reference: Vec<Reference>,
    /// The behaviour of this project's engine if it announces only the decisions that a person made.
    #[serde(default, skip_serializing_if = "is_default")]
    pub direct: Vec<Reference>,
    /// The behaviour of this project's engine if it also announces the decisions that a decision released.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cascade: Vec<Reference>,
    /// The behaviour of this project's engine if it also announces decisions that received messages made.
    #[serde(default, skip_serializing_if = "is_default")]
    pub relay: Vec<Reference>,
    /// The behaviour of this project's engine if the newest decision on a key wins.
    #[serde(default, skip_serializing_if = "is_default")]
    pub newest: Vec<Reference>,
    /// The behaviour of this project's engine if a distrust stands until its sender, or a person on the device, takes
    /// it back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cautious: Vec<Reference>,
    /// The behaviour of this project's engine if a distrust stands until an endpoint that knows the distrust trusts the
    /// key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub named: Vec<Reference>,
    /// The line of each expectation in its file, if there is a file.
    #[serde(skip)]
    pub(crate) lines: Lines,
}

impl ScenarioExpectations {
    /// Whether there are no expectations.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.required.is_empty()
            && self.facts.is_empty()
            && self.reference_lists().iter().all(|(_, list)| list.is_empty())
    }

    /// The demands of requirements, with the ids of the requirements, in the order of the file.
    pub fn demands(&self) -> impl Iterator<Item = (&RequirementId, &Required)> {
        under_ids(&self.required)
    }

    /// The answers to open questions, with the ids of the questions, in the order of the file.
    pub fn answers(&self) -> impl Iterator<Item = (&RequirementId, &Required)> {
        under_ids(&self.facts)
    }

    /// The lists of the engine's behaviour, with their keys in the file.
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

/// Requires at least one expectation for each id.
#[cfg(feature = "schema")]
fn each_demands_something(schema: &mut schemars::Schema) {
    let lists = schema.get_mut("patternProperties").and_then(|lists| lists.as_object_mut());
    for list in lists.into_iter().flat_map(|lists| lists.values_mut()) {
        if let Some(list) = list.as_object_mut() {
            list.insert("minItems".to_owned(), 1.into());
        }
    }
}

/// A demand of a requirement on every implementation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Required {
    /// The trust levels of keys on devices.
    Levels(ExpectedLevels),
    /// Every device of these accounts has authenticated all other keys of these accounts.
    Complete(Vec<Name>),
    /// A device learned decisions from another one: it could decrypt messages with these decisions.
    Told(Told),
    /// A device learned nothing about some keys: it could decrypt no message with a decision about them.
    NotTold(NotTold),
    /// The keys for which a device encrypts its messages: exactly these, among all keys of their owners.
    MayEncrypt(MayEncrypt),
    /// Keys for which a device does not encrypt its messages.
    MayNotEncrypt(MayEncrypt),
    /// The body of a message was shown to the person at a device.
    Shown(ExpectedBody),
    /// The amount of data that a device has stored.
    Stored(ExpectedSize),
}

impl Required {
    /// The devices whose behaviour it shows; empty if it shows the behaviour of all.
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

/// An expected behaviour of this project's engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// The trust levels of keys on devices.
    Levels(ExpectedLevels),
    /// Every device of these accounts has authenticated all other keys of these accounts.
    Complete(Vec<Name>),
    /// A device learned decisions from another one: it could decrypt messages with these decisions.
    Told(Told),
    /// A device learned nothing about some keys: it could decrypt no message with a decision about them.
    NotTold(NotTold),
    /// The keys for which a device encrypts its messages: exactly these, among all keys of their owners.
    MayEncrypt(MayEncrypt),
    /// Keys for which a device does not encrypt its messages.
    MayNotEncrypt(MayEncrypt),
    /// The body of a message was shown to the person at a device.
    Shown(ExpectedBody),
    /// The amount of data that a device has stored.
    Stored(ExpectedSize),
    /// Numbers of authentications and messages.
    Counts(Counts),
    /// The pairs of a device and a key that it has not authenticated, although they are of the same identity or of
    /// linked ones: exactly these.
    Missing(Vec<DeviceToKeys>),
    /// The causes of the levels of keys.
    Origins(Origins),
    /// The sender of the trust message that authenticated a key.
    AuthenticatedBy(AuthenticatedBy),
    /// The trust messages that were sent: exactly these, in any order. With an empty list, none.
    Sent(Vec<ExpectedMessage>),
    /// The refusals and their reasons: at least these.
    Refused(Vec<Refused>),
    /// The postponed decisions of one sender at a device: exactly these.
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

/// Trust levels, each with the keys that have it on the given devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Levels")]
pub struct ExpectedLevels {
    /// No decision about them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub undecided: Vec<DeviceToKeys>,
    /// Trusted by the device's policy.
    #[serde(default, skip_serializing_if = "is_default")]
    pub automatically_trusted: Vec<DeviceToKeys>,
    /// Not trusted by the device's policy.
    #[serde(default, skip_serializing_if = "is_default")]
    pub automatically_distrusted: Vec<DeviceToKeys>,
    /// Trusted by a person without a comparison.
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
    /// The lists, with their keys in the file.
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

/// A device learned nothing about some keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NotTold {
    /// The device that told nothing. No device told anything if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<DeviceName>,
    /// The device that was not told.
    pub device: DeviceName,
    /// The keys about which the device could decrypt no decision.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub about: Vec<KeyName>,
}

/// The keys for which a device encrypts its messages to their owners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MayEncrypt {
    /// The sending device.
    pub from: DeviceName,
    /// The keys. Keys of other owners are not checked.
    pub to: Vec<KeyName>,
}

/// A message body that a person sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Shown")]
pub struct ExpectedBody {
    /// The device that showed the body, at any earlier time.
    pub device: DeviceName,
    /// The content of the `<body/>`.
    pub body: String,
}

/// The amount of data that a device has stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Stored")]
pub struct ExpectedSize {
    /// The device.
    pub device: DeviceName,
    /// The greatest allowed number of bytes.
    pub at_most: u64,
}

/// Numbers of authentications and messages. Numbers that are not given are not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Counts {
    /// The keys that people authenticated, counted on each device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<u32>,
    /// The keys that trust messages authenticated, counted on each device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<u32>,
    /// The sum of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated: Option<u32>,
    /// The number of possible authentications: pairs of a device and the key of another endpoint of the same identity
    /// or a linked one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible: Option<u32>,
    /// The trust messages that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<u32>,
}

/// The causes of the levels of keys on devices.
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

/// The sender of the trust message that authenticated a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthenticatedBy {
    /// The device on which it is authenticated.
    pub device: DeviceName,
    /// The key that is authenticated.
    pub key: KeyName,
    /// The key of the endpoint that sent the message.
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

/// A refusal of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Refused {
    /// The device that refused it.
    pub by: DeviceName,
    /// The reason.
    #[cfg_attr(feature = "schema", schemars(with = "WrittenReason"))]
    pub because: Reason,
    /// The sending device. Any if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DeviceName>,
    /// The key of the refused decision. Any if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyName>,
}

/// The decisions of a sender that a device postpones until it authenticates the sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Postponed")]
pub struct ExpectedPostponed {
    /// The device that postpones them.
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
