use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use smallvec::SmallVec;

use super::Encryption;

/// The identifier of a key, such as its fingerprint (XEP-0434 §2): the decoded bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyIdentifier(SmallVec<[u8; 32]>);

/// The reason why bytes are not a key identifier of some encryption protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadIdentifier {
    /// There are no bytes.
    #[error("the key identifier is empty")]
    Empty,
    /// Identifiers of the protocol have another length.
    #[error("a key identifier of {encryption} does not have {length} bytes")]
    Length {
        /// The protocol.
        encryption: Encryption,
        /// The number of bytes.
        length: usize,
    },
}

impl KeyIdentifier {
    /// Creates an identifier from `bytes`.
    ///
    /// # Errors
    ///
    /// If `bytes` is empty or has a length that identifiers of `encryption` do not have.
    pub fn new(encryption: &Encryption, bytes: &[u8]) -> Result<Self, BadIdentifier> {
        if bytes.is_empty() {
            return Err(BadIdentifier::Empty);
        }
        if !encryption.identifier_lengths().iter().any(|lengths| lengths.contains(&bytes.len())) {
            return Err(BadIdentifier::Length { encryption: encryption.clone(), length: bytes.len() });
        }
        Ok(Self(SmallVec::from_slice(bytes)))
    }

    /// Creates an identifier from `bytes` without a check.
    pub(crate) fn unchecked(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The form in trust messages (XEP-0434 §4).
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }

    /// The length of [`to_base64`](Self::to_base64).
    pub(super) fn base64_length(&self) -> usize {
        BASE64.encode_len(self.0.len())
    }

    /// The form in Trust Message URIs (XEP-0434 §9.1.1).
    #[must_use]
    pub fn to_base16(&self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

impl fmt::Debug for KeyIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyIdentifier({})", self.to_base16())
    }
}
