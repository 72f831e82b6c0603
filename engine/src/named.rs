//! Inputs and outcomes with names instead of ids, as clients have them.

use std::sync::Arc;

use crate::codec::{Malformed, NamedEnvelope};
use crate::jid::{BareJid, FullJid};
use crate::level::{Level, Origin};
use crate::message::{Decision, DecisionKind};
use crate::message_id::MessageId;
use crate::names::{Directory, Encryption, KeyId, KeyIdentifier, Stamp};
use crate::outcome::{Cause, Change, Effect, Notice, Outcome, Outgoing, Reason, Refusal};

/// A public long-term key: the same identifier under two owners is two keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedKey {
    /// The encryption protocol that uses it.
    pub encryption: Encryption,
    /// The account that it belongs to.
    pub owner: BareJid,
    /// Its identifier.
    pub identifier: KeyIdentifier,
}

/// A decision to authenticate or to distrust a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedDecision {
    /// The key.
    pub key: NamedKey,
    /// What is decided.
    pub kind: DecisionKind,
}

/// Who is behind a key's level.
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

/// A message stanza as it arrived, with what the encryption layer says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedReceived {
    /// The stanza's `from`; inside a carbon, that of the forwarded stanza. A stanza without `from` is from the own account
    /// (RFC 6120) and has no place here.
    pub from: FullJid,
    /// The bare JID of the stanza's `to`; inside a carbon, that of the forwarded stanza.
    pub to: BareJid,
    /// The stanza's `id`.
    pub id: Option<String>,
    /// The `from` of the stanza that wraps this one as a carbon (XEP-0280), if it came as one.
    pub carbon_from: Option<BareJid>,
    /// Whether the trust message stood in the clear or was encrypted.
    pub protection: NamedProtection,
    /// When the own server got the stanza, if the own server says so (XEP-0203). Anybody can add such a stamp, so those of
    /// others do not count.
    pub delayed_since: Option<Stamp>,
    /// What was encrypted: the result of `NamedEnvelope::parse` (feature `xml`).
    pub content: Result<NamedEnvelope, Malformed>,
}

/// How a trust message was protected on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedProtection {
    /// It stood in the clear.
    None,
    /// It was encrypted.
    Encrypted {
        /// With this protocol.
        with: Encryption,
        /// By the holder of this key of this account, if the encryption layer names one.
        by: Option<(BareJid, KeyIdentifier)>,
    },
}

/// The result of an input. Store the device before you act on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "the messages to be sent stand in it"]
pub struct NamedOutcome {
    /// What changed, in order.
    pub changes: Vec<NamedChange>,
    /// What is to be sent, in order.
    pub outgoing: Vec<NamedOutgoing>,
    /// What was refused, and why.
    pub refused: Vec<NamedRefusal>,
    /// What was odd but did not change anything.
    pub notices: Vec<NamedNotice>,
}

/// One change of what the device holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamedChange {
    /// An explicit decision about a key took the place of what was there.
    Decided {
        /// What was decided about which key.
        decision: NamedDecision,
        /// The key's level before.
        was: Level,
        /// Who decided.
        origin: NamedOrigin,
        /// The decision's time.
        time: Stamp,
        /// Whether the key is known, so that the decision has its effect now.
        effect: Effect,
        /// What made the device apply the decision.
        cause: Cause,
    },
    /// A message repeated an explicit decision that holds: its time moved.
    Confirmed {
        /// What was decided about which key.
        decision: NamedDecision,
        /// The key of the endpoint that sent the message.
        sender: NamedKey,
        /// The decision's time from now on.
        time: Stamp,
        /// What made the device apply the decision.
        cause: Cause,
    },
    /// A key that was decided on before it was seen is known now.
    TookEffect {
        /// The key.
        key: NamedKey,
        /// The key's level from now on.
        level: Level,
        /// Who decided.
        origin: NamedOrigin,
    },
    /// A key without an explicit decision got another level.
    Level {
        /// The key.
        key: NamedKey,
        /// Its level before.
        was: Level,
        /// Its level from now on.
        level: Level,
    },
    /// A decision of a sender that is not authenticated was stored.
    Postponed {
        /// The sender's key.
        sender: NamedKey,
        /// What it decided.
        decision: NamedDecision,
    },
    /// The decisions that a sender had left were dropped since it is distrusted.
    Dropped {
        /// The sender's key.
        sender: NamedKey,
        /// How many there were.
        decisions: usize,
    },
}

/// A trust message to be sent.
///
/// The stanza around it is of `type='chat'`, carries a `<store xmlns='urn:xmpp:hints'/>` and goes to the bare JID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedOutgoing {
    /// The stanza's `id`, by which it is confirmed as [sent](crate::Atm::sent).
    pub id: MessageId,
    /// The bare JID that the stanza is addressed to.
    pub to: BareJid,
    /// The keys of that account to encrypt for: these and no others. A key that no device publishes any longer is left out;
    /// if none is left, the message is confirmed without being sent.
    pub keys: Vec<KeyIdentifier>,
    /// What to encrypt, as yet without padding.
    pub envelope: NamedEnvelope,
}

/// A message, or a part of one, that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRefusal {
    /// Why.
    pub reason: Reason,
    /// The key of the sender, if the encryption layer named one.
    pub sender: Option<NamedKey>,
    /// The part; `None` if the whole message was refused.
    pub decision: Option<NamedDecision>,
    /// What made the device consider it.
    pub cause: Cause,
    /// What is wrong with the message, if it is [malformed](Reason::Malformed).
    pub malformed: Option<Arc<Malformed>>,
}

/// Something odd that did not change what was done.
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
    /// The `<envelope/>` to encrypt. `padding` is random text of random length, new for every call (XEP-0420 §4.1: up to 200
    /// characters).
    #[must_use]
    pub fn to_xml(&self, padding: &str) -> String {
        NamedEnvelope { padding: Some(padding.to_owned()), ..self.envelope.clone() }.to_xml()
    }
}

/// Gives ids their names.
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
