//! Postponed decisions, under the key of their sender.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::message::{Decision, DecisionKind};
use crate::names::{AccountId, KeyId, Stamp};
use crate::settings::Limits;
use crate::store::id_map::IdMap;

/// Decisions of senders whose keys are not authenticated, under the sender's key. Most devices keep none most of the
/// time, and then take no memory for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PostponedStore(pub(crate) Option<Box<Stored>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) senders: IndexMap<KeyId, Left, FxBuildHasher>,
    pub(crate) stored_per_account: IndexMap<AccountId, usize, FxBuildHasher>,
    stored_of_contacts: usize,
}

/// What one sender left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) account: AccountId,
    pub(crate) decisions: IdMap<KeyId, (DecisionKind, Stamp)>,
}

/// Whose share of the room is asked for.
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

impl PostponedStore {
    /// Whether nobody left anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What `sender` left about `key`, with its time.
    pub(crate) fn said_by(&mut self, sender: KeyId, key: KeyId) -> Option<&mut (DecisionKind, Stamp)> {
        self.0.as_mut()?.senders.get_mut(&sender)?.decisions.get_mut(key)
    }

    /// Whether another decision of `sender` can be stored within `limits`.
    pub(crate) fn has_room(&self, sender: Sender, limits: &Limits) -> bool {
        match &self.0 {
            Some(all) => all.has_room(sender, limits),
            None => Stored::default().has_room(sender, limits),
        }
    }

    /// Stores a decision of `sender` about a key on which it has left none.
    pub(crate) fn insert(&mut self, sender: Sender, key: KeyId, said: (DecisionKind, Stamp)) {
        let Sender { key: sender, account, share } = sender;
        let all = self.0.get_or_insert_default();
        let left = all.senders.entry(sender).or_insert_with(|| Left { account, decisions: IdMap::default() });
        left.decisions.push(key, said);
        *all.stored_per_account.entry(account).or_default() += 1;
        if share == Share::Contacts {
            all.stored_of_contacts += 1;
        }
    }

    /// Takes out what `sender` left, if it left anything: its distrusts and authentications with their times,
    /// oldest first.
    pub(crate) fn take(
        &mut self,
        sender: KeyId,
        own: AccountId,
    ) -> Option<impl ExactSizeIterator<Item = (Decision, Stamp)> + use<>> {
        let left = self.0.as_mut()?.take(sender, own)?;
        self.forget_nothing();
        let decisions = left.decisions.into_iter();
        Some(decisions.map(|(key, (kind, time))| (Decision { key, kind }, time)))
    }

    /// What `sender` left, in the order in which it arrived.
    pub(crate) fn left_by(&self, sender: KeyId) -> impl Iterator<Item = (Decision, Stamp)> {
        let left = self.0.as_ref().and_then(|all| all.senders.get(&sender));
        let decisions = left.map(|left| left.decisions.iter());
        decisions
            .into_iter()
            .flatten()
            .map(|(key, (kind, time))| (Decision { key: *key, kind: *kind }, *time))
    }

    /// The keys that left something.
    pub(crate) fn senders(&self) -> impl Iterator<Item = KeyId> {
        self.0.iter().flat_map(|all| all.senders.keys().copied())
    }

    /// Gives the memory back if nothing is kept.
    fn forget_nothing(&mut self) {
        self.0.take_if(|all| all.senders.is_empty());
    }
}

impl Stored {
    /// Takes out what `sender` left, and makes room for as much.
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

    fn has_room(&self, sender: Sender, limits: &Limits) -> bool {
        let Sender { key: sender, account, share } = sender;
        let of_sender = self.senders.get(&sender).map_or(0, |left| left.decisions.len());
        let of_account = self.stored_per_account.get(&account).copied().unwrap_or(0);
        match share {
            Share::Own => of_sender < limits.own_sender && of_account < limits.own_account,
            Share::Contacts => {
                of_sender < limits.contact_sender
                    && of_account < limits.contact_account
                    && self.stored_of_contacts < limits.contacts_total
            }
        }
    }
}
