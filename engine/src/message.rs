//! Trust messages as the engine handles them, with ids instead of names.

use std::sync::Arc;

use crate::distrust_ids::DistrustsByKey;
use crate::names::{AccountId, EncryptionId, EndpointId, KeyId, Stamp};

/// Trust or distrust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum DecisionKind {
    /// The key belongs to an endpoint of its owner: `<trust/>`.
    Trust,
    /// The trust in the key is revoked: `<distrust/>`.
    Distrust,
}

/// One `<trust/>` or `<distrust/>` element of a trust message, about one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// The key that the decision is about.
    pub key: KeyId,
    /// Trust or distrust.
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

/// The `usage` attribute of a trust message: the protocol that uses it (XEP-0434 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// `urn:xmpp:atm:1`, Automatic Trust Management.
    Atm,
    /// Any other protocol. This engine ignores its messages.
    Other,
}

/// The content of a `<trust-message/>` (XEP-0434 §4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrustMessage {
    /// The protocol that uses the message.
    pub usage: Usage,
    /// The encryption protocol that uses the keys.
    pub encryption: EncryptionId,
    /// The decisions, in the order in which they are written. No key occurs twice.
    pub decisions: Arc<[Decision]>,
    /// The ids of the distrusts of these keys, if the sender follows the conflict rule
    /// [`Named`](crate::ConflictRule::Named).
    pub distrusts: DistrustsByKey,
}

/// The `<envelope/>` of Stanza Content Encryption around a trust message (XEP-0420, XEP-0434 §5.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Envelope {
    /// Whether there is an `<rpad/>`.
    pub padded: bool,
    /// The `<time/>` at which the sender encrypted the message.
    pub time: Option<Stamp>,
    /// The account in `<from/>`.
    pub from: Option<AccountId>,
    /// The account in `<to/>`.
    pub to: Option<AccountId>,
    /// The `<trust-message/>` in `<content/>`.
    pub message: Arc<TrustMessage>,
}

/// A reference to a message that this engine wrote: its endpoint and its number in that endpoint's outbox.
/// [`MessageId`](crate::MessageId) is its text form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageRef {
    /// The endpoint that wrote the message.
    pub endpoint: EndpointId,
    /// The number of the message in that endpoint's outbox.
    pub number: OutboxId,
}

/// The running number of a message in a device's outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId(pub u64);
