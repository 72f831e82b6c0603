//! Postponed decisions, by the key of their sender.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::distrust_ids::DistrustIds;
use crate::message::{Decision, DecisionKind};
use crate::names::{AccountId, KeyId, Stamp};
use crate::store::id_map::IdMap;

/// Decisions of unauthenticated senders, by the sender's key. Most devices keep none most of the time and allocate
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PostponedStore(pub(crate) Option<Box<Stored>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) senders: IndexMap<KeyId, Left, FxBuildHasher>,
    pub(crate) stored_per_account: IndexMap<AccountId, usize, FxBuildHasher>,
    stored_of_contacts: usize,
}

/// The postponed decisions of one sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) account: AccountId,
    pub(crate) decisions: IdMap<KeyId, (DecisionKind, Stamp)>,
    /// The ids of distrusts that the sender's messages carried.
    pub(crate) ids: IdMap<KeyId, DistrustIds>,
}

/// The quota that a decision counts toward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    Own,
    Contacts,
}

/// The endpoint that sent a decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) key: KeyId,
    pub(crate) account: AccountId,
    pub(crate) share: Share,
}

/// Numbers of stored decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PostponedCounts {
    pub(crate) of_sender: usize,
    pub(crate) of_account: usize,
    pub(crate) of_contacts: usize,
}

impl PostponedStore {
    /// Whether no decisions wait.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The postponed decision of `sender` on `key`, with its time.
    pub(crate) fn said_by(&mut self, sender: KeyId, key: KeyId) -> Option<&mut (DecisionKind, Stamp)> {
        self.0.as_mut()?.senders.get_mut(&sender)?.decisions.get_mut(key)
    }

    /// The numbers of stored decisions of `sender`, of its account and of all contacts.
    pub(crate) fn counts(&self, sender: Sender) -> PostponedCounts {
        self.0.as_ref().map_or_else(PostponedCounts::default, |all| all.counts(sender))
    }

    /// Stores a decision of `sender` on a key without a stored decision of that sender.
    pub(crate) fn insert(&mut self, sender: Sender, key: KeyId, said: (DecisionKind, Stamp)) {
        let Sender { key: sender, account, share } = sender;
        let all = self.0.get_or_insert_default();
        let left = all.senders.entry(sender).or_insert_with(|| Left {
            account,
            decisions: IdMap::default(),
            ids: IdMap::default(),
        });
        left.decisions.push(key, said);
        *all.stored_per_account.entry(account).or_default() += 1;
        if share == Share::Contacts {
            all.stored_of_contacts += 1;
        }
    }

    /// The ids of the distrusts of `key` that `sender` sent.
    pub(crate) fn ids_by(&self, sender: KeyId, key: KeyId) -> Option<&DistrustIds> {
        self.0.as_ref()?.senders.get(&sender)?.ids.get(key)
    }

    /// Replaces the ids of the distrusts of `key` that `sender` sent. The sender must have a stored decision.
    pub(crate) fn replace_ids(&mut self, sender: KeyId, key: KeyId, ids: DistrustIds) {
        let left = self.0.as_mut().and_then(|all| all.senders.get_mut(&sender));
        if let Some(left) = left {
            let position = left.ids.position_or_default(key);
            *left.ids.at_mut(position).1 = ids;
        }
    }

    /// Removes and returns the decisions of `sender`, if there are any, with their times, oldest first.
    pub(crate) fn take(
        &mut self,
        sender: KeyId,
        own: AccountId,
    ) -> Option<impl ExactSizeIterator<Item = (Decision, Stamp, Option<DistrustIds>)> + use<>> {
        let left = self.0.as_mut()?.take(sender, own)?;
        self.forget_nothing();
        let Left { decisions, ids, .. } = left;
        let decisions = decisions.into_iter();
        Some(decisions.map(move |(key, (kind, time))| (Decision { key, kind }, time, ids.get(key).cloned())))
    }

    /// The postponed decisions of `sender`, in the order of their arrival.
    pub(crate) fn left_by(&self, sender: KeyId) -> impl Iterator<Item = (Decision, Stamp)> {
        let left = self.0.as_ref().and_then(|all| all.senders.get(&sender));
        let decisions = left.map(|left| left.decisions.iter());
        decisions
            .into_iter()
            .flatten()
            .map(|(key, (kind, time))| (Decision { key: *key, kind: *kind }, *time))
    }

    /// The keys of the senders with postponed decisions.
    pub(crate) fn senders(&self) -> impl Iterator<Item = KeyId> {
        self.0.iter().flat_map(|all| all.senders.keys().copied())
    }

    /// Frees the memory if no decisions are left.
    fn forget_nothing(&mut self) {
        self.0.take_if(|all| all.senders.is_empty());
    }
}

impl Stored {
    /// Removes the decisions of `sender` and updates the counts.
    fn take(&mut self, sender: KeyId, own: AccountId) -> Option<Left> {
        let left = self.senders.swap_remove(&sender)?;
        if let Some(stored) = self.stored_per_account.get_mut(&left.account) {
            *stored -= left.decisions.len();
            if *stored == 0 {
                self.stored_per_account.swap_remove(&left.account);
            }
        }
        if left.account != own {
            self.stored_of_contacts -= left.decisions.len();
        }
        Some(left)
    }

    fn counts(&self, sender: Sender) -> PostponedCounts {
        PostponedCounts {
            of_sender: self.senders.get(&sender.key).map_or(0, |left| left.decisions.len()),
            of_account: self.stored_per_account.get(&sender.account).copied().unwrap_or(0),
            of_contacts: self.stored_of_contacts,
        }
    }
}
