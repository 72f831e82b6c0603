//! One device: what it holds. What can happen to it is in [`rules::inputs`](crate::rules::inputs).

use crate::distrust_ids::{DistrustIds, IdSource};
use crate::level::{Level, Origin};
use crate::message::{Decision, DecisionKind};
use crate::names::{
    AccountId, Directory, DirectoryExtent, EncryptionId, EndpointId, KeyId, Stamp, UnknownId,
};
use crate::outcome::Outgoing;
use crate::settings::{ConflictRule, Rules};
use crate::store::key_store::{KeyStore, Owner};
use crate::store::known_distrusts::KnownDistrusts;
use crate::store::last_words::LastWords;
use crate::store::outbox::Outbox;
use crate::store::postponed::PostponedStore;

/// How the endpoints of an account share keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum KeySharing {
    /// Each endpoint has a key of its own, as with OMEMO.
    #[default]
    OnePerEndpoint,
    /// One key for all endpoints of the account, as with OpenPGP ("OOK" in XEP-0450 §4). The own key
    /// counts as authenticated; of the use cases only those about contacts' keys apply; and scanning the
    /// own key's URI sends the summary to the own bare JID.
    OneForAll,
}

/// The trust of one endpoint: the state that XEP-0450 is about.
///
/// A device has no clock, no randomness and no connections. Whatever happens to it goes through
/// [`apply`](Self::apply), and the same inputs at the same times give the same state and the same outcomes.
/// [`to_stored`](Self::to_stored) gives the state with all names that it refers to, to be stored.
///
/// All calls are given the [`Directory`] that the device's ids are from. An id that is unknown to it is an error.
#[derive(Clone, Debug)]
pub struct Device {
    pub(crate) endpoint: EndpointId,
    pub(crate) account: AccountId,
    pub(crate) key: KeyId,
    pub(crate) encryption: EncryptionId,
    pub(crate) sharing: KeySharing,
    pub(crate) rules: Rules,
    pub(crate) store: KeyStore,
    pub(crate) words: LastWords,
    pub(crate) distrusts: KnownDistrusts,
    pub(crate) id_source: IdSource,
    pub(crate) postponed: PostponedStore,
    pub(crate) outbox: Outbox,
    /// How far the directory reached when the device was last used with it.
    pub(crate) extent: DirectoryExtent,
}

/// Why a device cannot have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotItsKey {
    /// The directory did not give the ids out.
    #[error(transparent)]
    UnknownId(#[from] UnknownId),
    /// The key belongs to another account.
    #[error("a device's key belongs to the device's account")]
    OtherOwner,
}

impl Device {
    /// A device that knows nothing but its own name and key.
    ///
    /// # Errors
    ///
    /// If `key` belongs to another account than `endpoint`, or one of them is unknown to `names`.
    pub fn new(
        endpoint: EndpointId,
        key: KeyId,
        sharing: KeySharing,
        rules: Rules,
        names: &Directory,
    ) -> Result<Self, NotItsKey> {
        names.knows_endpoint(endpoint)?;
        names.knows_key(key)?;
        if names.owner(key) != names.account_of(endpoint) {
            return Err(NotItsKey::OtherOwner);
        }
        Ok(Self::empty(endpoint, key, sharing, rules, names))
    }

    /// A device that knows nothing but its own name and key, which belong to one account.
    pub(crate) fn empty(
        endpoint: EndpointId,
        key: KeyId,
        sharing: KeySharing,
        rules: Rules,
        names: &Directory,
    ) -> Self {
        let account = names.account_of(endpoint);
        let mut store = KeyStore::default();
        if sharing == KeySharing::OneForAll {
            store.latch(account);
        }
        Self {
            endpoint,
            account,
            key,
            encryption: names.encryption_of(key),
            sharing,
            rules,
            store,
            words: LastWords::default(),
            distrusts: KnownDistrusts::default(),
            id_source: IdSource::default(),
            postponed: PostponedStore::default(),
            outbox: Outbox::default(),
            extent: names.extent(),
        }
    }

    /// Checks that a directory is the one that the device was used with before, as it was or grown.
    #[cold] // mostly it has not grown
    pub(crate) fn check_directory(&self, names: &Directory) -> Result<(), UnknownId> {
        if names.has_grown_from(self.extent) { Ok(()) } else { Err(UnknownId::OtherDirectory) }
    }

