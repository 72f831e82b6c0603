use std::fmt;
use std::str::FromStr;

use atm_engine::jid::{BareJid, FullJid};

use super::form::{BadText, text_form};

const BARE: &str = "a bare JID, such as `alice@example.org`";
const FULL: &str = "a full JID, such as `alice@example.org/phone`";

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
