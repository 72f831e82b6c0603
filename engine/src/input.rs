use std::sync::Arc;

use crate::codec::Malformed;
use crate::jid::Jid;
use crate::manual_decision::ManualDecision;
use crate::message::{Envelope, MessageRef, OutboxId};
use crate::names::{AccountId, Directory, EncryptionId, EndpointId, KeyId, Stamp};

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
    pub carbon_from: Option<CarbonFrom>,
    /// Whether the trust message was encrypted.
    pub protection: Protection,
    /// The time at which the own server received the stanza, if the server says so (XEP-0203).
    pub delayed_since: Option<Stamp>,
    /// The trust message.
    pub payload: Payload,
}

/// The `from` of a stanza that wraps another one as a carbon (XEP-0280).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CarbonFrom {
    /// A bare JID. Only the own one sends carbons (XEP-0280 §11).
    Account(AccountId),
    /// A full JID, which sends no carbons.
    Endpoint(EndpointId),
}

impl CarbonFrom {
    /// Interns a JID.
    pub fn intern(jid: &Jid, names: &mut Directory) -> Self {
        match jid.clone().try_into_full() {
            Ok(full) => Self::Endpoint(names.endpoint(&full)),
            Err(bare) => Self::Account(names.account(&bare)),
        }
    }

    /// The JID.
    #[must_use]
    pub fn jid(self, names: &Directory) -> Jid {
        match self {
            Self::Account(account) => names.jid(account).clone().into(),
            Self::Endpoint(endpoint) => names.full_jid(endpoint).clone().into(),
        }
    }

    /// Whether carbons of an account come from here.
    #[must_use]
    pub fn is_of(self, account: AccountId) -> bool {
        self == Self::Account(account)
    }
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
