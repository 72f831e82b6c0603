use std::fmt;
use std::ops::RangeInclusive;

/// An end-to-end encryption protocol, identified by its namespace (XEP-0434 §4, attribute `encryption`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Encryption(Box<str>);

impl Encryption {
    /// OMEMO (XEP-0384 since version 0.4): one key per endpoint, identified by 32 bytes.
    pub const OMEMO: &str = "urn:xmpp:omemo:2";
    /// OMEMO (XEP-0384 before version 0.4).
    pub const LEGACY_OMEMO: &str = "eu.siacs.conversations.axolotl";
    /// OpenPGP for XMPP (XEP-0373): one key for all endpoints of an account.
    pub const OPENPGP: &str = "urn:xmpp:openpgp:0";

    /// The encryption protocol with this namespace. XEP-0450 §4 allows any protocol, so any non-empty text without
    /// white space and control characters is accepted.
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

    /// The permitted lengths of this protocol's key identifiers, in bytes. Unknown protocols may use any length up to
    /// 64 bytes.
    #[must_use]
    pub fn identifier_lengths(&self) -> &'static [RangeInclusive<usize>] {
        match &*self.0 {
            Self::OMEMO => &[32..=32],
            // The bare Curve25519 key, with or without its type byte in front.
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
