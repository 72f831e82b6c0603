use crate::jid::BareJid;
use crate::names::{Encryption, KeyIdentifier};

/// The reason why received input is refused, addressed to its author.
///
/// Each variant is one reason and has a stable [`code`](Self::code). It contains the offending value, shortened to
/// [`Malformed::QUOTED`] characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The input is too long.
    #[error("{bytes} bytes are too many: at most {limit} are read")]
    TooLarge {
        /// The length of the input, in bytes.
        bytes: usize,
        /// The greatest accepted length, in bytes.
        limit: usize,
    },
    /// A name or the value of an attribute is too long.
    #[error("a name or attribute value has more than {limit} bytes")]
    TooLong {
        /// The greatest accepted length, in bytes.
        limit: usize,
    },
    /// Elements are nested too deeply.
    #[error("elements are nested more than {limit} deep")]
    TooDeep {
        /// The greatest accepted depth.
        limit: usize,
    },
    /// The input is not well-formed XML with namespaces.
    #[error("not well-formed XML: {reason}")]
    NotXml {
        /// The error.
        reason: String,
    },
    /// The input contains a document type declaration (RFC 6120 §11.1 forbids it).
    #[error("a document type declaration is not allowed in XMPP")]
    Dtd,
    /// The input refers to an entity other than the five of XML itself (RFC 6120 §11.1).
    #[error("the entity reference {found:?} is not allowed: only amp, lt, gt, apos and quot are")]
    Entity {
        /// The reference.
        found: String,
    },
    /// The input contains a processing instruction (RFC 6120 §11.1 forbids it).
    #[error("a processing instruction is not allowed in XMPP")]
    ProcessingInstruction,
    /// The input contains a comment (RFC 6120 §11.1 forbids it).
    #[error("a comment is not allowed in XMPP")]
    Comment,
    /// Something follows the root element.
    #[error("nothing may follow the root element, but {found:?} does")]
    Trailing {
        /// The text after the root element.
        found: String,
    },

    /// An element has the right name in the wrong namespace.
    #[error("<{element}/> is in the namespace {found:?} instead of {expected:?}")]
    WrongNamespace {
        /// The name of the element.
        element: String,
        /// The namespace found.
        found: String,
        /// The namespace expected.
        expected: &'static str,
    },
    /// An element is in a place where it is not allowed.
    #[error("<{element} xmlns={namespace:?}/> does not belong in {parent}")]
    UnknownElement {
        /// The parent element.
        parent: String,
        /// The name of the element.
        element: String,
        /// The namespace of the element.
        namespace: String,
    },
    /// An element that may occur once occurs again.
    #[error("<{element}/> stands in <{parent}/> more than once")]
    RepeatedElement {
        /// The parent element.
        parent: String,
        /// The name of the element.
        element: &'static str,
    },
    /// A required element is missing.
    #[error("<{parent}/> has no <{element}/>")]
    MissingElement {
        /// The parent element.
        parent: String,
        /// The name of the element.
        element: &'static str,
    },
    /// An element that may contain only elements contains text.
    #[error("<{element}/> cannot contain the text {found:?}")]
    StrayText {
        /// The element around the text.
        element: String,
        /// The text.
        found: String,
    },

    /// The `usage` attribute of a trust message is missing (XEP-0434 §4).
    #[error("<trust-message/> has no usage attribute: it must name the protocol that the message is for")]
    MissingUsage,
    /// The encryption is missing in a trust message (XEP-0434 §4), or as the first pair of a URI (§9.1.1).
    #[error("no encryption: a trust message must name it as attribute, a URI as its first pair")]
    MissingEncryption,
    /// The `jid` attribute is missing.
    #[error("<{element}/> has no jid attribute")]
    MissingJid {
        /// The element.
        element: String,
    },
    /// The `stamp` attribute is missing.
    #[error("<{element}/> has no stamp attribute")]
    MissingStamp {
        /// The element.
        element: String,
    },
    /// An attribute whose value must be a namespace has another value.
    #[error("{attribute} {found:?} is no namespace: it must be neither empty nor contain spaces")]
    BadNamespace {
        /// The attribute.
        attribute: &'static str,
        /// The value.
        found: String,
    },
    /// A trust message has no `<key-owner/>` (XEP-0434 §4: at least one).
    #[error("<trust-message/> has no <key-owner/>")]
    NoKeyOwner,
    /// A `<key-owner/>` has neither `<trust/>` nor `<distrust/>` (XEP-0434 §4: at least one).
    #[error("the <key-owner/> {owner} has neither <trust/> nor <distrust/>")]
    OwnerWithoutDecision {
        /// The key owner.
        owner: BareJid,
    },
    /// A key owner is given as a full JID (XEP-0434 §4: the bare JID).
    #[error("the key owner {found:?} must be a bare JID, without a resource")]
    FullJidOwner {
        /// The JID.
        found: String,
    },
    /// A value that should be a JID is not one.
    #[error("{found:?} is no JID: {reason}")]
    BadJid {
        /// The value.
        found: String,
        /// The error.
        reason: String,
    },
    /// A key identifier is not in Base64 (RFC 4648 §4, with padding).
    #[error("the key identifier {found:?} is not in Base64: {reason}")]
    BadBase64 {
        /// The value.
        found: String,
        /// The error.
        reason: String,
    },
    /// A key identifier is not in Base16 (RFC 4648 §8).
    #[error("the key identifier {found:?} is not in Base16: {reason}")]
    BadBase16 {
        /// The value.
        found: String,
        /// The error.
        reason: String,
    },
    /// A key identifier is empty.
    #[error("a {element} has no key identifier")]
    EmptyKey {
        /// `trust` or `distrust`.
        element: &'static str,
    },
    /// The length of a key identifier is not valid for its encryption protocol.
    #[error("the key identifier {found:?} has {length} bytes, which those of {encryption} never have")]
    KeyLength {
        /// The encryption protocol.
        encryption: Encryption,
        /// The identifier, as written.
        found: String,
        /// The length of the identifier, in bytes.
        length: usize,
    },
    /// The same key of the same owner is both trusted and distrusted.
    #[error("the key {} of {owner} is both trusted and distrusted", key.to_base64())]
    Contradiction {
        /// The key owner.
        owner: BareJid,
        /// The key.
        key: KeyIdentifier,
    },
    /// A time does not follow the `DateTime` profile of XEP-0082.
    #[error("{found:?} is no time such as 2020-01-01T12:00:00Z: {reason}")]
    BadTime {
        /// The value.
        found: String,
        /// The error.
        reason: &'static str,
    },
    /// A carbon contains another carbon.
    #[error("a forwarded message cannot be a carbon itself")]
    NestedCarbon,

    /// A URI has another scheme than `xmpp`.
    #[error("a Trust Message URI begins with \"xmpp:\", not with {found:?}")]
    UriScheme {
        /// The beginning of the URI.
        found: String,
    },
    /// The authority of a URI is not the bare JID of an account with a localpart (RFC 5122 §2.3), or no path follows
    /// it.
    #[error("after \"//\" stand the own account and, after a \"/\", the owner of the keys, not {found:?}")]
    UriAuthority {
        /// The authority.
        found: String,
    },
    /// A URI has a fragment.
    #[error("a Trust Message URI has no fragment, but this one ends with {found:?}")]
    UriFragment {
        /// The fragment, with its `#`.
        found: String,
    },
    /// A URI is a code with OMEMO fingerprints, as other clients display it.
    #[error("another kind of code: an OMEMO fingerprint code of other clients, no Trust Message URI")]
    UriOmemoFingerprints,
    /// The query type of a URI is not `trust-message`.
    #[error("the query type of a Trust Message URI is \"trust-message\", not {found:?}")]
    UriQueryType {
        /// The query type, empty if there is none.
        found: String,
    },
    /// A pair after the encryption of a URI is neither `trust=…` nor `distrust=…`.
    #[error("{found:?} is neither trust=… nor distrust=…")]
    UriPair {
        /// The pair.
        found: String,
    },
    /// A URI names its encryption twice.
    #[error("the encryption is named again by {found:?}")]
    UriRepeatedEncryption {
        /// The second pair with an encryption.
        found: String,
    },
    /// A URI has a character that must be percent-encoded there, or invalid percent-encoding.
    #[error("{found:?} is not encoded as a part of a URI must be (RFC 3986 §2.1, RFC 5122 §2.2)")]
    UriEncoding {
        /// The part of the URI.
        found: String,
    },
    /// A URI contains no decision.
    #[error("a Trust Message URI has at least one trust=… or distrust=…")]
    UriWithoutDecision,
}

