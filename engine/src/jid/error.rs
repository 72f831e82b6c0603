use std::fmt;

/// Why a text is no JID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadJid {
    /// A part is empty although its separator is there, or there is no domain.
    #[error("its {0} is empty")]
    Empty(JidPart),
    /// A part is longer than RFC 7622 allows.
    #[error("its {0} has more than 1023 bytes")]
    TooLong(JidPart),
    /// A part has a character that may not stand there.
    #[error("its {part} has U+{:04X}, which may not stand there", u32::from(*character))]
    Character {
        /// The part.
        part: JidPart,
        /// The character.
        character: char,
    },
    /// A localpart breaks the Bidi rule of RFC 5893 §2.
    #[error("its localpart mixes writing from left to right and from right to left as RFC 5893 forbids")]
    Direction,
    /// A domain has a label that is neither an LDH label nor an A-label nor a U-label (RFC 5890 §2.3).
    #[error("its domain has the label {label:?}, which is none of a domain name")]
    Label {
        /// The label.
        label: String,
    },
    /// A U-label has an A-label of more than 63 bytes (RFC 5890 §2.3.2.1).
    #[error("its domain has an internationalized label of more than 63 bytes, as it is sent in DNS")]
    LabelLength,
    /// A part changes each time that it is prepared.
    #[error("its {0} has no stable form")]
    Unstable(JidPart),
    /// There is a resource where an account is to be named.
    #[error("it has a resource, but an account is named by a bare JID")]
    NotBare,
    /// There is no resource where an endpoint is to be named.
    #[error("it has no resource, but an endpoint is named by a full JID")]
    NotFull,
}

/// A part of a JID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JidPart {
    /// What stands before the `@`.
    Localpart,
    /// What must be there.
    Domain,
    /// What stands after the `/`.
    Resource,
}

impl JidPart {
    /// The longest part, in bytes (RFC 7622 §3).
    const MAX_BYTES: usize = 1023;
    /// The longest text that is looked at. Preparing makes a text shorter, but no text eight times.
    const MAX_BYTES_READ: usize = 8 * Self::MAX_BYTES;

    /// Refuses a text that is too long to be prepared.
    pub(super) fn check_length_read(self, text: &str) -> Result<(), BadJid> {
        if text.len() > Self::MAX_BYTES_READ { Err(BadJid::TooLong(self)) } else { Ok(()) }
    }

    /// Refuses a part that is empty or too long.
    pub(super) fn check_length(self, part: &str) -> Result<(), BadJid> {
        match part.len() {
            0 => Err(BadJid::Empty(self)),
            length if length > Self::MAX_BYTES => Err(BadJid::TooLong(self)),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for JidPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Localpart => "localpart",
            Self::Domain => "domain",
            Self::Resource => "resource",
        })
    }
}
