use std::collections::BTreeMap;

use atm_engine::KeyIdentifier;

use super::cast::KnownNames;
use super::references::account;
use super::report::Report;
use crate::scenario::load::Place;
use crate::scenario::{Account, EncryptionNamespace, KeyText, Name, Scenario};

/// Checks accounts, devices and further keys, and gives the cast with which the scenario starts.
pub(super) fn check<'a>(scenario: &'a Scenario, report: &mut Report<'_>) -> KnownNames<'a> {
    let mut cast = KnownNames::new(&scenario.keys);
    let accounts = Place::top().key("accounts");
    if scenario.accounts.is_empty() {
        report.key(&accounts, "there are no accounts", None);
    }
    check_jids(scenario, &accounts, report);
    for (name, account) in scenario.accounts.iter() {
        add_account(scenario, name, account, &accounts.key(name.as_str()), &mut cast, report);
    }
    let keys = Place::top().key("keys");
    for (name, key) in scenario.keys.iter() {
        let place = keys.key(name.as_str());
        if cast.has_account(name) {
            report.key(&place, format!("`{name}` is the name of an account already"), None);
        }
        account(&key.owner, &place.key("owner"), &cast, report);
        if let Some(id) = &key.id {
            let owned = Owned { owner: &key.owner, name: name.to_string(), id };
            claim(owned, &scenario.encryption, &place.key("id"), &mut cast, report);
        }
    }
    cast
}

fn check_jids(scenario: &Scenario, accounts: &Place, report: &mut Report<'_>) {
    let mut owners = BTreeMap::new();
    for (name, account) in scenario.accounts.iter() {
        let jid = account.jid.as_ref().map_or_else(|| format!("{name}@example.org"), ToString::to_string);
        if let Some(other) = owners.insert(jid.clone(), name) {
            let place = accounts.key(name.as_str());
            report.key(&place, format!("`{name}` and `{other}` have the same JID {jid}"), None);
        }
    }
}

fn add_account<'a>(
    scenario: &'a Scenario,
    name: &'a Name,
    account: &'a Account,
    place: &Place,
    cast: &mut KnownNames<'a>,
    report: &mut Report<'_>,
) {
    cast.add_account(name, account.one_key);
    if let Some(id) = &account.key {
        let place = place.key("key");
        if !account.one_key {
            let help = "give the key to a device, or write `one-key: true`";
            report.key(&place, "only an account with `one-key: true` has a key", Some(help.to_owned()));
        }
        let owned = Owned { owner: name, name: name.to_string(), id };
        claim(owned, &scenario.encryption, &place, cast, report);
    }
    for (device, settings) in account.devices.iter() {
        cast.add_device(name, device);
        if let Some(id) = &settings.key {
            let place = place.key("devices").key(device.as_str()).key("key");
            device_key(name, device, id, &scenario.encryption, &place, cast, report);
        }
    }
}

/// Checks the identifier that is given for the key of a device.
pub(super) fn device_key<'a>(
    account: &'a Name,
    device: &Name,
    id: &'a KeyText,
    encryption: &EncryptionNamespace,
    place: &Place,
    cast: &mut KnownNames<'a>,
    report: &mut Report<'_>,
) {
    if cast.has_one_key(account) {
        let message = format!("the devices of `{account}` share one key, so this one has none of its own");
        report.key(place, message, Some("give the key to the account".to_owned()));
        return;
    }
    let owned = Owned { owner: account, name: format!("{account}/{device}"), id };
    claim(owned, encryption, place, cast, report);
}

/// A key whose identifier is given.
struct Owned<'a> {
    owner: &'a Name,
    name: String,
    id: &'a KeyText,
}

fn claim<'a>(
    key: Owned<'a>,
    encryption: &EncryptionNamespace,
    place: &Place,
    cast: &mut KnownNames<'a>,
    report: &mut Report<'_>,
) {
    if let Err(reason) = KeyIdentifier::new(&encryption.0, key.id.as_bytes()) {
        report.value(place, reason.to_string(), None);
    }
    let name = key.name.clone();
    if let Some(other) = cast.claim(key.owner, key.id.as_bytes(), key.name) {
        report.value(place, format!("`{name}` has the same key as `{other}`"), None);
    }
}