impl Malformed {
    /// The number of characters of an offending value that are kept.
    pub const QUOTED: usize = 120;

    /// The stable name of the reason, in kebab case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::TooLong { .. } => "too-long",
            Self::TooDeep { .. } => "too-deep",
            Self::NotXml { .. } => "not-xml",
            Self::Dtd => "dtd",
            Self::Entity { .. } => "entity",
            Self::ProcessingInstruction => "processing-instruction",
            Self::Comment => "comment",
            Self::Trailing { .. } => "trailing",
            Self::WrongNamespace { .. } => "wrong-namespace",
            Self::UnknownElement { .. } => "unknown-element",
            Self::RepeatedElement { .. } => "repeated-element",
            Self::MissingElement { .. } => "missing-element",
            Self::StrayText { .. } => "stray-text",
            Self::MissingUsage => "missing-usage",
            Self::MissingEncryption => "missing-encryption",
            Self::MissingJid { .. } => "missing-jid",
            Self::MissingStamp { .. } => "missing-stamp",
            Self::BadNamespace { .. } => "bad-namespace",
            Self::NoKeyOwner => "no-key-owner",
            Self::OwnerWithoutDecision { .. } => "owner-without-decision",
            Self::FullJidOwner { .. } => "full-jid-owner",
            Self::BadJid { .. } => "bad-jid",
            Self::BadBase64 { .. } => "bad-base64",
            Self::BadBase16 { .. } => "bad-base16",
            Self::EmptyKey { .. } => "empty-key",
            Self::KeyLength { .. } => "key-length",
            Self::Contradiction { .. } => "contradiction",
            Self::BadTime { .. } => "bad-time",
            Self::NestedCarbon => "nested-carbon",
            Self::UriScheme { .. } => "uri-scheme",
            Self::UriAuthority { .. } => "uri-authority",
            Self::UriFragment { .. } => "uri-fragment",
            Self::UriOmemoFingerprints => "uri-omemo-fingerprints",
            Self::UriQueryType { .. } => "uri-query-type",
            Self::UriPair { .. } => "uri-pair",
            Self::UriRepeatedEncryption { .. } => "uri-repeated-encryption",
            Self::UriEncoding { .. } => "uri-encoding",
            Self::UriWithoutDecision => "uri-without-decision",
        }
    }
}

/// Shortens an offending value, so a stranger cannot make an error message long.
pub(super) fn quoted(value: &str) -> String {
    match value.char_indices().nth(Malformed::QUOTED) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
