use std::fmt;
use std::str::FromStr;

use super::form::{BadText, text_form};
use super::{DeviceName, KeyName, Name};

const TO_KEYS: &str =
    "device -> keys, such as `alice/phone -> bob/phone` or `alice/phone -> bob/phone, bob/tablet`";
const PAIR: &str = "two accounts, such as `alice <-> bob`";
const LINK: &str = "device -> device, such as `alice/phone -> bob/phone`";

/// A device and keys that it decides on or has a level for: `alice/phone -> bob/phone, bob/tablet`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceToKeys {
    /// The device on the left.
    pub device: DeviceName,
    /// The keys on the right, at least one.
    pub keys: Vec<KeyName>,
}

impl DeviceToKeys {
    /// The device with each of the keys, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&DeviceName, &KeyName)> {
        self.keys.iter().map(|key| (&self.device, key))
    }
}

impl FromStr for DeviceToKeys {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let (device, keys) = text.split_once("->").ok_or_else(|| BadText::new(text, TO_KEYS))?;
        let device = device.trim().parse()?;
        let keys = keys.split(',').map(|key| key.trim().parse()).collect::<Result<_, _>>()?;
        Ok(Self { device, keys })
    }
}

impl fmt::Display for DeviceToKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> ", self.device)?;
        for (position, key) in self.keys.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{key}")?;
        }
        Ok(())
    }
}

/// The direction from one device to another: `alice/phone -> bob/phone`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// The sending device.
    pub from: DeviceName,
    /// The receiving device.
    pub to: DeviceName,
}

impl FromStr for Link {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let (from, to) = text.split_once("->").ok_or_else(|| BadText::new(text, LINK))?;
        Ok(Self { from: from.trim().parse()?, to: to.trim().parse()? })
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)
    }
}

text_form!(DeviceToKeys, expects: TO_KEYS, schema: {
    "Device to keys",
    pattern: "^ *[a-z0-9-]+/[a-z0-9-]+ *-> *[a-z0-9-]+(/[a-z0-9-]+)?( *, *[a-z0-9-]+(/[a-z0-9-]+)?)* *$",
    "A device and one or more keys: `alice/phone -> bob/phone` or `alice/phone -> bob/phone, bob/tablet`."
});

text_form!(Link, expects: LINK, schema: {
    "Link",
    pattern: "^ *[a-z0-9-]+/[a-z0-9-]+ *-> *[a-z0-9-]+/[a-z0-9-]+ *$",
    "The way of stanzas from one device to another: `alice/phone -> bob/phone`."
});

/// Two accounts, in any order: `alice <-> bob`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountPair {
    /// The first account.
    pub one: Name,
    /// The second account.
    pub other: Name,
}

impl FromStr for AccountPair {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let (one, other) = text.split_once("<->").ok_or_else(|| BadText::new(text, PAIR))?;
        Ok(Self { one: one.trim().parse()?, other: other.trim().parse()? })
    }
}

impl fmt::Display for AccountPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <-> {}", self.one, self.other)
    }
}

text_form!(AccountPair, expects: PAIR, schema: {
    "Two accounts",
    pattern: "^ *[a-z0-9-]+ *<-> *[a-z0-9-]+ *$",
    "Two accounts: `alice <-> bob`."
});
