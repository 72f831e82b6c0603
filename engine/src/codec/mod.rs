//! XML and URI codecs: trust messages (XEP-0434), the envelopes around them (XEP-0420), the stanzas that
//! carry those, and Trust Message URIs.
//!
//! Here names stand where the engine has ids: a `Named…` value is turned into its id-level counterpart by
//! `intern` and made from it by `of`. Whatever is read comes from strangers: it is bounded before it is
//! looked at (see [`MAX_STANZA_BYTES`], [`MAX_VALUE_BYTES`], [`MAX_DEPTH`], [`MAX_URI_BYTES`]), and what is refused is refused
//! with a [`Malformed`] that names the reason.

mod address;
mod envelope;
mod error;
mod limits;
mod namespace;
mod naming;
mod resolving;
mod trust_message;
mod uri;
#[cfg(feature = "xml")]
mod xml;

pub use envelope::NamedEnvelope;
pub use error::Malformed;
pub use limits::{MAX_DEPTH, MAX_STANZA_BYTES, MAX_URI_BYTES, MAX_VALUE_BYTES};
pub use namespace::{
    ARCHIVES as NAMESPACE_ARCHIVES, ATM as NAMESPACE_ATM, CARBONS as NAMESPACE_CARBONS,
    CLIENT as NAMESPACE_CLIENT, DELAY as NAMESPACE_DELAY, FORWARD as NAMESPACE_FORWARD,
    HINTS as NAMESPACE_HINTS, SCE as NAMESPACE_SCE, TRUST_MESSAGES as NAMESPACE_TRUST_MESSAGES,
};
pub use naming::Unwritable;
pub use resolving::Unresolved;
pub use trust_message::{NamedKeyOwner, NamedTrustMessage};
pub use uri::TrustMessageUri;
#[cfg(feature = "xml")]
pub use xml::{
    Archived, Carbon, CarbonDirection, ClearElement, Delay, Message, MessageStanza, MessageType, Remark,
    stamp_from_date_time, stamp_to_date_time,
};
