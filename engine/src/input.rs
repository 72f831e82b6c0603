use std::sync::Arc;

use crate::codec::Malformed;
use crate::manual_decision::ManualDecision;
use crate::message::{Envelope, MessageRef, OutboxId};
use crate::names::{AccountId, EncryptionId, EndpointId, KeyId, Stamp};

/// Everything that can happen to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A person authenticates or distrusts keys.
    Decide(ManualDecision),
    /// A person trusts a key without having compared anything ("manually trusted").
    TrustManually(KeyId),
    /// A key was fetched for the first time.
    Discover(KeyId),
    /// A message stanza arrived.
    Receive(Received),
    /// A message of the outbox was handed to the server for good.
    Sent(OutboxId),
    /// The device starts again from its stored state.
    Resume,
}

/// A message stanza as it arrived, with what the encryption layer says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The stanza's `from`; inside a carbon, that of the forwarded stanza.
    pub from: EndpointId,
    /// The bare JID of the stanza's `to`; inside a carbon, that of the forwarded stanza.
    pub to: AccountId,
    /// The stanza's `id`, if an endpoint of this kind wrote it.
    pub id: Option<MessageRef>,
    /// The `from` of the stanza that wraps this one as a carbon (XEP-0280), if it came as one.
    pub carbon_from: Option<AccountId>,
    /// Whether the trust message stood in the clear or was encrypted.
    pub protection: Protection,
    /// When the own server got the stanza, if it says so (XEP-0203).
    pub delayed_since: Option<Stamp>,
    /// The trust message.
    pub payload: Payload,
}

/// How a trust message was protected on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protection {
    /// It stood in the clear.
    None,
    /// It was encrypted.
    Encrypted {
        /// With this protocol.
        with: EncryptionId,
        /// By the holder of this key, if the encryption layer names one.
        by: Option<KeyId>,
    },
}

/// What a stanza says about trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A well-formed trust message.
    Parsed(Envelope),
    /// Something that is none, and why.
    Malformed(Arc<Malformed>),
}
