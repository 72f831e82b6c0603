use super::{Dice, arrow, device_name};
use crate::scenario::{DeviceName, DeviceToKeys, KeyName, Name, Scenario};

/// The participants of a scenario that is being drawn.
pub(super) struct Actors {
    accounts: Vec<Drawn>,
    adversaries: Vec<DeviceName>,
    /// The device with the most events, if one was chosen.
    busiest: Option<DeviceName>,
    /// Keys that no device has.
    unseen: Vec<KeyName>,
}

struct Drawn {
    name: Name,
    one_key: bool,
    devices: Vec<DeviceName>,
    injected: Vec<DeviceName>,
    named: usize,
}

impl Actors {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let accounts = scenario.accounts.iter().map(|(name, account)| Drawn {
            name: name.clone(),
            one_key: account.one_key,
            devices: account.devices.names().map(|device| full(name, device)).collect(),
            injected: Vec::new(),
            named: account.devices.len(),
        });
        let unseen = scenario.keys.names().map(|key| KeyName::Named(key.clone()));
        Self {
            accounts: accounts.collect(),
            adversaries: Vec::new(),
            busiest: None,
            unseen: unseen.collect(),
        }
    }

    /// All honest devices that are present.
    pub(super) fn devices(&self) -> Vec<DeviceName> {
        self.accounts.iter().flat_map(|account| account.devices.iter().cloned()).collect()
    }

    pub(super) fn account(&self, dice: &mut Dice) -> Name {
        self.accounts[dice.below(self.accounts.len())].name.clone()
    }

    pub(super) fn account_of_many_keys(&self, dice: &mut Dice) -> Option<Name> {
        let many: Vec<&Drawn> = self.accounts.iter().filter(|account| !account.one_key).collect();
        if many.is_empty() { None } else { Some(many[dice.below(many.len())].name.clone()) }
    }

    pub(super) fn two_accounts(&self, dice: &mut Dice) -> Option<(Name, Name)> {
        let (one, other) = (dice.below(self.accounts.len()), dice.below(self.accounts.len()));
        (one < other).then(|| (self.accounts[one].name.clone(), self.accounts[other].name.clone()))
    }

    /// A random honest device that is present.
    pub(super) fn device(&self, dice: &mut Dice) -> Option<DeviceName> {
        let devices = &self.accounts[dice.below(self.accounts.len())].devices;
        if devices.is_empty() { None } else { Some(devices[dice.below(devices.len())].clone()) }
    }

    /// Chooses the device with the most events.
    pub(super) fn choose_busiest(&mut self, dice: &mut Dice) {
        self.busiest = self.device(dice);
    }

    /// A random honest device that is present, mostly the busiest one.
    pub(super) fn busy_device(&self, dice: &mut Dice) -> Option<DeviceName> {
        match &self.busiest {
            Some(device) if self.is_there(device) && !dice.one_in(4) => Some(device.clone()),
            _ => self.device(dice),
        }
    }

    /// A random honest device of an account.
    pub(super) fn device_of(&self, account: &Name, dice: &mut Dice) -> Option<DeviceName> {
        let devices = &self.find(account)?.devices;
        if devices.is_empty() { None } else { Some(devices[dice.below(devices.len())].clone()) }
    }

    pub(super) fn adversary(&self, dice: &mut Dice) -> Option<DeviceName> {
        let there: Vec<_> = self.adversaries.iter().filter(|device| self.is_there(device)).collect();
        if there.is_empty() { None } else { Some(there[dice.below(there.len())].clone()) }
    }

    /// The key of a random device, which may be injected, or a key that no device has.
    pub(super) fn key(&self, dice: &mut Dice) -> Option<KeyName> {
        if !self.unseen.is_empty() && dice.one_in(6) {
            return Some(self.unseen[dice.below(self.unseen.len())].clone());
        }
        let account = &self.accounts[dice.below(self.accounts.len())];
        let devices: Vec<_> = account.devices.iter().chain(&account.injected).collect();
        if devices.is_empty() { None } else { Some(self.key_of(devices[dice.below(devices.len())])) }
    }

    /// A device and the key of another one, which rarely belongs to an adversary.
    pub(super) fn pair(&self, dice: &mut Dice) -> Option<DeviceToKeys> {
        let device = self.busy_device(dice)?;
        let key = if dice.one_in(30) { self.key(dice)? } else { self.key_of(&self.device(dice)?) };
        (key != self.key_of(&device)).then(|| arrow(device, vec![key]))
    }

    /// The pair in the other direction.
    pub(super) fn answer(&self, pair: &DeviceToKeys) -> Option<DeviceToKeys> {
        let back = match pair.keys.first()? {
            KeyName::Device(device) => device.clone(),
            KeyName::Named(account) => self.find(account)?.devices.first()?.clone(),
        };
        let there = self.find(&back.account)?.devices.contains(&back);
        there.then(|| arrow(back, vec![self.key_of(&pair.device)]))
    }

    pub(super) fn add(&mut self, account: &Name) -> DeviceName {
        let drawn = self.find_mut(account);
        let name = full(account, &device_name(drawn.named));
        drawn.named += 1;
        drawn.devices.push(name.clone());
        name
    }

    pub(super) fn inject(&mut self, account: &Name) -> DeviceName {
        let drawn = self.find_mut(account);
        let device: Name = format!("evil{}", drawn.injected.len()).parse().expect("a valid name");
        let name = full(account, &device);
        drawn.injected.push(name.clone());
        self.adversaries.push(name.clone());
        name
    }

    pub(super) fn compromise(&mut self, device: &DeviceName) {
        self.adversaries.push(device.clone());
    }

    pub(super) fn remove(&mut self, device: &DeviceName) {
        self.find_mut(&device.account).devices.retain(|other| other != device);
    }

    pub(super) fn count(&self, account: &Name) -> usize {
        self.find(account).map_or(0, |account| account.devices.len())
    }

    pub(super) fn is_there(&self, device: &DeviceName) -> bool {
        let account = self.find(&device.account);
        account.is_some_and(|account| account.devices.contains(device) || account.injected.contains(device))
    }

    pub(super) fn key_of(&self, device: &DeviceName) -> KeyName {
        match self.find(&device.account) {
            Some(account) if account.one_key => KeyName::Named(account.name.clone()),
            _ => KeyName::Device(device.clone()),
        }
    }

    fn find(&self, account: &Name) -> Option<&Drawn> {
        self.accounts.iter().find(|drawn| drawn.name == *account)
    }

    fn find_mut(&mut self, account: &Name) -> &mut Drawn {
        self.accounts.iter_mut().find(|drawn| drawn.name == *account).expect("the account was drawn")
    }
}

fn full(account: &Name, device: &Name) -> DeviceName {
    DeviceName { account: account.clone(), device: device.clone() }
}
