//! Inputs and outcomes with names instead of ids, for clients.

use std::sync::Arc;

use crate::codec::{Malformed, NamedEnvelope};
use crate::jid::{BareJid, FullJid, Jid};
use crate::level::{Level, Origin};
use crate::message::{Decision, DecisionKind};
use crate::message_id::MessageId;
use crate::names::{Directory, Encryption, KeyId, KeyIdentifier, Stamp};
use crate::outcome::{Cause, Change, Effect, Notice, Outcome, Outgoing, Reason, Refusal};

/// A public long-term key. The same identifier under two owners denotes two keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedKey {
    /// The encryption protocol that uses the key.
    pub encryption: Encryption,
    /// The account that owns the key.
    pub owner: BareJid,
    /// The key's identifier.
    pub identifier: KeyIdentifier,
}

/// A decision to authenticate or to distrust a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedDecision {
    /// The key that the decision is about.
    pub key: NamedKey,
    /// Trust or distrust.
    pub kind: DecisionKind,
}

/// The origin of a key's level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NamedOrigin {
    /// The policy.
    Policy,
    /// A person at this device.
    Manual,
    /// A trust message.
    Message {
        /// The key of the endpoint that sent it.
        sender: NamedKey,
    },
}

/// A received message stanza, with the findings of the encryption layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedReceived {
    /// The stanza's `from`; inside a carbon, that of the forwarded stanza. A stanza without `from` comes from the own
    /// account (RFC 6120) and cannot be represented here.
    pub from: FullJid,
    /// The bare JID of the stanza's `to`; inside a carbon, that of the forwarded stanza.
    pub to: BareJid,
    /// The stanza's `id`.
    pub id: Option<String>,
    /// The `from` of the stanza that wraps this one as a carbon (XEP-0280), if it came as one. Only the own bare JID
    /// sends carbons.
    pub carbon_from: Option<Jid>,
    /// Whether the trust message was encrypted.
    pub protection: NamedProtection,
    /// The time at which the own server received the stanza, if that server says so (XEP-0203). Anybody can add such a
    /// stamp, so pass only that of the own server.
    pub delayed_since: Option<Stamp>,
    /// The decrypted content: the result of `NamedEnvelope::parse` (feature `xml`).
    pub content: Result<NamedEnvelope, Malformed>,
}

/// The protection of a trust message in transit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedProtection {
    /// In the clear.
    None,
    /// Encrypted.
    Encrypted {
        /// The encryption protocol.
        with: Encryption,
        /// The account and the key of the sender, if the encryption layer names them.
        by: Option<(BareJid, KeyIdentifier)>,
    },
}

/// The result of an input. Store the device before acting on the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "the messages to be sent stand in it"]
pub struct NamedOutcome {
    /// The changes, in order.
    pub changes: Vec<NamedChange>,
    /// The messages to send, in order.
    pub outgoing: Vec<NamedOutgoing>,
    /// The refusals.
    pub refused: Vec<NamedRefusal>,
    /// Oddities that did not change anything.
    pub notices: Vec<NamedNotice>,
}

/// One change of a device's state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamedChange {
    /// An explicit decision about a key replaced the previous state.
    Decided {
        /// The decision, with its key.
        decision: NamedDecision,
        /// The key's level before.
        was: Level,
        /// The author of the decision.
        origin: NamedOrigin,
        /// The decision's time.
        time: Stamp,
        /// Whether the key is discovered, so that the decision takes effect now.
        effect: Effect,
        /// The event that made the device apply the decision.
        cause: Cause,
    },
    /// A message repeated an explicit decision that holds. The time of the decision advanced.
    Confirmed {
        /// The decision, with its key.
        decision: NamedDecision,
        /// The key of the endpoint that sent the message.
        sender: NamedKey,
        /// The new time of the decision.
        time: Stamp,
        /// The event that made the device apply the decision.
        cause: Cause,
    },
    /// A key for which a decision was kept is now discovered.
    TookEffect {
        /// The key.
        key: NamedKey,
        /// The key's new level.
        level: Level,
        /// The author of the decision.
        origin: NamedOrigin,
    },
    /// A key without an explicit decision got another level.
    Level {
        /// The key.
        key: NamedKey,
        /// The key's previous level.
        was: Level,
        /// The key's new level.
        level: Level,
    },
    /// A decision of an unauthenticated sender was postponed.
    Postponed {
        /// The sender's key.
        sender: NamedKey,
        /// The postponed decision.
        decision: NamedDecision,
    },
    /// The postponed decisions of a sender were dropped because the sender is distrusted.
    Dropped {
        /// The sender's key.
        sender: NamedKey,
        /// The number of dropped decisions.
        decisions: usize,
    },
}

