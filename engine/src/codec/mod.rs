//! XML and URI codecs: trust messages (XEP-0434), their envelopes (XEP-0420), the stanzas that carry them, and Trust
//! Message URIs.
//!
//! The types here contain names instead of ids: `intern` converts a `Named…` value to its counterpart with ids, and
//! `of` converts it back. Input comes from strangers, so its size is checked first (see [`MAX_STANZA_BYTES`],
//! [`MAX_VALUE_BYTES`], [`MAX_DEPTH`], [`MAX_URI_BYTES`]). Refused input gives a [`Malformed`] error with the reason.

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
