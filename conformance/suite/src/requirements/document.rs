use std::fmt;

/// A document with requirements for implementations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// XEP-0450, Automatic Trust Management.
    Xep0450,
    /// XEP-0434, the trust messages that XEP-0450 uses.
    Xep0434,
    /// XEP-0420, the envelope around an encrypted trust message.
    Xep0420,
    /// XEP-0280, which copies an account's messages to its other endpoints.
    Xep0280,
    /// RFC 6120, the streams that carry stanzas.
    Rfc6120,
    /// The test cases that the author of XEP-0450 published in addition to it.
    TestCases,
    /// The introduction to ATM by the author of XEP-0450, with the example of Alice and Bob.
    Readme,
    /// This project's own choices where the specifications leave something open.
    Design,
}

impl Document {
    /// All documents, in the order of their requirements.
    pub const ALL: [Self; 8] = [
        Self::Xep0450,
        Self::Xep0434,
        Self::Xep0420,
        Self::Xep0280,
        Self::Rfc6120,
        Self::TestCases,
        Self::Readme,
        Self::Design,
    ];

    /// The first part of the ids of its requirements, before the slash.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Xep0450 => "xep-0450",
            Self::Xep0434 => "xep-0434",
            Self::Xep0420 => "xep-0420",
            Self::Xep0280 => "xep-0280",
            Self::Rfc6120 => "rfc-6120",
            Self::TestCases => "test-cases",
            Self::Readme => "readme",
            Self::Design => "atm",
        }
    }

    /// The number that the XSF or the IETF assigned, as in `XEP-0450`.
    #[must_use]
    pub const fn number(self) -> Option<&'static str> {
        match self {
            Self::Xep0450 => Some("XEP-0450"),
            Self::Xep0434 => Some("XEP-0434"),
            Self::Xep0420 => Some("XEP-0420"),
            Self::Xep0280 => Some("XEP-0280"),
            Self::Rfc6120 => Some("RFC 6120"),
            Self::TestCases | Self::Readme | Self::Design => None,
        }
    }

    /// The title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Xep0450 => "Automatic Trust Management (ATM)",
            Self::Xep0434 => "Trust Messages (TM)",
            Self::Xep0420 => "Stanza Content Encryption",
            Self::Xep0280 => "Message Carbons",
            Self::Rfc6120 => "XMPP: Core",
            Self::TestCases => "Test Cases for Automatic Trust Management (ATM)",
            Self::Readme => "Readme of Automatic Trust Management (ATM)",
            Self::Design => "Design of this project",
        }
    }

    /// The version from which the requirements were taken, if the document has versions.
    #[must_use]
    pub const fn version(self) -> Option<&'static str> {
        match self {
            Self::Xep0450 => Some("0.4.0"),
            Self::Xep0434 => Some("0.6.0"),
            Self::Xep0420 => Some("0.5.0"),
            Self::Xep0280 => Some("1.0.1"),
            Self::Rfc6120 | Self::TestCases | Self::Readme | Self::Design => None,
        }
    }

    /// The address of the current version, without an anchor.
    #[must_use]
    pub const fn url(self) -> &'static str {
        match self {
            Self::Xep0450 => "https://xmpp.org/extensions/xep-0450.html",
            Self::Xep0434 => "https://xmpp.org/extensions/xep-0434.html",
            Self::Xep0420 => "https://xmpp.org/extensions/xep-0420.html",
            Self::Xep0280 => "https://xmpp.org/extensions/xep-0280.html",
            Self::Rfc6120 => "https://www.rfc-editor.org/rfc/rfc6120",
            Self::TestCases => "https://github.com/olomono/atm/blob/master/test-cases.md",
            Self::Readme => "https://github.com/olomono/atm/blob/master/README.md",
            Self::Design => "ARCHITECTURE.md",
        }
    }
}

/// Number, title and version, if the document has them: `XEP-0450: Automatic Trust Management (ATM), 0.4.0`.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.number() {
            write!(f, "{number}: ")?;
        }
        f.write_str(self.title())?;
        match self.version() {
            Some(version) => write!(f, ", {version}"),
            None => Ok(()),
        }
    }
}
