//! One device: its state. [`rules::inputs`](crate::rules::inputs) lists the inputs.

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
    /// One key for all endpoints of the account, as with OpenPGP ("OOK" in XEP-0450 §4). The own key counts as
    /// authenticated. Only the use cases about contacts' keys apply. Scanning the own key's URI sends a summary to the
    /// own bare JID.
    OneForAll,
}

/// The trust of one endpoint: the state that XEP-0450 describes.
///
/// A device has no clock, no randomness and no connections. Only [`apply`](Self::apply) and its shorthands change it.
/// The same inputs at the same times give the same state and the same outcomes. [`to_stored`](Self::to_stored) returns
/// the state together with all names that it refers to.
///
/// Every call takes the [`Directory`] that issued the device's ids. An id that this directory does not know is an
/// error.
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
    /// The extent of the directory when the device last used it.
    pub(crate) extent: DirectoryExtent,
}

/// The reason why a device cannot have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotItsKey {
    /// The directory did not issue the ids.
    #[error(transparent)]
    UnknownId(#[from] UnknownId),
    /// The key belongs to another account.
    #[error("a device's key belongs to the device's account")]
    OtherOwner,
}

impl Device {
    /// Returns a new device that knows only its own name and key.
    ///
    /// # Errors
    ///
    /// If `key` belongs to another account than `endpoint`, or if `names` does not know one of them.
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

    /// Returns a new device that knows only its own name and key. Both must belong to one account.
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

    /// Checks that a directory is the one that the device last used, unchanged or grown.
    #[cold] // the directory rarely grows
    pub(crate) fn check_directory(&self, names: &Directory) -> Result<(), UnknownId> {
        if names.has_grown_from(self.extent) { Ok(()) } else { Err(UnknownId::OtherDirectory) }
    }

    /// The endpoint of this device.
    #[must_use]
    pub fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// The account of this device.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The device's own key.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Whether the endpoints of the own account share one key.
    pub(crate) fn shares_key(&self) -> bool {
        self.sharing == KeySharing::OneForAll
    }

    /// Whether `key` is the shared key, which counts as authenticated.
    pub(crate) fn is_shared_key(&self, key: KeyId) -> bool {
        key == self.key && self.shares_key()
    }

    /// The trust level of `key`. A key that is not discovered is undecided. So is the device's own key, unless all
    /// endpoints of the account share it.
    #[must_use]
    pub fn level(&self, key: KeyId) -> Level {
        if self.is_shared_key(key) {
            return Level::Authenticated;
        }
        self.store.effective_level(key)
    }

    /// The origin of the level of `key`; `None` for an undecided key.
    #[must_use]
    pub fn origin(&self, key: KeyId) -> Option<Origin> {
        self.store
            .get(key)
            .filter(|record| record.effective_level() != Level::Undecided)
            .map(|record| record.origin)
    }

    /// The explicit decision that is kept for a key that is not discovered yet.
    #[must_use]
    pub fn kept_decision(&self, key: KeyId) -> Option<DecisionKind> {
        self.store.get(key).filter(|record| !record.discovered)?.decision()
    }

    /// Whether a key was fetched. Only then does its level take effect.
    #[must_use]
    pub fn is_discovered(&self, key: KeyId) -> bool {
        self.store.get(key).is_some_and(|record| record.discovered)
    }

    /// Whether a key of an account was ever authenticated. From then on the policy applies to that account.
    #[must_use]
    pub fn is_latched(&self, account: AccountId) -> bool {
        self.store.owner(account).is_some_and(Owner::is_latched)
    }

    /// The explicit decisions of the device, each with its time and whether its key is discovered.
    pub fn decisions(&self) -> impl Iterator<Item = (Decision, Stamp, bool)> {
        self.store.records().filter_map(|(key, record)| {
            Some((Decision { key, kind: record.decision()? }, record.time, record.discovered))
        })
    }

    /// The keys of `account` that are authenticated, without the device's own.
    pub fn authenticated_keys(&self, account: AccountId) -> impl Iterator<Item = KeyId> {
        self.store.authenticated_keys(account)
    }

    /// The decisions that wait until `sender` is authenticated, each with its time.
    pub fn postponed(&self, sender: KeyId) -> impl Iterator<Item = (Decision, Stamp)> {
        self.postponed.left_by(sender)
    }

    /// The unauthenticated senders whose decisions wait.
    pub fn postponed_senders(&self) -> impl Iterator<Item = KeyId> {
        self.postponed.senders()
    }

    /// Whether distrusts have names, by the conflict rule [`Named`](crate::ConflictRule::Named).
    #[must_use]
    pub fn names_distrusts(&self) -> bool {
        self.rules.conflict == ConflictRule::Named
    }

    /// The ids of the distrusts of a key that the device knows; `None` if distrusts have no names.
    #[must_use]
    pub fn known_distrusts(&self, key: KeyId) -> Option<DistrustIds> {
        let known = || self.distrusts.of(key).map(|known| known.ids.clone());
        self.names_distrusts().then(|| known().unwrap_or_default())
    }

    /// The ids of the distrusts of a key that `sender` sent and that wait until it is authenticated.
    #[must_use]
    pub fn postponed_distrusts(&self, sender: KeyId, key: KeyId) -> Option<&DistrustIds> {
        self.postponed.ids_by(sender, key)
    }

    /// The messages that were not confirmed as sent.
    pub fn outbox(&self) -> impl Iterator<Item = &Outgoing> {
        self.outbox.waiting()
    }
}

/// Ignores the extent of the directory, which is not part of the state.
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
