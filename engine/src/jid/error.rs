use std::fmt;

/// The reason why a text is not a JID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadJid {
    /// A part is empty although its separator is present, or the domain is missing.
    #[error("its {0} is empty")]
    Empty(JidPart),
    /// A part is longer than RFC 7622 allows.
    #[error("its {0} has more than 1023 bytes")]
    TooLong(JidPart),
    /// A part contains a character that is not allowed there.
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
    /// Repeated preparation keeps changing a part.
    #[error("its {0} has no stable form")]
    Unstable(JidPart),
    /// The JID of an account has a resource.
    #[error("it has a resource, but an account is named by a bare JID")]
    NotBare,
    /// The JID of an endpoint has no resource.
    #[error("it has no resource, but an endpoint is named by a full JID")]
    NotFull,
}

/// A part of a JID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JidPart {
    /// The part before the `@`.
    Localpart,
    /// The domain, which is required.
    Domain,
    /// The part after the `/`.
    Resource,
}

impl JidPart {
    /// The greatest length of a part, in bytes (RFC 7622 §3).
    const MAX_BYTES: usize = 1023;
    /// The greatest length of unprepared text, in bytes. Preparation can shorten a text, but never to less than an
    /// eighth.
    const MAX_BYTES_READ: usize = 8 * Self::MAX_BYTES;

    /// Refuses a text that is too long to prepare.
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
