use std::fmt;
use std::sync::Arc;

use crate::addressees::Addressees;
use crate::codec::Malformed;
use crate::level::{Level, Origin};
use crate::message::{Decision, Envelope, MessageRef, OutboxId};
use crate::names::{AccountId, EndpointId, KeyId, Stamp};

/// The result of an input. [`Device::apply`](crate::Device::apply) appends to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "the messages to be sent stand in it"]
pub struct Outcome {
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// The messages to send, in order.
    pub outgoing: Vec<Outgoing>,
    /// The refusals.
    pub refused: Vec<Refusal>,
    /// Oddities that did not change anything.
    pub notices: Vec<Notice>,
}

impl Outcome {
    /// Empties the outcome but keeps its allocations.
    pub fn clear(&mut self) {
        self.changes.clear();
        self.outgoing.clear();
        self.refused.clear();
        self.notices.clear();
    }
}

/// One change of a device's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// An explicit decision about a key replaced the previous state.
    Decided {
        /// The decision, with its key.
        decision: Decision,
        /// The key's level before.
        was: Level,
        /// The author of the decision.
        origin: Origin,
        /// The decision's time.
        time: Stamp,
        /// Whether the decision takes effect now or later.
        effect: Effect,
        /// The event that made the device apply the decision.
        cause: Cause,
    },
    /// A message repeated an explicit decision that holds. The time of the decision advanced.
    Confirmed {
        /// The decision, with its key.
        decision: Decision,
        /// The key of the endpoint that sent the message.
        sender: KeyId,
        /// The new time of the decision.
        time: Stamp,
        /// The event that made the device apply the decision.
        cause: Cause,
    },
    /// A key for which a decision was kept is now discovered.
    TookEffect {
        /// The key.
        key: KeyId,
        /// The key's new level.
        level: Level,
        /// The author of the decision.
        origin: Origin,
    },
    /// A key without an explicit decision got another level.
    Level {
        /// The key.
        key: KeyId,
        /// The key's previous level.
        was: Level,
        /// The key's new level.
        level: Level,
    },
    /// A decision of an unauthenticated sender was postponed.
    Postponed {
        /// The sender's key.
        sender: KeyId,
        /// The postponed decision.
        decision: Decision,
    },
    /// The postponed decisions of a sender were dropped because the sender is distrusted.
    Dropped {
        /// The sender's key.
        sender: KeyId,
        /// The number of dropped decisions.
        decisions: usize,
    },
}

/// The time at which a decision takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// At once: the key is discovered.
    Now,
    /// When the key is discovered.
    OnDiscovery,
}

/// The event that made a device consider a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A person decided.
    Decided,
    /// A message arrived.
    Received,
    /// The sender of a postponed decision was authenticated.
    Released,
    /// A key was fetched.
    Discovered,
}

/// A trust message to send.
///
/// The stanza around it has `type='chat'`, carries a `<store xmlns='urn:xmpp:hints'/>` and goes to the bare JID of
/// `to`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outgoing {
    /// The position in the outbox. [`Input::Sent`](crate::Input::Sent) confirms it.
    pub id: OutboxId,
    /// The account that the stanza is addressed to.
    pub to: AccountId,
    /// The exact set of keys to encrypt for.
    pub keys: Addressees,
    /// The content to encrypt.
    pub envelope: Envelope,
}

impl Outgoing {
    /// The stanza's `id` if `sender` sends it.
    #[must_use]
    pub fn sent_by(&self, sender: EndpointId) -> MessageRef {
        MessageRef { endpoint: sender, number: self.id }
    }
}

/// A message, or one decision of it, that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason for the refusal.
    pub reason: Reason,
    /// The key of the sender, if the encryption layer named one.
    pub sender: Option<KeyId>,
    /// The refused decision; `None` if the whole input was refused.
    pub decision: Option<Decision>,
    /// The event that made the device consider it.
    pub cause: Cause,
    /// The error in the message, if it is [malformed](Reason::Malformed).
    pub malformed: Option<Arc<Malformed>>,
}

impl Refusal {
    /// The refusal of one decision of a message or a person.
    pub(crate) fn of(reason: Reason, sender: Option<KeyId>, decision: Decision, cause: Cause) -> Self {
        Self { reason, sender, decision: Some(decision), cause, malformed: None }
    }

    /// The refusal of a whole input.
    pub(crate) fn whole(reason: Reason, sender: Option<KeyId>, cause: Cause) -> Self {
        Self { reason, sender, decision: None, cause, malformed: None }
    }

    /// The name of the reason, followed by the error if the message is malformed.
    #[must_use]
    pub fn explanation(&self) -> String {
        match &self.malformed {
            Some(malformed) => format!("{}: {malformed}", self.reason),
            None => self.reason.name().to_owned(),
        }
    }
}

/// Defines [`Reason`]: the only list of its variants, names and texts.
macro_rules! reasons {
    ($($text:literal $variant:ident = $name:literal,)+) => {
        /// The reason why a device did not act on an input. Nothing is refused silently.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $text] #[cfg_attr(feature = "serde", serde(rename = $name))] $variant,)+
        }

        impl Reason {
            /// All reasons.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable name, in kebab case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The meaning of the reason, as a sentence.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

reasons! {
    "The message is the device's own one, which came back to it."
    OwnReflection = "own-reflection",
    "It came as a carbon copy, but not from the device's own account (XEP-0280)."
    ForgedCarbon = "forged-carbon",
    "The trust message was not encrypted."
    NotEncrypted = "not-encrypted",
    "It is not a trust message as XEP-0434 defines it, or what is around it is broken."
    Malformed = "malformed",
    "Its `usage` is not `urn:xmpp:atm:1`."
    NotAtm = "not-atm",
    "It is about another encryption protocol than the device's, or than the one that carried it."
    WrongEncryption = "wrong-encryption",
    "The encryption did not name a key of the sender's account."
    UnboundKey = "unbound-key",
    "The JIDs in the encrypted envelope are not those of the stanza (XEP-0420)."
    AffixMismatch = "affix-mismatch",
    "The encrypted envelope has no `<time/>`."
    MissingTime = "missing-time",
    "The `<time/>` in the encrypted envelope is too far from when the message was sent."
    Clock = "clock",
    "The key of the sender is distrusted."
    DistrustedSender = "distrusted-sender",
    "The sender may not decide on that key: it belongs to a third party."
    NoAuthority = "no-authority",
    "It is the device's own key: nobody decides on it, and nobody else speaks with it."
    OwnKey = "own-key",
    "The key of the sender is not authenticated yet, so the decision waits."
    Postponed = "postponed",
    "A decision on that key is as new or newer."
    Stale = "stale",
    "A distrust stands until the one who spoke it, or a person on this device, trusts that key again."
    StandingDistrust = "standing-distrust",
    "The device already stores as much as it is willing to store for that sender, for its account or for all contacts."
    Quota = "quota",
    "The trust policy of the device does not allow it."
    Policy = "policy",
    "The key was not discovered yet, so the decision waits until it is."
    NotDiscovered = "not-discovered",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An oddity that did not affect the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The envelope has no `<rpad/>`, which XEP-0434 §5.2.1 demands of its sender.
    MissingPadding {
        /// The sender's key.
        sender: KeyId,
    },
}
