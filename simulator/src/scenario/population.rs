use serde::{Deserialize, Serialize};

use super::model::{default_start, is_default, is_default_start};
use super::{
    Breaks, DateTime, EncryptionNamespace, FormatVersion, LimitsSpec, NetworkSpec, PolicySpec, RequirementId,
};

/// A population: many accounts, their devices and contacts, and what people do with them, all drawn by the seed of a
/// run. It consists of parts that know nothing of each other, and each part is a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Population {
    /// The version of the scenario format: 1.
    pub format: FormatVersion,
    /// What the population shows, in one line.
    pub title: String,
    /// What happens and why it matters, as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The requirements that the population tests, by their ids.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub requirements: Vec<RequirementId>,
    /// The end-to-end encryption that all accounts use. OMEMO if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encryption: EncryptionNamespace,
    /// The virtual time at which each part starts. 2020-01-01T12:00:00Z if not given.
    #[serde(default = "default_start", skip_serializing_if = "is_default_start")]
    pub start: DateTime,
    /// How many accounts there are, and from what they are drawn.
    pub population: PopulationSpec,
    /// How stanzas travel. Each takes 20 ms, and all arrive before the next step, if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub network: NetworkSpec,
    /// What a device does with keys that nobody decided on. `toakafa` if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub policy: PolicySpec,
    /// How much devices store on the word of others. What is not given is generous.
    #[serde(default, skip_serializing_if = "is_default")]
    pub limits: LimitsSpec,
    /// The promises of Automatic Trust Management that are broken in some part.
    #[serde(default, skip_serializing_if = "is_default")]
    pub breaks: Vec<Breaks>,
}

/// How many accounts a population has, and from what it is drawn.
///
/// People authenticate as little as they need to: the edges of a random tree inside an account, and one pair of devices
/// for two contacts, each edge in both directions, and all of that in random order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Population settings")]
pub struct PopulationSpec {
    /// How many accounts there are.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000_000)))]
    pub accounts: u64,
    /// How many accounts each part has; the last one has the rest. Contacts are in the same part.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100_000)))]
    pub part: u64,
    /// How many devices an account has: `3`, or each number of `{ from: 1, to: 4 }` as often. That range if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub devices: DevicesSpec,
    /// How many contacts an account has: `5`, or with `{ at-least: 2 }` few for most accounts and very many for some.
    /// The latter if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contacts: ContactsSpec,
    /// What people decide besides authenticating. Nothing if not given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decisions: DecisionsSpec,
}

/// How many devices an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    rename = "Devices of an account",
    untagged,
    expecting = "the number of devices is a whole number such as `3`, or a range such as `{ from: 1, to: 4 }`"
)]
pub enum DevicesSpec {
    /// Always as many.
    Fixed(u64),
    /// Each number of this range as often.
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

/// How many contacts an account has, as far as chance finds different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    rename = "Contacts of an account",
    untagged,
    expecting = "the number of contacts is a whole number such as `5`, or a map such as `{ at-least: 2 }`"
)]
pub enum ContactsSpec {
    /// Always as many.
    Fixed(u64),
    /// By a power law.
    PowerLaw(ContactsPowerLaw),
}

/// Most accounts have few contacts, and some have very many: k contacts occur as often as k to the power of -2.6.
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

/// What people of a population decide besides authenticating.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Population decisions")]
pub struct DecisionsSpec {
    /// Of 1,000 devices, so many get lost at a random moment. Their owner distrusts such a device on another one of the
    /// account, if there is one, and from then on nobody uses or scans it.
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "schema", schemars(range(max = 1_000)))]
    pub lost_of_1000: u64,
}

impl PopulationSpec {
    /// How many parts there are.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.accounts.div_ceil(self.part)
    }
}
