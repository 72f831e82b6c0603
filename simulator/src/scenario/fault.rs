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
    /// How long a stanza takes from now on.
    pub latency: TimeSpan,
}

/// The clock of a device is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SkewClock {
    /// The device.
    pub device: DeviceName,
    /// How far its clock is wrong from now on.
    pub by: Skew,
}

/// How far a clock, or a date, is off the true time.
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
    /// Milliseconds, negative if behind.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        let millis = |span: TimeSpan| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match self {
            Self::Ahead(span) => millis(span),
            Self::Behind(span) => -millis(span),
        }
    }
}

/// An adversary publishes the key of a device of its own under somebody's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InjectDevice {
    /// The victim's account.
    pub account: Name,
    /// The name of the device, which no device of the account had before.
    pub name: Name,
    /// The identifier of its key. Derived from the names of account and device if not given. It may be that of a key of the
    /// account for which it is given: then the adversary shows a key that it does not hold.
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
    /// The device, which was injected or compromised before.
    pub by: DeviceName,
    /// The account to which the message is addressed. It is encrypted for all its devices.
    pub to: Name,
    /// Keys that the message trusts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trust: Vec<KeyName>,
    /// Keys that the message distrusts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub distrust: Vec<KeyName>,
    /// How far its `<time/>` is off the true time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<Skew>,
}
