//! Trust messages as the engine handles them: ids instead of names.

use std::sync::Arc;

use crate::distrust_ids::DistrustsByKey;
use crate::names::{AccountId, EncryptionId, EndpointId, KeyId, Stamp};

/// What is decided about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum DecisionKind {
    /// The key is the one of its owner's endpoint: `<trust/>`.
    Trust,
    /// The trust in the key is revoked: `<distrust/>`.
    Distrust,
}

/// One `<trust/>` or `<distrust/>` of a trust message: trust or distrust of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// The key that is decided on.
    pub key: KeyId,
    /// What is decided.
    pub kind: DecisionKind,
}

impl Decision {
    /// The opposite decision about the same key.
    pub(crate) fn opposite(self) -> Self {
        let kind = match self.kind {
            DecisionKind::Trust => DecisionKind::Distrust,
            DecisionKind::Distrust => DecisionKind::Trust,
        };
        Self { kind, ..self }
    }
}

/// What a trust message is for: its `usage` attribute (XEP-0434 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// `urn:xmpp:atm:1`, Automatic Trust Management.
    Atm,
    /// Any other protocol, which this engine leaves alone.
    Other,
}

/// The content of a `<trust-message/>` (XEP-0434 §4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrustMessage {
    /// The protocol that uses the message.
    pub usage: Usage,
    /// The encryption protocol that uses the keys.
    pub encryption: EncryptionId,
    /// The decisions, in the order in which they are written; no key stands there twice.
    pub decisions: Arc<[Decision]>,
    /// The ids of the distrusts of these keys, of a sender with the conflict rule
    /// [`Named`](crate::ConflictRule::Named).
    pub distrusts: DistrustsByKey,
}

/// The `<envelope/>` of Stanza Content Encryption around a trust message (XEP-0420, XEP-0434 §5.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Envelope {
    /// Whether there is an `<rpad/>`.
    pub padded: bool,
    /// The `<time/>` at which the sender encrypted.
    pub time: Option<Stamp>,
    /// The account in `<from/>`.
    pub from: Option<AccountId>,
    /// The account in `<to/>`.
    pub to: Option<AccountId>,
    /// The `<trust-message/>` in `<content/>`.
    pub message: Arc<TrustMessage>,
}

/// A message that an endpoint of this kind wrote: that endpoint, and the message's running number there. As text it is a
/// [`MessageId`](crate::MessageId).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageRef {
    /// The endpoint that wrote the message.
    pub endpoint: EndpointId,
    /// Which of its messages it is.
    pub number: OutboxId,
}

/// The running number of a message in a device's outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId(pub u64);