    /// The endpoint that this device is.
    #[must_use]
    pub fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// The account that the device belongs to.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The device's own key.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Whether the own account's endpoints share one key.
    pub(crate) fn shares_key(&self) -> bool {
        self.sharing == KeySharing::OneForAll
    }

    /// Whether `key` is the shared key, which counts as authenticated.
    pub(crate) fn is_shared_key(&self, key: KeyId) -> bool {
        key == self.key && self.shares_key()
    }

    /// How far the device trusts `key` now. A key that was not discovered yet is undecided, and so is the
    /// device's own unless all endpoints of the account share it.
    #[must_use]
    pub fn level(&self, key: KeyId) -> Level {
        if self.is_shared_key(key) {
            return Level::Authenticated;
        }
        self.store.effective_level(key)
    }

    /// Who is behind the level of `key`; `None` for a key without one.
    #[must_use]
    pub fn origin(&self, key: KeyId) -> Option<Origin> {
        self.store
            .get(key)
            .filter(|record| record.effective_level() != Level::Undecided)
            .map(|record| record.origin)
    }

    /// The explicit decision that is kept for a key that was not discovered yet.
    #[must_use]
    pub fn kept_decision(&self, key: KeyId) -> Option<DecisionKind> {
        self.store.get(key).filter(|record| !record.discovered)?.decision()
    }

    /// Whether a key was fetched, so that its level has its effect.
    #[must_use]
    pub fn is_discovered(&self, key: KeyId) -> bool {
        self.store.get(key).is_some_and(|record| record.discovered)
    }

    /// Whether a key of an account was ever authenticated, so that the policy counts for that account.
    #[must_use]
    pub fn is_latched(&self, account: AccountId) -> bool {
        self.store.owner(account).is_some_and(Owner::is_latched)
    }

    /// The explicit decisions that are held, each with its time and whether its key is discovered.
    pub fn decisions(&self) -> impl Iterator<Item = (Decision, Stamp, bool)> {
        self.store.records().filter_map(|(key, record)| {
            Some((Decision { key, kind: record.decision()? }, record.time, record.discovered))
        })
    }

    /// The keys of `account` that are authenticated, without the device's own.
    pub fn authenticated_keys(&self, account: AccountId) -> impl Iterator<Item = KeyId> {
        self.store.authenticated_keys(account)
    }

    /// What is stored for the time when `sender` is authenticated, with the time of each decision.
    pub fn postponed(&self, sender: KeyId) -> impl Iterator<Item = (Decision, Stamp)> {
        self.postponed.left_by(sender)
    }

    /// The keys for which something is stored until they are authenticated.
    pub fn postponed_senders(&self) -> impl Iterator<Item = KeyId> {
        self.postponed.senders()
    }

    /// Whether distrusts have names, by the conflict rule [`Named`](crate::ConflictRule::Named).
    #[must_use]
    pub fn names_distrusts(&self) -> bool {
        self.rules.conflict == ConflictRule::Named
    }

    /// The distrusts of a key that the device knows of; `None` if they have no names.
    #[must_use]
    pub fn known_distrusts(&self, key: KeyId) -> Option<DistrustIds> {
        let known = || self.distrusts.of(key).map(|known| known.ids.clone());
        self.names_distrusts().then(|| known().unwrap_or_default())
    }

    /// The distrusts of a key that `sender` told and that wait until it is authenticated.
    #[must_use]
    pub fn postponed_distrusts(&self, sender: KeyId, key: KeyId) -> Option<&DistrustIds> {
        self.postponed.ids_by(sender, key)
    }

    /// The messages that were not confirmed as sent.
    pub fn outbox(&self) -> impl Iterator<Item = &Outgoing> {
        self.outbox.waiting()
    }
}

/// The extent of the directory is not part of the state.
impl PartialEq for Device {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            endpoint,
            account,
            key,
            encryption,
            sharing,
            rules,
            store,
            words,
            distrusts,
            id_source,
            postponed,
            outbox,
            extent: _,
        } = self;
        (*endpoint, *account, *key, *encryption, *sharing, *rules)
            == (other.endpoint, other.account, other.key, other.encryption, other.sharing, other.rules)
            && (store, words, distrusts, id_source)
                == (&other.store, &other.words, &other.distrusts, &other.id_source)
            && (postponed, outbox) == (&other.postponed, &other.outbox)
    }
}

impl Eq for Device {}