/// A trust message to send.
///
/// The stanza around it has `type='chat'`, carries a `<store xmlns='urn:xmpp:hints'/>` and goes to the bare JID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedOutgoing {
    /// The stanza's `id`, used to confirm the message as [sent](crate::Atm::sent).
    pub id: MessageId,
    /// The bare JID of the addressee.
    pub to: BareJid,
    /// The exact set of that account's keys to encrypt for. Leave out a key that no device publishes any longer. If no
    /// key is left, confirm the message without sending it.
    pub keys: Vec<KeyIdentifier>,
    /// The content to encrypt, still without padding.
    pub envelope: NamedEnvelope,
}

/// A message, or one decision of it, that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRefusal {
    /// The reason for the refusal.
    pub reason: Reason,
    /// The key of the sender, if the encryption layer named one.
    pub sender: Option<NamedKey>,
    /// The refused decision; `None` if the whole input was refused.
    pub decision: Option<NamedDecision>,
    /// The event that made the device consider it.
    pub cause: Cause,
    /// The error in the message, if it is [malformed](Reason::Malformed).
    pub malformed: Option<Arc<Malformed>>,
}

/// An oddity that did not affect the result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamedNotice {
    /// The envelope has no `<rpad/>`, which XEP-0434 §5.2.1 demands of its sender.
    MissingPadding {
        /// The sender's key.
        sender: NamedKey,
    },
}

#[cfg(feature = "xml")]
impl NamedOutgoing {
    /// The `<envelope/>` to encrypt. `padding` is random text of random length, new for every call (XEP-0420 §4.1: up
    /// to 200 characters).
    #[must_use]
    pub fn to_xml(&self, padding: &str) -> String {
        NamedEnvelope { padding: Some(padding.to_owned()), ..self.envelope.clone() }.to_xml()
    }
}

/// Converts ids to names.
pub(crate) struct Naming<'a> {
    pub(crate) names: &'a Directory,
    pub(crate) own: &'a FullJid,
}

impl Naming<'_> {
    pub(crate) fn key(&self, key: KeyId) -> NamedKey {
        let names = self.names;
        NamedKey {
            encryption: names.encryption_name(names.encryption_of(key)).clone(),
            owner: names.jid(names.owner(key)).clone(),
            identifier: names.identifier(key).clone(),
        }
    }

    pub(crate) fn origin(&self, origin: Origin) -> NamedOrigin {
        match origin {
            Origin::Policy => NamedOrigin::Policy,
            Origin::Manual => NamedOrigin::Manual,
            Origin::Message { sender } => NamedOrigin::Message { sender: self.key(sender) },
        }
    }

    pub(crate) fn outcome(&self, outcome: Outcome) -> NamedOutcome {
        let Outcome { changes, outgoing, refused, notices } = outcome;
        NamedOutcome {
            changes: changes.into_iter().map(|change| self.change(change)).collect(),
            outgoing: outgoing.iter().map(|outgoing| self.outgoing(outgoing)).collect(),
            refused: refused.into_iter().map(|refusal| self.refusal(refusal)).collect(),
            notices: notices.into_iter().map(|notice| self.notice(notice)).collect(),
        }
    }

    pub(crate) fn outgoing(&self, outgoing: &Outgoing) -> NamedOutgoing {
        NamedOutgoing {
            id: MessageId::new(self.own, outgoing.id),
            to: self.names.jid(outgoing.to).clone(),
            keys: outgoing.keys.iter().map(|key| self.names.identifier(*key).clone()).collect(),
            envelope: NamedEnvelope::of(&outgoing.envelope, "", self.names)
                .expect("a device writes whole envelopes about keys of its encryption"),
        }
    }

    fn decision(&self, decision: Decision) -> NamedDecision {
        NamedDecision { key: self.key(decision.key), kind: decision.kind }
    }

    fn change(&self, change: Change) -> NamedChange {
        match change {
            Change::Decided { decision, was, origin, time, effect, cause } => NamedChange::Decided {
                decision: self.decision(decision),
                was,
                origin: self.origin(origin),
                time,
                effect,
                cause,
            },
            Change::Confirmed { decision, sender, time, cause } => NamedChange::Confirmed {
                decision: self.decision(decision),
                sender: self.key(sender),
                time,
                cause,
            },
            Change::TookEffect { key, level, origin } => {
                NamedChange::TookEffect { key: self.key(key), level, origin: self.origin(origin) }
            }
            Change::Level { key, was, level } => NamedChange::Level { key: self.key(key), was, level },
            Change::Postponed { sender, decision } => {
                NamedChange::Postponed { sender: self.key(sender), decision: self.decision(decision) }
            }
            Change::Dropped { sender, decisions } => {
                NamedChange::Dropped { sender: self.key(sender), decisions }
            }
        }
    }

    fn refusal(&self, refusal: Refusal) -> NamedRefusal {
        let Refusal { reason, sender, decision, cause, malformed } = refusal;
        NamedRefusal {
            reason,
            sender: sender.map(|sender| self.key(sender)),
            decision: decision.map(|decision| self.decision(decision)),
            cause,
            malformed,
        }
    }

    fn notice(&self, notice: Notice) -> NamedNotice {
        match notice {
            Notice::MissingPadding { sender } => NamedNotice::MissingPadding { sender: self.key(sender) },
        }
    }
}
