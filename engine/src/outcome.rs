use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::canonical::Renaming;
use crate::codec::Malformed;
use crate::level::{Level, Origin};
use crate::message::{Decision, Envelope, MessageId, OutboxId, TrustMessage};
use crate::names::{AccountId, EndpointId, KeyId, Stamp};
use crate::store::addressees::Addressees;

/// What came of an input: appended to by [`Device::apply`](crate::Device::apply).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What changed, in order.
    pub changes: Vec<Change>,
    /// What is to be sent, in order.
    pub outgoing: Vec<Outgoing>,
    /// What was refused, and why.
    pub refused: Vec<Refusal>,
    /// What was odd but did not change anything.
    pub notices: Vec<Notice>,
}

impl Outcome {
    /// Empties the outcome and keeps its memory.
    pub fn clear(&mut self) {
        self.changes.clear();
        self.outgoing.clear();
        self.refused.clear();
        self.notices.clear();
    }
}

/// One change of a device's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// An explicit decision about a key took the place of what was there.
    Decided {
        /// The key and the kind on it.
        decision: Decision,
        /// The key's level before.
        was: Level,
        /// Who decided.
        origin: Origin,
        /// The decision's time.
        time: Stamp,
        /// Whether the key is known, so that the decision has its effect now.
        effect: Effect,
        /// What made the device apply the decision.
        cause: Cause,
    },
    /// A message repeated an explicit decision that holds: its time moved.
    Confirmed {
        /// The key and the kind on it.
        decision: Decision,
        /// The key of the endpoint that sent the message.
        sender: KeyId,
        /// The decision's time from now on.
        time: Stamp,
        /// What made the device apply the decision.
        cause: Cause,
    },
    /// A key that was decided on before it was seen is known now.
    TookEffect {
        /// The key.
        key: KeyId,
        /// The key's level from now on.
        level: Level,
        /// Who decided.
        origin: Origin,
    },
    /// A key without an explicit decision got another level.
    Level {
        /// The key.
        key: KeyId,
        /// Its level before.
        was: Level,
        /// Its level from now on.
        level: Level,
    },
    /// A decision of a sender that is not authenticated was stored.
    Postponed {
        /// The sender's key.
        sender: KeyId,
        /// What it decided.
        decision: Decision,
    },
    /// The decisions that a sender had left were dropped since it is distrusted.
    Dropped {
        /// The sender's key.
        sender: KeyId,
        /// How many there were.
        decisions: usize,
    },
}

/// When a decision has its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// At once: the key is known.
    Now,
    /// When the key is discovered.
    OnDiscovery,
}

/// What made a device consider a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A person decided.
    Decided,
    /// A message of an authenticated sender arrived.
    Received,
    /// The sender whose decision had been postponed was authenticated.
    Released,
    /// A key was fetched.
    Discovered,
}

/// A trust message to be sent.
///
/// The stanza around it is of `type='chat'`, carries a `<store xmlns='urn:xmpp:hints'/>` and goes to the
/// bare JID of `to`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outgoing {
    /// Its place in the outbox, to be confirmed with [`Input::Sent`](crate::Input::Sent).
    pub id: OutboxId,
    /// The account that the stanza is addressed to.
    pub to: AccountId,
    /// The keys to encrypt for: these and no others.
    pub keys: Addressees,
    /// What to encrypt.
    pub envelope: Envelope,
}

impl Outgoing {
    /// The stanza's `id` when `sender` sends it.
    #[must_use]
    pub fn message_id(&self, sender: EndpointId) -> MessageId {
        MessageId { endpoint: sender, number: self.id }
    }

    /// The message that the endpoint sends with which its sender changes places.
    #[must_use]
    pub fn renamed(&self, renaming: &Renaming) -> Self {
        let Envelope { padded, time, from, to, message } = &self.envelope;
        let decisions = message.decisions.iter().map(|decision| renaming.decision(*decision));
        let message = TrustMessage { decisions: decisions.collect(), ..TrustMessage::clone(message) };
        Self {
            id: self.id,
            to: renaming.account(self.to),
            keys: self.keys.iter().map(|key| renaming.key(*key)).collect(),
            envelope: Envelope {
                padded: *padded,
                time: *time,
                from: from.map(|account| renaming.account(account)),
                to: to.map(|account| renaming.account(account)),
                message: Arc::new(message),
            },
        }
    }
}

/// A message, or a part of one, that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The key of the sender, if the encryption layer named one.
    pub sender: Option<KeyId>,
    /// The part; `None` if the whole message was refused.
    pub decision: Option<Decision>,
    /// What made the device consider it.
    pub cause: Cause,
}

/// E11: why something was refused. Nothing is refused silently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The device's own message came back.
    OwnReflection,
    /// A carbon did not come from the own bare JID.
    ForgedCarbon,
    /// The trust message stood in the clear.
    NotEncrypted,
    /// The trust message breaks its format.
    Malformed(Arc<Malformed>),
    /// The trust message is for another protocol than ATM.
    NotAtm,
    /// The message speaks of keys of another encryption protocol than the one that carried it, or the key
    /// belongs to another one than this endpoint's.
    WrongEncryption,
    /// The encryption layer named no sender key, or one of another account than the stanza's sender.
    UnboundKey,
    /// The `<from/>` or `<to/>` in the envelope contradicts the stanza.
    AffixMismatch,
    /// The envelope has no `<time/>`.
    MissingTime,
    /// The `<time/>` is too far from the sending time.
    Clock,
    /// The sender's key is distrusted, or was when it wrote the message.
    DistrustedSender,
    /// The sender may not speak for the owner of that key, or speaks about its own key.
    NoAuthority,
    /// The key is the device's own.
    OwnKey,
    /// The sender's key is not authenticated (yet): the decision waits for that.
    Postponed,
    /// A later decision about the key is known.
    Stale,
    /// A distrust of somebody else stands (conflict rule `cautious`).
    StandingDistrust,
    /// There is no room to store the decision.
    Quota,
    /// The policy does not let a key be trusted without authentication.
    Policy,
    /// The key was never seen.
    NotDiscovered,
}

impl Reason {
    /// A stable name in kebab case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::OwnReflection => "own-reflection",
            Self::ForgedCarbon => "forged-carbon",
            Self::NotEncrypted => "not-encrypted",
            Self::Malformed(_) => "malformed",
            Self::NotAtm => "not-atm",
            Self::WrongEncryption => "wrong-encryption",
            Self::UnboundKey => "unbound-key",
            Self::AffixMismatch => "affix-mismatch",
            Self::MissingTime => "missing-time",
            Self::Clock => "clock",
            Self::DistrustedSender => "distrusted-sender",
            Self::NoAuthority => "no-authority",
            Self::OwnKey => "own-key",
            Self::Postponed => "postponed",
            Self::Stale => "stale",
            Self::StandingDistrust => "standing-distrust",
            Self::Quota => "quota",
            Self::Policy => "policy",
            Self::NotDiscovered => "not-discovered",
        }
    }
}

/// Something odd that did not change what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The envelope has no `<rpad/>`, which XEP-0434 §5.2.1 demands of its sender.
    MissingPadding {
        /// The sender's key.
        sender: KeyId,
    },
}
