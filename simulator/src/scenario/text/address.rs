use std::fmt;
use std::str::FromStr;

use atm_engine::jid::{BareJid, FullJid, Jid};

use super::form::{BadText, text_form};

const ANY: &str = "a JID, such as `alice@example.org` or `alice@example.org/phone`";
const BARE: &str = "a bare JID, such as `alice@example.org`";
const FULL: &str = "a full JID, such as `alice@example.org/phone`";

/// The bare JID of an account or the full JID of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub Jid);

impl FromStr for Address {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Jid::new(text).map(Self).map_err(|bad| BadText::new(text, &format!("{ANY}: {bad}")))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The bare JID of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BareAddress(pub BareJid);

impl FromStr for BareAddress {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        BareJid::new(text).map(Self).map_err(|bad| BadText::new(text, &format!("{BARE}: {bad}")))
    }
}

impl fmt::Display for BareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The full JID of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FullAddress(pub FullJid);

impl FromStr for FullAddress {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        FullJid::new(text).map(Self).map_err(|bad| BadText::new(text, &format!("{FULL}: {bad}")))
    }
}

impl fmt::Display for FullAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_form!(Address, expects: ANY, schema: {
    "JID",
    pattern: "^.+$",
    "The JID of an account or endpoint: `alice@example.org` or `alice@example.org/phone`."
});

text_form!(BareAddress, expects: BARE, schema: {
    "Bare JID",
    pattern: "^[^/]+$",
    "The bare JID of an account: `alice@example.org`."
});

text_form!(FullAddress, expects: FULL, schema: {
    "Full JID",
    pattern: "^[^/]+/.+$",
    "The full JID of an endpoint: `alice@example.org/phone`."
});
