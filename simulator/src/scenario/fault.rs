use serde::{Deserialize, Serialize};

use super::model::is_default;
use super::{DeviceName, KeyName, KeyText, Link, Name, TimeSpan};

/// A link becomes slow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SlowDown {
    /// The link.
    pub link: Link,
    /// The time that a stanza takes from now on.
    pub latency: TimeSpan,
}

/// The clock of a device is set wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SkewClock {
    /// The device.
    pub device: DeviceName,
    /// The error of its clock from now on.
    pub by: Skew,
}

/// The difference between a clock, or a date, and the true time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Skew {
    /// It shows a later time.
    Ahead(TimeSpan),
    /// It shows an earlier time.
    Behind(TimeSpan),
}

impl Skew {
    /// The difference in milliseconds; negative if behind.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        let millis = |span: TimeSpan| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match self {
            Self::Ahead(span) => millis(span),
            Self::Behind(span) => -millis(span),
        }
    }
}

/// An adversary publishes the key of its own device under the account of a victim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InjectDevice {
    /// The victim's account.
    pub account: Name,
    /// The name of the device, which no device of the account had before.
    pub name: Name,
    /// The identifier of its key. Derived from the names of account and device if not given. It may equal a key
    /// identifier that is given for the account. Then the adversary shows a key that it does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyText>,
}

impl InjectDevice {
    /// The name of the new device.
    #[must_use]
    pub fn device_name(&self) -> DeviceName {
        DeviceName { account: self.account.clone(), device: self.name.clone() }
    }
}

/// An adversary sends a trust message from a device that it controls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Forge {
    /// The device, which an earlier step injected or compromised.
    pub by: DeviceName,
    /// The account to which the message is addressed. It is encrypted for all its devices.
    pub to: Name,
    /// Keys that the message trusts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trust: Vec<KeyName>,
    /// Keys that the message distrusts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub distrust: Vec<KeyName>,
    /// The error of the message's `<time/>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<Skew>,
}
