//! The file of a test vector.

use std::collections::{BTreeMap, BTreeSet};

use atm_adapter_protocol::protocol::{Command, Key, LevelName};
use atm_engine::{AnnouncementRule, ConflictRule};
use serde::{Deserialize, Serialize};

use super::form::FormRule;
use crate::cases::Case;
use crate::monitor::Standing;

/// The version of the format of test vectors.
pub const VECTOR_FORMAT: u32 = 1;

/// The inputs of one device in a case, and the allowed outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct TestVector {
    /// The name of the file with the JSON Schema of this format, in the same folder.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The version of this format.
    pub format: u32,
    /// The id of the case.
    pub case: String,
    /// The title of its scenario.
    pub title: String,
    /// The device that gets the inputs.
    pub device: String,
    /// The rules of the reference engine, which is all other devices. Its choices are the assumed ones.
    pub rules: RulesOfPeers,
    /// The ids of the requirements that the vector judges.
    pub requirements: BTreeSet<String>,
    /// All keys by their names in this file.
    pub keys: BTreeMap<String, NamedKey>,
    /// The name of the device's own key.
    pub own_key: String,
    /// The rules for each message that the device sends.
    pub messages: MessageRules,
    /// The ways to play the case, each with a new device. The first has no variations.
    pub plays: Vec<Play>,
}

/// A key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct NamedKey {
    /// The bare JID of its owner.
    pub owner: String,
    /// Its identifier in Base64.
    pub id: String,
    /// The full JIDs of the devices that hold it. No command tells them to a device.
    pub endpoints: Vec<String>,
}

impl NamedKey {
    /// The key as the adapter protocol writes it.
    #[must_use]
    pub fn key(&self) -> Key {
        Key { owner: self.owner.clone(), id: self.id.clone() }
    }
}

/// The rules of the reference engine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct RulesOfPeers {
    /// The announcement rule.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub announcement: AnnouncementRule,
    /// The conflict rule.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub conflict: ConflictRule,
    /// The seed of all randomness.
    pub seed: u64,
}

/// The rules for each message that the device sends, with the ids of the requirements that it breaks otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct MessageRules {
    /// Only the keys in `readers` can decrypt a message.
    pub readers: Vec<String>,
    /// A message contains only decisions in `facts`.
    pub facts: String,
    /// A message to another account contains only decisions about keys of the own account and of that account.
    pub third_parties: String,
    /// The form of the XML, for tests that see it.
    pub form: Vec<FormRule>,
}

/// One way to play the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Play {
    /// The variations of the inputs, as `atm conformance --variations` names them: another form with the same meaning, or
    /// unlawful messages as well.
    pub variations: Vec<String>,
    /// The inputs, in order, each with the allowed outputs.
    pub steps: Vec<VectorStep>,
    /// The reason why the play ends before the case does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
}

/// An input and the outputs that are allowed after it. First judge the levels. If one of them is not as assumed, the play
/// ends before the messages of this step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct VectorStep {
    /// The input: a command of the adapter protocol, without its `id`.
    pub input: Command,
    /// The allowed levels by the names of the keys, if they are not those of the step before. Keys that were never listed
    /// may have any level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, AllowedLevels>,
    /// The decisions that the device must tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_tell: Vec<Told>,
    /// The names of the keys that may decrypt messages, if they are not those of the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readers: Option<Vec<String>>,
    /// The names of further keys that may decrypt messages of this step which do not distrust them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers_unless_distrusted: Vec<String>,
    /// The decisions that messages may contain, if they are not those of the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// Whether the device may send messages again, which may contain decisions that do not hold any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sends_again: bool,
    /// The bodies of messages that the device must have shown to the person by now, for tests that see them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_show: Vec<ShownBody>,
    /// The content of the code that the device must show, if the input asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<OwnCodeContent>,
}

/// The allowed levels of a key. `open` stands for every level except `authenticated` and `distrusted`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct AllowedLevels {
    /// The allowed levels.
    pub allowed: Vec<Standing>,
    /// The level that the following steps assume. Without it, they assume nothing about this key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed: Option<Standing>,
    /// Each other level, with the id of the requirement that the device breaks.
    pub forbidden: BTreeMap<Standing, String>,
    /// The allowed levels against which a requirement advises, with its id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub advice: BTreeMap<Standing, String>,
    /// Which of the levels that `open` stands for a requirement expects. An implementation with another policy than that
    /// of `create` need not meet it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_policy: Option<PolicyLevels>,
}

/// The levels that a policy gives a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct PolicyLevels {
    /// The levels.
    pub levels: Vec<LevelName>,
    /// The id of the requirement.
    pub requirement: String,
}

/// The body of a message that the device must show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ShownBody {
    /// The body.
    pub body: String,
    /// The id of the requirement.
    pub requirement: String,
}

/// A decision in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The key is authenticated.
    Trust,
    /// The key is distrusted.
    Distrust,
}

/// A decision that the device must tell: a message that the holder of a key can decrypt contains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Told {
    /// The name of the key whose holder must be told.
    pub to: String,
    /// The decision.
    pub verdict: Verdict,
    /// The name of the key that the decision is about.
    pub key: String,
    /// The id of the requirement that demands it.
    pub requirement: String,
    /// Whether the device may have told it in an earlier step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_earlier: bool,
}

/// Decisions that messages may contain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Facts {
    /// The names of the keys that may be called trusted.
    pub trust: Vec<String>,
    /// The names of the keys that may be called distrusted.
    pub distrust: Vec<String>,
}

/// The content of the code that the device shows for others to scan: a Trust Message URI that trusts its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct OwnCodeContent {
    /// The id of the requirement that the device breaks otherwise.
    pub requirement: String,
    /// The bare JID in the URI.
    pub owner: String,
    /// The namespace of the encryption.
    pub encryption: String,
    /// The identifier of the trusted key in Base16.
    pub trust: String,
}

/// The JSON Schema of a test vector.
pub const SCHEMA: &str = include_str!("../../test-vector.schema.json");

/// The JSON Schema of a test vector, made from its types.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(TestVector).to_value()
}

/// The name of a vector's file for each case: the id of the case, with dots for slashes. If two cases would have the same
/// name, the later one gets a number.
#[must_use]
pub fn file_names(cases: &[Case]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |case: &Case| {
        let parts: Vec<&str> = case.id.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
        let plain = parts.join(".");
        let numbered = (2..).map(|number| format!("{plain}-{number}.json"));
        let mut candidates = std::iter::once(format!("{plain}.json")).chain(numbered);
        candidates.find(|name| taken.insert(name.to_lowercase())).expect("there is always a next number")
    };
    cases.iter().map(name).collect()
}
