use std::fmt;
use std::ops::RangeInclusive;

/// An end-to-end encryption protocol, known by its namespace (XEP-0434 §4, attribute `encryption`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Encryption(Box<str>);

impl Encryption {
    /// OMEMO as in XEP-0384 from 0.4 on: one key per endpoint, identified by 32 bytes.
    pub const OMEMO: &str = "urn:xmpp:omemo:2";
    /// OMEMO as in XEP-0384 before 0.4.
    pub const LEGACY_OMEMO: &str = "eu.siacs.conversations.axolotl";
    /// OpenPGP for XMPP (XEP-0373): one key for all endpoints of an account.
    pub const OPENPGP: &str = "urn:xmpp:openpgp:0";

    /// The encryption protocol with this namespace. Any non-empty namespace is one: XEP-0450 §4 allows any.
    #[must_use]
    pub fn new(namespace: &str) -> Option<Self> {
        let plausible =
            !namespace.is_empty() && !namespace.chars().any(|c| c.is_whitespace() || c.is_control());
        plausible.then(|| Self(namespace.into()))
    }

    /// The namespace.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many bytes a key identifier of this protocol has. Protocols that are not known here may use
    /// any length up to 64 bytes.
    #[must_use]
    pub fn identifier_lengths(&self) -> &'static [RangeInclusive<usize>] {
        match &*self.0 {
            Self::OMEMO => &[32..=32],
            // The bare Curve25519 key, or with its type byte in front.
            Self::LEGACY_OMEMO => &[32..=33],
            // Fingerprints of version 4 (SHA-1) and of versions 5 and 6 (SHA-256).
            Self::OPENPGP => &[20..=20, 32..=32],
            _ => &[1..=64],
        }
    }
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
