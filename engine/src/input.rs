use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::codec::Malformed;
use crate::message::{Decision, DecisionKind, Envelope, MessageRef, OutboxId};
use crate::names::{AccountId, Directory, EncryptionId, EndpointId, KeyId, Stamp, UnknownId};

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

/// What a person decides about keys of one owner (XEP-0450 §2, manual key authentication and distrusting).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ManualDecision(Arc<[Decision]>);

/// Why decisions cannot be made in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOneDecision {
    /// A key is unknown to the directory.
    #[error(transparent)]
    UnknownId(#[from] UnknownId),
    /// There is none.
    #[error("there is no key to decide on")]
    Empty,
    /// The keys have several owners.
    #[error("the keys have more than one owner")]
    ManyOwners,
    /// The keys belong to several encryption protocols.
    #[error("the keys belong to more than one encryption protocol")]
    ManyEncryptions,
    /// One key is both trusted and distrusted.
    #[error("a key is both trusted and distrusted")]
    Contradiction,
}

impl ManualDecision {
    /// The decision to authenticate the keys in `trust` and to distrust those in `distrust`. A key that is
    /// named twice is decided on once.
    ///
    /// # Errors
    ///
    /// If there is no key, one is unknown to `names`, if the keys have several owners or belong to several encryption protocols, or if
    /// one key stands on both sides.
    pub fn new(trust: &[KeyId], distrust: &[KeyId], names: &Directory) -> Result<Self, NotOneDecision> {
        trust.iter().chain(distrust).try_for_each(|key| names.knows_key(*key))?;
        let first = trust.iter().chain(distrust).next().ok_or(NotOneDecision::Empty)?;
        let owner = names.owner(*first);
        if trust.iter().chain(distrust).any(|key| names.owner(*key) != owner) {
            return Err(NotOneDecision::ManyOwners);
        }
        let encryption = names.encryption_of(*first);
        if trust.iter().chain(distrust).any(|key| names.encryption_of(*key) != encryption) {
            return Err(NotOneDecision::ManyEncryptions);
        }
        let mut kinds: IndexMap<KeyId, DecisionKind, FxBuildHasher> =
            trust.iter().map(|key| (*key, DecisionKind::Trust)).collect();
        for key in distrust {
            if kinds.insert(*key, DecisionKind::Distrust) == Some(DecisionKind::Trust) {
                return Err(NotOneDecision::Contradiction);
            }
        }
        Ok(Self(kinds.into_iter().map(|(key, kind)| Decision { key, kind }).collect()))
    }

    /// The decision to authenticate one key.
    #[must_use]
    pub fn authenticate(key: KeyId) -> Self {
        Self(Arc::new([Decision { key, kind: DecisionKind::Trust }]))
    }

    /// The decision to distrust one key.
    #[must_use]
    pub fn distrust(key: KeyId) -> Self {
        Self(Arc::new([Decision { key, kind: DecisionKind::Distrust }]))
    }

    /// The decisions, those to authenticate first.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.0
    }
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
