//! Accounts, devices and keys without names of their own: numbers are enough.

use atm_engine::jid::BareJid;
use atm_engine::{
    AccountId, Device, Directory, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier, KeySharing,
    ManualDecision, Rules, Stamp,
};

/// When everything begins.
pub const START: Stamp = Stamp::from_millis(1_577_880_000_000);

/// Everybody who takes part. Devices are numbered account by account, from 0.
#[derive(Clone, Debug)]
pub struct Participants {
    names: Directory,
    encryption: EncryptionId,
    accounts: Vec<AccountId>,
    members: Vec<Member>,
    /// Where the devices of each account begin, and at the end how many there are.
    starts: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    endpoint: EndpointId,
    key: KeyId,
}

impl Participants {
    /// Accounts with as many devices as `sizes` says.
    ///
    /// # Panics
    ///
    /// If there are 2^32 devices or more.
    #[must_use]
    pub fn new(sizes: impl IntoIterator<Item = usize>) -> Self {
        let omemo = Encryption::new(Encryption::OMEMO).expect("a namespace");
        let mut names = Directory::new();
        let encryption = names.encryption(&omemo);
        let mut participants =
            Self { names, encryption, accounts: Vec::new(), members: Vec::new(), starts: vec![0] };
        for size in sizes {
            participants.add_account(&omemo, size);
        }
        participants
    }

    fn add_account(&mut self, omemo: &Encryption, size: usize) {
        let jid = BareJid::new(&format!("account-{}@example.org", self.accounts.len())).expect("a JID");
        let account = self.names.account(&jid);
        self.accounts.push(account);
        for resource in 0..size {
            let full = jid.with_resource(&resource.to_string()).expect("a resource");
            let endpoint = self.names.endpoint(&full);
            let mut identifier = [0; 32];
            identifier[..8].copy_from_slice(&(self.members.len() as u64).to_be_bytes());
            let identifier = KeyIdentifier::new(omemo, &identifier).expect("32 bytes");
            let key = self.names.key(self.encryption, account, &identifier);
            debug_assert_eq!(key.index(), self.members.len());
            self.members.push(Member { endpoint, key });
        }
        self.starts.push(u32::try_from(self.members.len()).expect("fewer than 2^32 devices"));
    }

    /// The names behind the ids.
    #[must_use]
    pub fn names(&self) -> &Directory {
        &self.names
    }

    /// The encryption that all devices use.
    #[must_use]
    pub fn encryption(&self) -> EncryptionId {
        self.encryption
    }

    /// How many accounts there are.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// How many devices there are.
    #[must_use]
    pub fn devices(&self) -> usize {
        self.members.len()
    }

    /// An account by its number.
    #[must_use]
    pub fn account(&self, number: usize) -> AccountId {
        self.accounts[number]
    }

    /// The numbers of an account's devices.
    #[must_use]
    pub fn devices_of(&self, account: usize) -> std::ops::Range<usize> {
        self.starts[account] as usize..self.starts[account + 1] as usize
    }

    /// The key of a device. Keys have their devices' numbers as positions.
    #[must_use]
    pub fn key(&self, device: usize) -> KeyId {
        self.members[device].key
    }

    /// The full JID of a device.
    #[must_use]
    pub fn endpoint(&self, device: usize) -> EndpointId {
        self.members[device].endpoint
    }

    /// A device that knows nothing yet.
    #[must_use]
    pub fn new_device(&self, device: usize, rules: Rules) -> Device {
        let Member { endpoint, key } = self.members[device];
        Device::new(endpoint, key, KeySharing::OnePerEndpoint, rules, &self.names)
            .expect("a member has its own key")
    }

    /// What a person decides who scans a device's code.
    #[must_use]
    pub fn scan(&self, device: usize) -> ManualDecision {
        ManualDecision::authenticate(self.key(device))
    }
}
