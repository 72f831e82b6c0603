use serde::{Deserialize, Serialize};

use super::model::{default_start, is_default, is_default_start};
use super::{
    Breaks, DateTime, EncryptionNamespace, FormatVersion, LimitsSpec, NetworkSpec, PolicySpec, RequirementId,
};

/// A population: many accounts with their devices, contacts and decisions, all drawn from the seed of a run. It
/// consists of independent parts, and each part is a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Population {
    /// The version of the scenario format: 1.
    pub format: FormatVersion,
    /// The purpose of the population, in one line.
    pub title: String,
    /// The course of the population and the reason why it matters, at any length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The requirements that the population tests, by their ids. A population for exploring needs none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<RequirementId>,
    /// The end-to-end encryption that all accounts use. OMEMO if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encryption: EncryptionNamespace,
    /// The virtual time at which each part starts. 2020-01-01T12:00:00Z if not given.
    #[serde(default = "default_start", skip_serializing_if = "is_default_start")]
    pub start: DateTime,
    /// The size of the population, and the distributions from which it is drawn.
    pub population: PopulationSpec,
    /// How stanzas travel. If not given, each stanza takes 20 ms, and all arrive before the next step.
    #[serde(default, skip_serializing_if = "is_default")]
    pub network: NetworkSpec,
    /// How a device treats keys without a decision. `toakafa` if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub policy: PolicySpec,
    /// The limits of the decisions that devices store on the word of others. Limits that are not given are generous.
    #[serde(default, skip_serializing_if = "is_default")]
    pub limits: LimitsSpec,
    /// The invariants of Automatic Trust Management that some part breaks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub breaks: Vec<Breaks>,
}

/// The size of a population, and the distributions from which it is drawn.
///
/// People make no more authentications than necessary: the edges of a random tree inside each account, and one pair of
/// devices for two contacts. Each edge is authenticated in both directions, and all decisions have a random order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Population settings")]
pub struct PopulationSpec {
    /// The number of accounts.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000_000)))]
    pub accounts: u64,
    /// The number of accounts in each part. The last part has the remaining ones. Contacts are always in the same part.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100_000)))]
    pub part: u64,
    /// The number of devices of an account: a constant such as `3`, or uniformly drawn from a range such as
    /// `{ from: 1, to: 4 }`. That range if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub devices: DevicesSpec,
    /// The number of contacts of an account: a constant such as `5`, or a power law such as `{ at-least: 2 }`, with few
    /// contacts for most accounts and very many for some. That power law if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contacts: ContactsSpec,
    /// Further decisions of people. None if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decisions: DecisionsSpec,
}

/// The number of devices of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    rename = "Devices of an account",
    untagged,
    expecting = "the number of devices is a whole number such as `3`, or a range such as `{ from: 1, to: 4 }`"
)]
pub enum DevicesSpec {
    /// A constant number.
    Fixed(u64),
    /// A number that is uniformly drawn from this range.
    Range(DeviceRange),
}

/// A range of numbers of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Range of devices")]
pub struct DeviceRange {
    /// The smallest number.
    pub from: u64,
    /// The largest number, not below `from`.
    pub to: u64,
}

impl DevicesSpec {
    /// The smallest and the largest number.
    #[must_use]
    pub fn bounds(self) -> (u64, u64) {
        match self {
            Self::Fixed(devices) => (devices, devices),
            Self::Range(DeviceRange { from, to }) => (from, to),
        }
    }
}

impl Default for DevicesSpec {
    fn default() -> Self {
        Self::Range(DeviceRange { from: 1, to: 4 })
    }
}

/// The number of contacts of an account. It may be smaller if chance draws the same contact twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    rename = "Contacts of an account",
    untagged,
    expecting = "the number of contacts is a whole number such as `5`, or a map such as `{ at-least: 2 }`"
)]
pub enum ContactsSpec {
    /// A constant number.
    Fixed(u64),
    /// A power law.
    PowerLaw(ContactsPowerLaw),
}

/// Most accounts have few contacts, and some have very many: the frequency of k contacts is proportional to k to the
/// power of -2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Power law of contacts")]
pub struct ContactsPowerLaw {
    /// The smallest number.
    pub at_least: u64,
}

impl ContactsSpec {
    /// The smallest number.
    #[must_use]
    pub fn least(self) -> u64 {
        match self {
            Self::Fixed(contacts) => contacts,
            Self::PowerLaw(ContactsPowerLaw { at_least }) => at_least,
        }
    }
}

impl Default for ContactsSpec {
    fn default() -> Self {
        Self::PowerLaw(ContactsPowerLaw { at_least: 2 })
    }
}

/// Decisions of people in a population, apart from authentications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Population decisions")]
pub struct DecisionsSpec {
    /// The number of lost devices among 1,000. A device gets lost at a random moment. Its owner distrusts it on another
    /// device of the account, if there is one. From then on, nobody uses or scans the lost device.
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "schema", schemars(range(max = 1_000)))]
    pub lost_of_1000: u64,
}

impl PopulationSpec {
    /// The number of parts.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.accounts.div_ceil(self.part)
    }
}
