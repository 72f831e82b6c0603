use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::message::{Decision, DecisionKind};
use crate::names::{Directory, KeyId, UnknownId};

/// A person's decisions about keys of one owner (XEP-0450 §2, manual key authentication and distrusting).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ManualDecision(Arc<[Decision]>);

/// The reason why several keys cannot be decided on at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOneDecision {
    /// A key is unknown to the directory.
    #[error(transparent)]
    UnknownId(#[from] UnknownId),
    /// There is no key.
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
    /// The decision to authenticate the keys in `trust` and to distrust those in `distrust`. Duplicates within a list
    /// are ignored.
    ///
    /// # Errors
    ///
    /// If there is no key, if `names` does not know one of them, if the keys have several owners or belong to several
    /// encryption protocols, or if a key is in both lists.
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

    /// The decisions. Authentications precede distrusts.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.0
    }
}
