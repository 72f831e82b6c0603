//! Which accounts know each other.

use atm_engine::{AccountId, KeyId};

use crate::cast::{Cast, DeviceId};

/// Which accounts know each other, so that their devices come to know each other's keys.
#[derive(Clone, Debug)]
pub enum Contacts {
    /// All of them.
    Everybody,
    /// Some of them. So what a world takes grows with the contacts, and not with the square of its devices.
    Of(ContactLists),
}

/// Of each account, by its index, itself and its contacts, in order.
#[derive(Clone, Debug, Default)]
pub struct ContactLists(Vec<Vec<AccountId>>);

impl ContactLists {
    /// Lists in which each account of `cast` knows itself only.
    pub(crate) fn of_strangers(cast: &Cast) -> Self {
        let mut lists = Self::default();
        cast.accounts().for_each(|account| lists.list(account).push(account));
        lists
    }

    /// Lets two accounts know each other.
    pub(crate) fn introduce(&mut self, one: AccountId, other: AccountId) {
        for (account, contact) in [(one, other), (other, one)] {
            let list = self.list(account);
            if let Err(position) = list.binary_search(&contact) {
                list.insert(position, contact);
            }
        }
    }

    fn list(&mut self, account: AccountId) -> &mut Vec<AccountId> {
        if self.0.len() <= account.index() {
            self.0.resize_with(account.index() + 1, Vec::new);
        }
        &mut self.0[account.index()]
    }
}

impl Contacts {
    /// The devices that ever belong to an account or to its contacts, in order.
    #[must_use]
    pub fn devices_around(&self, account: AccountId, cast: &Cast) -> Vec<DeviceId> {
        match self {
            Self::Everybody => cast.devices().map(|(device, _)| device).collect(),
            Self::Of(lists) => {
                let accounts = lists.0.get(account.index()).into_iter().flatten();
                let mut devices: Vec<DeviceId> =
                    accounts.flat_map(|account| cast.devices_of(*account)).copied().collect();
                devices.sort_unstable();
                devices
            }
        }
    }

    /// The keys with names that belong to an account or to its contacts.
    #[must_use]
    pub fn keys_around(&self, account: AccountId, cast: &Cast) -> Vec<KeyId> {
        match self {
            Self::Everybody => cast.keys().collect(),
            Self::Of(lists) => {
                let accounts = lists.0.get(account.index()).into_iter().flatten();
                accounts.flat_map(|account| cast.keys_of(*account)).copied().collect()
            }
        }
    }
}
