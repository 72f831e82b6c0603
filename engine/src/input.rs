use std::sync::Arc;

use crate::codec::Malformed;
use crate::manual_decision::ManualDecision;
use crate::message::{Envelope, MessageRef, OutboxId};
use crate::names::{AccountId, EncryptionId, EndpointId, KeyId, Stamp};

/// An input of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A person authenticates or distrusts keys.
    Decide(ManualDecision),
    /// A person trusts a key without comparing its fingerprint ("manually trusted").
    TrustManually(KeyId),
    /// A key was fetched for the first time.
    Discover(KeyId),
    /// A message stanza arrived.
    Receive(Received),
    /// The server accepted a message of the outbox.
    Sent(OutboxId),
    /// The device starts again from its stored form.
    Resume,
}

/// A received message stanza, with the findings of the encryption layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The stanza's `from`; inside a carbon, that of the forwarded stanza.
    pub from: EndpointId,
    /// The bare JID of the stanza's `to`; inside a carbon, that of the forwarded stanza.
    pub to: AccountId,
    /// The stanza's `id`, if it has the form that this engine writes.
    pub id: Option<MessageRef>,
    /// The `from` of the stanza that wraps this one as a carbon (XEP-0280), if it came as one.
    pub carbon_from: Option<AccountId>,
    /// Whether the trust message was encrypted.
    pub protection: Protection,
    /// The time at which the own server received the stanza, if the server says so (XEP-0203).
    pub delayed_since: Option<Stamp>,
    /// The trust message.
    pub payload: Payload,
}

/// The protection of a trust message in transit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protection {
    /// In the clear.
    None,
    /// Encrypted.
    Encrypted {
        /// The encryption protocol.
        with: EncryptionId,
        /// The key of the sender, if the encryption layer names one.
        by: Option<KeyId>,
    },
}

/// The content of a stanza, as far as it concerns trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A well-formed trust message.
    Parsed(Envelope),
    /// Content that is not a well-formed trust message, with the reason.
    Malformed(Arc<Malformed>),
}
