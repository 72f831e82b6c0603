//! The namespaces of the elements that are read and written.

/// Extended Stanza Addressing (XEP-0033).
#[cfg(feature = "xml")]
pub(super) const ADDRESSES: &str = "http://jabber.org/protocol/address";
/// Message Archive Management (XEP-0313).
pub const ARCHIVES: &str = "urn:xmpp:mam:2";
/// Automatic Trust Management, in a trust message's `usage` (XEP-0450 §8.1).
pub const ATM: &str = "urn:xmpp:atm:1";
/// Message Carbons (XEP-0280).
pub const CARBONS: &str = "urn:xmpp:carbons:2";
/// Stanzas between a client and its server (RFC 6120 §4.8).
pub const CLIENT: &str = "jabber:client";
/// Delayed Delivery (XEP-0203).
pub const DELAY: &str = "urn:xmpp:delay";
/// Explicit Message Encryption (XEP-0380).
#[cfg(feature = "xml")]
pub(super) const EME: &str = "urn:xmpp:eme:0";
/// Stanza Forwarding (XEP-0297).
pub const FORWARD: &str = "urn:xmpp:forward:0";
/// Message Processing Hints (XEP-0334).
pub const HINTS: &str = "urn:xmpp:hints";
/// Stanza Content Encryption (XEP-0420).
pub const SCE: &str = "urn:xmpp:sce:1";
/// Unique and Stable Stanza IDs (XEP-0359).
#[cfg(feature = "xml")]
pub(super) const STANZA_IDS: &str = "urn:xmpp:sid:0";
/// Trust Messages (XEP-0434).
pub const TRUST_MESSAGES: &str = "urn:xmpp:tm:1";
