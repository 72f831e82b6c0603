use atm_engine::Encryption;

use super::{Dice, account_name, device_name};
use crate::scenario::{
    Account, Delivery, DeviceSpec, Discovery, EncryptionNamespace, KeyText, Latency, LimitsSpec, Name, Named,
    NetworkSpec, OtherKey, PolicySpec, Scenario, TimeSpan,
};

/// A number from 1 to `most`, mostly small, since small worlds find most mistakes.
pub(super) fn mostly_few(dice: &mut Dice, most: usize) -> usize {
    1 + dice.below(most).min(dice.below(most))
}

/// Draws `count` accounts, each with at most `most_devices` devices.
pub(super) fn accounts(dice: &mut Dice, count: usize, most_devices: usize) -> Named<Account> {
    let mut accounts = Named::default();
    for account in 0..count {
        let devices = mostly_few(dice, most_devices);
        let mut settings = || DeviceSpec { key: None, carbons: !dice.one_in(8), offline: dice.one_in(40) };
        let devices = (0..devices).map(|device| (device_name(device), settings())).collect();
        let one_key = dice.one_in(8);
        accounts.insert(account_name(account), Account { jid: None, one_key, key: None, devices });
    }
    accounts
}

/// The identifier that keys of two accounts share.
const TWIN: &str = "dHdpbnMgaGF2ZSB0aGUgc2FtZSBpZGVudGlmaWVyLi4=";

/// Sometimes gives keys of two accounts the same identifier. They remain two keys.
fn draw_twins(dice: &mut Dice, scenario: &mut Scenario) {
    if scenario.encryption != EncryptionNamespace::default() || !dice.one_in(8) {
        return;
    }
    let accounts = std::mem::take(&mut scenario.accounts);
    scenario.accounts = accounts
        .into_iter()
        .map(|(name, mut account)| {
            let first = account.devices.iter().next().filter(|_| !account.one_key);
            if let Some((device, settings)) =
                first.map(|(device, settings)| (device.clone(), settings.clone()))
            {
                account.devices.insert(device, DeviceSpec { key: Some(twin()), ..settings });
            }
            (name, account)
        })
        .collect();
}

/// The shared identifier of twins.
pub(super) fn twin() -> KeyText {
    TWIN.parse().expect("Base64")
}

/// Draws the settings of a scenario with odd inputs.
pub(super) fn draw_few(dice: &mut Dice, scenario: &mut Scenario) {
    if dice.one_in(12) {
        scenario.encryption = encryption(Encryption::OPENPGP);
    }
    if dice.one_in(3) {
        scenario.discovery = Discovery::BySteps;
    }
    if dice.one_in(3) {
        add_unseen_key(dice, scenario);
    }
    draw_twins(dice, scenario);
}

/// Draws the settings of a scenario.
pub(super) fn draw(dice: &mut Dice, scenario: &mut Scenario) {
    scenario.network = network(dice);
    scenario.policy = if dice.one_in(6) { PolicySpec::None } else { PolicySpec::Toakafa };
    if dice.one_in(8) {
        scenario.encryption = encryption(Encryption::OPENPGP);
    }
    if dice.one_in(8) {
        scenario.discovery = Discovery::BySteps;
    }
    if dice.one_in(8) {
        scenario.limits = limits(dice);
    }
    if dice.one_in(8) {
        add_unseen_key(dice, scenario);
    }
    draw_twins(dice, scenario);
}

/// Adds a key that no device has.
fn add_unseen_key(dice: &mut Dice, scenario: &mut Scenario) {
    let owners: Vec<Name> = scenario.accounts.names().cloned().collect();
    let owner = owners[dice.below(owners.len())].clone();
    scenario.keys.insert("unseen".parse().expect("a valid name"), OtherKey { owner, id: None });
}

pub(super) fn encryption(namespace: &str) -> EncryptionNamespace {
    EncryptionNamespace(Encryption::new(namespace).expect("a namespace"))
}

fn network(dice: &mut Dice) -> NetworkSpec {
    let in_flight = dice.one_in(3);
    let latency = match dice.below(4) {
        0 => Latency::Between { from: TimeSpan::from_millis(5), to: TimeSpan::from_millis(80) },
        _ => Latency::default(),
    };
    let delivery = if in_flight { Delivery::InFlight } else { Delivery::Drained };
    NetworkSpec { latency, delivery, pause: TimeSpan::from_millis(if in_flight { 15 } else { 2_000 }) }
}

/// Limits that are reached soon.
fn limits(dice: &mut Dice) -> LimitsSpec {
    let mut limit = || if dice.one_in(2) { Some(dice.below(4)) } else { None };
    LimitsSpec {
        own_sender: limit(),
        own_account: limit(),
        contact_sender: limit(),
        contact_account: limit(),
        contacts_total: limit(),
        undiscovered_per_contact: limit(),
    }
}
