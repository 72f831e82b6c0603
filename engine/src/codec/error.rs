use crate::jid::BareJid;
use crate::names::{Encryption, KeyIdentifier};

/// Why something that was received is refused: for whoever wrote it.
///
/// Each variant is one reason, carries the offending value (shortened to [`Malformed::QUOTED`] characters)
/// and has a stable [`code`](Self::code).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The input is longer than what is read at all.
    #[error("{bytes} bytes are too many: at most {limit} are read")]
    TooLarge {
        /// How many bytes there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A name or the value of an attribute is longer than what is read.
    #[error("a name or attribute value has more than {limit} bytes")]
    TooLong {
        /// How many bytes it may have.
        limit: usize,
    },
    /// Elements are nested too deeply.
    #[error("elements are nested more than {limit} deep")]
    TooDeep {
        /// How deep they may be nested.
        limit: usize,
    },
    /// The input is not well-formed XML with namespaces.
    #[error("not well-formed XML: {reason}")]
    NotXml {
        /// What is wrong with it.
        reason: String,
    },
    /// There is a document type declaration (RFC 6120 §11.1 forbids it).
    #[error("a document type declaration is not allowed in XMPP")]
    Dtd,
    /// There is a reference to an entity other than the five of XML itself (RFC 6120 §11.1).
    #[error("the entity reference {found:?} is not allowed: only amp, lt, gt, apos and quot are")]
    Entity {
        /// The reference.
        found: String,
    },
    /// There is a processing instruction (RFC 6120 §11.1 forbids it).
    #[error("a processing instruction is not allowed in XMPP")]
    ProcessingInstruction,
    /// There is a comment (RFC 6120 §11.1 forbids it).
    #[error("a comment is not allowed in XMPP")]
    Comment,
    /// Something follows the root element.
    #[error("nothing may follow the root element, but {found:?} does")]
    Trailing {
        /// What follows.
        found: String,
    },

    /// An element has the right name in the wrong namespace.
    #[error("<{element}/> is in the namespace {found:?} instead of {expected:?}")]
    WrongNamespace {
        /// The name of the element.
        element: String,
        /// Its namespace.
        found: String,
        /// The namespace where it belongs.
        expected: &'static str,
    },
    /// An element stands where it does not belong.
    #[error("<{element} xmlns={namespace:?}/> does not belong in {parent}")]
    UnknownElement {
        /// Where it stands.
        parent: String,
        /// Its name.
        element: String,
        /// Its namespace.
        namespace: String,
    },
    /// An element that may stand there once stands there again.
    #[error("<{element}/> stands in <{parent}/> more than once")]
    RepeatedElement {
        /// Where it stands.
        parent: String,
        /// Its name.
        element: &'static str,
    },
    /// An element that must be there is not.
    #[error("<{parent}/> has no <{element}/>")]
    MissingElement {
        /// Where it should stand.
        parent: String,
        /// Its name.
        element: &'static str,
    },
    /// There is text where only elements belong.
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
    /// The encryption is missing, from a trust message (XEP-0434 §4) or as the first pair of a URI (§9.1.1).
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
        /// Its value.
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
    /// A key owner is named by a full JID (XEP-0434 §4: the bare JID).
    #[error("the key owner {found:?} must be a bare JID, without a resource")]
    FullJidOwner {
        /// The JID.
        found: String,
    },
    /// What should be a JID is none.
    #[error("{found:?} is no JID: {reason}")]
    BadJid {
        /// What it is.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A key identifier is not in Base64 (RFC 4648 §4, with padding).
    #[error("the key identifier {found:?} is not in Base64: {reason}")]
    BadBase64 {
        /// What it is.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A key identifier is not in Base16 (RFC 4648 §8).
    #[error("the key identifier {found:?} is not in Base16: {reason}")]
    BadBase16 {
        /// What it is.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A key identifier is empty.
    #[error("a {element} has no key identifier")]
    EmptyKey {
        /// `trust` or `distrust`.
        element: &'static str,
    },
    /// A key identifier does not have the length of those of its encryption protocol.
    #[error("the key identifier {found:?} has {length} bytes, which those of {encryption} never have")]
    KeyLength {
        /// The encryption protocol.
        encryption: Encryption,
        /// The identifier, as it is written.
        found: String,
        /// How many bytes it has.
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
        /// What it is.
        found: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A carbon is in a carbon.
    #[error("a forwarded message cannot be a carbon itself")]
    NestedCarbon,

    /// A URI has another scheme than `xmpp`.
    #[error("a Trust Message URI begins with \"xmpp:\", not with {found:?}")]
    UriScheme {
        /// How the URI begins.
        found: String,
    },
    /// What stands after `//` in a URI is not the bare JID of an account with a localpart (RFC 5122 §2.3), or no path
    /// follows it.
    #[error("after \"//\" stand the own account and, after a \"/\", the owner of the keys, not {found:?}")]
    UriAuthority {
        /// What stands there.
        found: String,
    },
    /// A URI has a fragment.
    #[error("a Trust Message URI has no fragment, but this one ends with {found:?}")]
    UriFragment {
        /// The fragment, with its `#`.
        found: String,
    },
    /// A URI is a code with OMEMO fingerprints, as other clients show them.
    #[error("another kind of code: an OMEMO fingerprint code of other clients, no Trust Message URI")]
    UriOmemoFingerprints,
    /// A URI has another query type.
    #[error("the query type of a Trust Message URI is \"trust-message\", not {found:?}")]
    UriQueryType {
        /// The query type, empty if there is none.
        found: String,
    },
    /// After the encryption a URI has something other than `trust=…` or `distrust=…`.
    #[error("{found:?} is neither trust=… nor distrust=…")]
    UriPair {
        /// What it has.
        found: String,
    },
    /// A URI names its encryption again.
    #[error("the encryption is named again by {found:?}")]
    UriRepeatedEncryption {
        /// The second pair.
        found: String,
    },
    /// A URI has a character that must be percent-encoded there, or bad percent-encoding.
    #[error("{found:?} is not encoded as a part of a URI must be (RFC 3986 §2.1, RFC 5122 §2.2)")]
    UriEncoding {
        /// The part of the URI.
        found: String,
    },
    /// A URI decides on no key.
    #[error("a Trust Message URI has at least one trust=… or distrust=…")]
    UriWithoutDecision,
}

impl Malformed {
    /// How many characters of an offending value are kept.
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

/// An offending value, shortened so that no stranger decides how long a message about it gets.
pub(super) fn quoted(value: &str) -> String {
    match value.char_indices().nth(Malformed::QUOTED) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
