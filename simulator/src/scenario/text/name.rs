use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::form::{BadText, text_form};

/// The greatest length of a name.
const MAX_LENGTH: usize = 64;
const NAME: &str = "a name: small letters a-z, digits and hyphens, such as `alice`";
const DEVICE: &str = "a device: account/device, such as `alice/phone`";
const KEY: &str =
    "a key: account/device such as `alice/phone`, or the name of a one-key account or of an entry in `keys`";

/// The name of an account, device or further key in a scenario: `[a-z0-9-]`, at most 64 characters. Clones share the
/// text, since a part of a population names each device in several places of its steps and its cast.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The name as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > MAX_LENGTH || !text.chars().all(allowed) {
            return Err(BadText::new(text, NAME));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A device of an account: `alice/phone`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceName {
    /// The account.
    pub account: Name,
    /// The device, unique inside its account.
    pub device: Name,
}

impl FromStr for DeviceName {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let bad = |_| BadText::new(text, DEVICE);
        let (account, device) = text.split_once('/').ok_or_else(|| BadText::new(text, DEVICE))?;
        Ok(Self { account: account.parse().map_err(bad)?, device: device.parse().map_err(bad)? })
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.device)
    }
}

/// A key: the key of a device (`alice/phone`), or a key with a single name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyName {
    /// The key of a device: `alice/phone`.
    Device(DeviceName),
    /// The key of a one-key account, or an entry of `keys`.
    Named(Name),
}

impl FromStr for KeyName {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let key =
            if text.contains('/') { text.parse().map(Self::Device) } else { text.parse().map(Self::Named) };
        key.map_err(|_: BadText| BadText::new(text, KEY))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(device) => device.fmt(f),
            Self::Named(name) => name.fmt(f),
        }
    }
}

text_form!(Name, expects: NAME, schema: {
    "Name",
    pattern: "^[a-z0-9-]{1,64}$",
    "A name inside the scenario: small letters a-z, digits and hyphens."
});

text_form!(DeviceName, expects: DEVICE, schema: {
    "Device name",
    pattern: "^[a-z0-9-]{1,64}/[a-z0-9-]{1,64}$",
    "A device: account/device, such as `alice/phone`."
});

text_form!(KeyName, expects: KEY, schema: {
    "Key name",
    pattern: "^[a-z0-9-]{1,64}(/[a-z0-9-]{1,64})?$",
    "A key: that of a device such as `alice/phone`; the name of an account whose endpoints share one key; or a \
     name from `keys`."
});
