use atm_engine::KeySharing;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::scenario::{DeviceName, KeyName, Name, Named, OtherKey};

type Map<'a, T> = IndexMap<&'a Name, T, FxBuildHasher>;

/// The accounts, devices and keys that exist at one point of a scenario.
pub(super) struct KnownNames<'a> {
    accounts: Map<'a, Member<'a>>,
    keys: &'a Named<OtherKey>,
    /// The given identifiers of keys, with the names of the keys.
    identifiers: IndexMap<(&'a Name, &'a [u8]), String, FxBuildHasher>,
    /// The devices that an adversary controls.
    taken_over: Vec<DeviceName>,
    /// The devices that show the key of another device.
    borrowing: Vec<DeviceName>,
    /// The devices that have a backup.
    backed_up: Vec<DeviceName>,
}

/// An account of the cast.
struct Member<'a> {
    sharing: KeySharing,
    devices: Map<'a, Membership>,
}

impl Member<'_> {
    fn has_one_key(&self) -> bool {
        self.sharing == KeySharing::OneForAll
    }
}

/// Whether a device still belongs to its account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Membership {
    Present,
    Removed,
}

impl<'a> KnownNames<'a> {
    pub(super) fn new(keys: &'a Named<OtherKey>) -> Self {
        let (accounts, identifiers) = (Map::default(), IndexMap::default());
        let (taken_over, borrowing, backed_up) = (Vec::new(), Vec::new(), Vec::new());
        Self { accounts, keys, identifiers, taken_over, borrowing, backed_up }
    }

    pub(super) fn add_account(&mut self, name: &'a Name, sharing: KeySharing) {
        self.accounts.insert(name, Member { sharing, devices: Map::default() });
    }

    /// Adds a device to an account. Returns `false` if the account does not exist, or has or had this device.
    pub(super) fn add_device(&mut self, account: &Name, device: &'a Name) -> bool {
        match self.accounts.get_mut(account) {
            Some(member) => member.devices.insert(device, Membership::Present).is_none(),
            None => false,
        }
    }

    pub(super) fn remove_device(&mut self, name: &DeviceName) {
        let device =
            self.accounts.get_mut(&name.account).and_then(|member| member.devices.get_mut(&name.device));
        if let Some(presence) = device {
            *presence = Membership::Removed;
        }
    }

    /// Notes that an adversary controls a device.
    pub(super) fn take_over(&mut self, name: &DeviceName) {
        self.taken_over.push(name.clone());
    }

    pub(super) fn is_taken_over(&self, name: &DeviceName) -> bool {
        self.taken_over.contains(name)
    }

    /// Notes that a device has a backup.
    pub(super) fn back_up(&mut self, name: &DeviceName) {
        self.backed_up.push(name.clone());
    }

    pub(super) fn has_backup(&self, name: &DeviceName) -> bool {
        self.backed_up.contains(name)
    }

    /// Notes that a key of `owner` has a given identifier. Returns the name of the key that already has it, if any.
    pub(super) fn claim(&mut self, owner: &'a Name, identifier: &'a [u8], name: String) -> Option<&str> {
        let entry = self.identifiers.entry((owner, identifier));
        let taken = matches!(entry, indexmap::map::Entry::Occupied(_));
        let holder = entry.or_insert(name);
        taken.then_some(holder.as_str())
    }

    /// Whether a key of `owner` has this identifier.
    pub(super) fn is_claimed(&self, owner: &Name, identifier: &[u8]) -> bool {
        self.identifiers.keys().any(|(other, claimed)| *other == owner && *claimed == identifier)
    }

    /// Notes that a device shows the key of another one.
    pub(super) fn borrow_key(&mut self, name: &DeviceName) {
        self.borrowing.push(name.clone());
    }

    pub(super) fn has_borrowed_key(&self, name: &DeviceName) -> bool {
        self.borrowing.contains(name)
    }

    pub(super) fn has_account(&self, name: &Name) -> bool {
        self.accounts.contains_key(name)
    }

    pub(super) fn has_one_key(&self, account: &Name) -> bool {
        self.accounts.get(account).is_some_and(Member::has_one_key)
    }

    pub(super) fn presence(&self, name: &DeviceName) -> Option<Membership> {
        self.accounts.get(&name.account)?.devices.get(&name.device).copied()
    }

    pub(super) fn is_other_key(&self, name: &Name) -> bool {
        self.keys.get(name).is_some()
    }

    /// The account that owns a key, as far as its name says.
    pub(super) fn owner(&self, key: &'a KeyName) -> &'a Name {
        match key {
            KeyName::Device(device) => &device.account,
            KeyName::Named(name) => self.keys.get(name).map_or(name, |key| &key.owner),
        }
    }

    pub(super) fn account_names(&self) -> impl Iterator<Item = &'a str> {
        self.accounts.keys().map(|name| name.as_str())
    }

    /// The devices of an account, written as `alice/phone`.
    pub(super) fn device_names(&self, account: &Name) -> Vec<String> {
        let devices = self.accounts.get(account).into_iter().flat_map(|member| member.devices.keys());
        devices.map(|device| format!("{account}/{device}")).collect()
    }

    /// The names of keys that are written without a slash.
    pub(super) fn single_names(&self) -> impl Iterator<Item = &'a str> {
        let one_key = self.accounts.iter().filter(|(_, member)| member.has_one_key());
        one_key.map(|(name, _)| name.as_str()).chain(self.keys.names().map(Name::as_str))
    }
}
