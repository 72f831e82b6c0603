use std::collections::BTreeMap;

use atm_engine::{KeyIdentifier, KeySharing};

use super::checker::Checker;
use crate::scenario::load::Place;
use crate::scenario::{Account, KeyText, Name};

/// A key with a given identifier.
pub(super) struct GivenKey<'a> {
    owner: &'a Name,
    name: String,
    id: &'a KeyText,
}

impl<'a> GivenKey<'a> {
    pub(super) fn of_device(account: &'a Name, device: &Name, id: &'a KeyText) -> Self {
        Self { owner: account, name: format!("{account}/{device}"), id }
    }

    fn named(name: &Name, owner: &'a Name, id: &'a KeyText) -> Self {
        Self { owner, name: name.to_string(), id }
    }
}

impl<'a> Checker<'a> {
    /// Checks the cast at the start: accounts, devices and further keys.
    pub(super) fn check_people(&mut self) {
        let scenario = self.scenario;
        let accounts = Place::top().key("accounts");
        if scenario.accounts.is_empty() {
            self.report.key(&accounts, "there are no accounts", None);
        }
        self.check_jids(&accounts);
        for (name, account) in scenario.accounts.iter() {
            self.add_account(name, account, &accounts.key(name.as_str()));
        }
        let keys = Place::top().key("keys");
        for (name, key) in scenario.keys.iter() {
            let place = keys.key(name.as_str());
            if self.cast.has_account(name) {
                self.report.key(&place, format!("`{name}` is the name of an account already"), None);
            }
            self.check_account(&key.owner, &place.key("owner"));
            if let Some(id) = &key.id {
                self.claim(GivenKey::named(name, &key.owner, id), &place.key("id"));
            }
        }
    }

    fn check_jids(&mut self, accounts: &Place) {
        let mut owners = BTreeMap::new();
        for (name, account) in self.scenario.accounts.iter() {
            let jid = account.jid.as_ref().map_or_else(|| format!("{name}@example.org"), ToString::to_string);
            if let Some(other) = owners.insert(jid.clone(), name) {
                let place = accounts.key(name.as_str());
                self.report.key(&place, format!("`{name}` and `{other}` have the same JID {jid}"), None);
            }
        }
    }

    fn add_account(&mut self, name: &'a Name, account: &'a Account, place: &Place) {
        self.cast.add_account(name, account.sharing());
        if let Some(id) = &account.key {
            let place = place.key("key");
            if account.sharing() == KeySharing::OnePerEndpoint {
                let help = "give the key to a device, or write `one-key: true`";
                let message = "only an account with `one-key: true` has a key";
                self.report.key(&place, message, Some(help.to_owned()));
            }
            self.claim(GivenKey::named(name, name, id), &place);
        }
        for (device, settings) in account.devices.iter() {
            self.cast.add_device(name, device);
            if let Some(id) = &settings.key {
                let place = place.key("devices").key(device.as_str()).key("key");
                self.check_device_key(GivenKey::of_device(name, device, id), &place);
            }
        }
    }

    /// Checks the given identifier of a device's key.
    pub(super) fn check_device_key(&mut self, key: GivenKey<'a>, place: &Place) {
        if self.cast.has_one_key(key.owner) {
            let owner = key.owner;
            let message = format!("the devices of `{owner}` share one key, so this one has none of its own");
            self.report.key(place, message, Some("give the key to the account".to_owned()));
            return;
        }
        self.claim(key, place);
    }

    fn claim(&mut self, key: GivenKey<'a>, place: &Place) {
        let GivenKey { owner, name, id } = key;
        if let Err(reason) = KeyIdentifier::new(&self.scenario.encryption.0, id.as_bytes()) {
            self.report.value(place, reason.to_string(), None);
        }
        if let Some(other) = self.cast.claim(owner, id.as_bytes(), name.clone()) {
            self.report.value(place, format!("`{name}` has the same key as `{other}`"), None);
        }
    }
}
