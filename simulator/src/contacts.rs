//! Which accounts know each other.

use atm_engine::{AccountId, KeyId};

use crate::by_id::ById;
use crate::cast::{Cast, DeviceId};

/// Which accounts know each other, so that their devices discover each other's keys.
#[derive(Clone, Debug)]
pub enum Contacts {
    /// All accounts know each other.
    Everybody,
    /// Only contacts know each other. The size of a world then grows with the contacts, not with the square of its
    /// devices.
    Of(ContactLists),
}

/// For each account, the account itself and its contacts.
#[derive(Clone, Debug)]
pub struct ContactLists {
    /// The accounts, in order.
    accounts: ById<AccountId, Vec<AccountId>>,
    /// The devices that ever belong to these accounts, in order. Each joining device needs them, so they are sorted
    /// only once: sorting took 4 % of the time of a population.
    devices: ById<AccountId, Vec<DeviceId>>,
}

impl ContactLists {
    /// The lists that follow from `meetings`, which calls its argument for each pair of accounts that know each other.
    pub(crate) fn new(cast: &Cast, meetings: impl FnOnce(&mut dyn FnMut(AccountId, AccountId))) -> Self {
        let mut accounts: ById<AccountId, Vec<AccountId>> = ById::default();
        cast.accounts().for_each(|account| accounts.at(account).push(account));
        meetings(&mut |one, other| {
            for (account, contact) in [(one, other), (other, one)] {
                let list = accounts.at(account);
                if let Err(position) = list.binary_search(&contact) {
                    list.insert(position, contact);
                }
            }
        });
        let mut devices: ById<AccountId, Vec<DeviceId>> = ById::default();
        for account in cast.accounts() {
            let around = devices.at(account);
            for contact in accounts.get(account).into_iter().flatten() {
                around.extend_from_slice(cast.devices_of(*contact));
            }
            around.sort_unstable();
        }
        Self { accounts, devices }
    }
}

impl Contacts {
    /// The devices that ever belong to an account or to its contacts, in order.
    #[must_use]
    pub fn devices_around<'a>(&'a self, account: AccountId, cast: &'a Cast) -> &'a [DeviceId] {
        match self {
            Self::Everybody => cast.device_ids(),
            Self::Of(lists) => lists.devices.get(account).map_or(&[], Vec::as_slice),
        }
    }

    /// The named keys of an account and of its contacts.
    #[must_use]
    pub fn keys_around(&self, account: AccountId, cast: &Cast) -> Vec<KeyId> {
        match self {
            Self::Everybody => cast.keys().collect(),
            Self::Of(lists) => {
                let accounts = lists.accounts.get(account).into_iter().flatten();
                accounts.flat_map(|account| cast.keys_of(*account)).copied().collect()
            }
        }
    }
}
