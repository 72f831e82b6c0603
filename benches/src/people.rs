//! Accounts and devices that are identified by numbers instead of individual names.

use atm_engine::{AccountId, Device, Directory, EncryptionId, KeyId, ManualDecision, Rules, Stamp};
use atm_simulator::cast::{Cast, DeviceId, Member};
use atm_simulator::scenario::{
    Account, Catalog, DeviceName, DeviceSpec, DeviceToKeys, KeyName, Name, Scenario, Step,
};

/// The start of all scenarios.
pub const START: Stamp = Stamp::from_millis(1_577_880_000_000);

/// Returns a scenario without steps. `sizes` gives the number of devices of each account.
///
/// # Panics
///
/// If there are 2^32 devices or more.
#[must_use]
pub fn scenario(sizes: impl IntoIterator<Item = usize>) -> Scenario {
    const NOBODY: &str = "{format: 1, title: People, requirements: [xep-0450/ac-s], steps: [], accounts: \
                          {nobody: {devices: {}}}}";
    let nobody = Scenario::parse("people.yaml", NOBODY, &Catalog::unchecked()).expect("a scenario");
    let account = |size: usize| {
        let devices = (0..size).map(|device| (named('d', device), DeviceSpec::default())).collect();
        Account { jid: None, one_key: false, key: None, devices }
    };
    let accounts = sizes.into_iter().enumerate().map(|(number, size)| (named('a', number), account(size)));
    Scenario { accounts: accounts.collect(), ..nobody }
}

/// The name of a device, from the number of its account and its number there.
#[must_use]
pub fn device_name(account: usize, device: usize) -> DeviceName {
    DeviceName { account: named('a', account), device: named('d', device) }
}

/// A step in which a person authenticates a device's key on another device.
#[must_use]
pub fn authenticate(by: DeviceName, of: DeviceName) -> Step {
    Step::Authenticate(DeviceToKeys { device: by, keys: vec![KeyName::Device(of)] })
}

fn named(letter: char, number: usize) -> Name {
    format!("{letter}{number}").parse().expect("a letter and a number")
}

/// The accounts and devices of a scenario. Devices are numbered from 0, account by account.
#[derive(Clone, Debug)]
pub struct People {
    cast: Cast,
    devices: Vec<DeviceId>,
}

impl People {
    /// Creates accounts; `sizes` gives the number of devices of each.
    ///
    /// # Panics
    ///
    /// If there are 2^32 devices or more.
    #[must_use]
    pub fn new(sizes: impl IntoIterator<Item = usize>) -> Self {
        let cast = Cast::new(&scenario(sizes)).expect("all names are somebody's");
        let devices = cast.devices().map(|(device, _)| device).collect();
        Self { cast, devices }
    }

    /// The names behind the ids.
    #[must_use]
    pub fn names(&self) -> &Directory {
        self.cast.directory()
    }

    /// The encryption that all devices use.
    #[must_use]
    pub fn encryption(&self) -> EncryptionId {
        self.cast.encryption()
    }

    /// A device by its number.
    #[must_use]
    pub fn member(&self, device: usize) -> &Member {
        self.cast.member(self.devices[device])
    }

    /// The account of a device.
    #[must_use]
    pub fn account(&self, device: usize) -> AccountId {
        self.member(device).account
    }

    /// The key of a device. A key's index is the number of its device.
    #[must_use]
    pub fn key(&self, device: usize) -> KeyId {
        self.member(device).key
    }

    /// Creates a device without any knowledge.
    #[must_use]
    pub fn new_device(&self, device: usize, rules: Rules) -> Device {
        self.cast.engine(self.devices[device], rules)
    }

    /// A person's decision to authenticate a device's key.
    #[must_use]
    pub fn authentication_of(&self, device: usize) -> ManualDecision {
        ManualDecision::authenticate(self.key(device))
    }
}
