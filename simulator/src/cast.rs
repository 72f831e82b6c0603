//! The participants of a scenario: accounts, devices and keys, by name and by id.

use std::collections::BTreeSet;
use std::fmt::Display;

use atm_engine::jid::BareJid;
use atm_engine::{
    AccountId, Device, Directory, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier, KeySharing,
    Rules,
};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use crate::by_id::ById;
use crate::scenario::{DeviceName, KeyName, KeyText, Name, Resources, Scenario, Step};

/// An encryption that no account uses.
const OTHER_ENCRYPTION: &str = "urn:example:encryption:0";

/// A device of a [`Cast`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(u32);

impl DeviceId {
    /// The device's position in [`Cast::devices`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All participants, from the start or later.
#[derive(Clone, Debug)]
pub struct Cast {
    directory: Directory,
    resources: Resources,
    encryption: EncryptionId,
    other_encryption: EncryptionId,
    devices: Vec<Member>,
    device_ids: Vec<DeviceId>,
    accounts: IndexMap<Name, AccountMember, FxBuildHasher>,
    /// The position of each account in `accounts`.
    positions: ById<AccountId, Option<usize>>,
    devices_of: ById<AccountId, Vec<DeviceId>>,
    devices_with: ById<KeyId, SmallVec<[DeviceId; 1]>>,
    devices_at: ById<EndpointId, Option<DeviceId>>,
    /// The named keys, each at the position of its id. All other keys have greater ids.
    keys: Vec<(KeyId, KeyName)>,
    keys_named: FxHashMap<Name, KeyId>,
    keys_of: ById<AccountId, Vec<KeyId>>,
}

/// A participating device.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name in the scenario.
    pub name: DeviceName,
    /// Its full JID.
    pub endpoint: EndpointId,
    /// Its account.
    pub account: AccountId,
    /// Its key.
    pub key: KeyId,
    /// Whether the other endpoints of its account share its key.
    pub sharing: KeySharing,
    /// Whether it receives carbons.
    pub carbons: bool,
    /// Whether it is offline when it joins.
    pub offline: bool,
    /// When it joins its account.
    pub joins: Joins,
}

/// When a device joins its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joins {
    /// It belongs to the account from the start.
    AtStart,
    /// A step adds it.
    Later,
    /// An adversary injects it.
    Injected,
}

#[derive(Clone, Debug)]
struct AccountMember {
    id: AccountId,
    sharing: KeySharing,
    key: Option<KeyText>,
    devices: FxHashMap<Name, DeviceId>,
}

/// A name that the scenario does not define, or a key that the encryption does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Miscast {
    /// No account has this name.
    #[error("there is no account {0}")]
    Account(Name),
    /// No device has this name.
    #[error("there is no device {0}")]
    Device(DeviceName),
    /// No key has this name.
    #[error("there is no key {0}")]
    Key(KeyName),
    /// A key identifier does not fit the encryption.
    #[error("the key {name}: {reason}")]
    Identifier {
        /// The key's name.
        name: KeyName,
        /// The mistake in the identifier.
        reason: atm_engine::BadIdentifier,
    },
    /// A JID cannot be made of a name.
    #[error("no JID can be made of {0}: give one")]
    Jid(String),
    /// The keys of one decision have several owners, or the decision has no keys.
    #[error("step {step}: {reason}")]
    Decision {
        /// The number of the step, from 1.
        step: usize,
        /// The reason.
        reason: atm_engine::NotOneDecision,
    },
}

impl Cast {
    /// A reference engine for `device`.
    #[must_use]
    pub fn engine(&self, device: DeviceId, rules: Rules) -> Device {
        let Member { endpoint, key, sharing, .. } = *self.member(device);
        Device::new(endpoint, key, sharing, rules, &self.directory)
            .expect("a member has a key of its account")
    }

    /// The participants of `scenario`.
    ///
    /// # Errors
    ///
    /// If a name in the scenario is undefined, or a key does not fit the encryption.
    pub fn new(scenario: &Scenario) -> Result<Self, Miscast> {
        let mut directory = Directory::new();
        let encryption = directory.encryption(&scenario.encryption.0);
        let other_encryption = directory.encryption(&Encryption::new(OTHER_ENCRYPTION).expect("a namespace"));
        let mut cast = Self {
            directory,
            resources: scenario.resources.clone(),
            encryption,
            other_encryption,
            devices: Vec::new(),
            device_ids: Vec::new(),
            accounts: IndexMap::default(),
            positions: ById::default(),
            devices_of: ById::default(),
            devices_with: ById::default(),
            devices_at: ById::default(),
            keys: Vec::new(),
            keys_named: FxHashMap::default(),
            keys_of: ById::default(),
        };
        for (name, account) in scenario.accounts.iter() {
            let jid = match &account.jid {
                Some(jid) => jid.0.clone(),
                None => BareJid::new(&format!("{name}@example.org"))
                    .map_err(|_| Miscast::Jid(name.to_string()))?,
            };
            let id = cast.directory.account(&jid);
            cast.positions.at(id).get_or_insert(cast.accounts.len());
            let (sharing, key, devices) = (account.sharing(), account.key.clone(), FxHashMap::default());
            cast.accounts.insert(name.clone(), AccountMember { id, sharing, key, devices });
            for (device, settings) in account.devices.iter() {
                let name = DeviceName { account: name.clone(), device: device.clone() };
                cast.add(name, settings.key.as_ref(), settings.carbons, settings.offline, Joins::AtStart)?;
            }
        }
        for step in &scenario.steps {
            match step {
                Step::AddDevice(added) => {
                    let name = added.device_name();
                    cast.add(name, added.key.as_ref(), added.carbons, added.offline, Joins::Later)?;
                }
                Step::InjectDevice(injected) => {
                    let name = injected.device_name();
                    cast.add(name, injected.key.as_ref(), true, false, Joins::Injected)?;
                }
                _ => {}
            }
        }
        for (name, key) in scenario.keys.iter() {
            let owner = cast.account(&key.owner)?;
            cast.add_key(KeyName::Named(name.clone()), owner, key.id.as_ref())?;
        }
        Ok(cast)
    }

    fn add(
        &mut self,
        name: DeviceName,
        key: Option<&KeyText>,
        carbons: bool,
        offline: bool,
        joins: Joins,
    ) -> Result<(), Miscast> {
        let device = DeviceId(u32::try_from(self.devices.len()).expect("fewer than 2^32 devices"));
        let account = self.accounts.get_mut(&name.account);
        let account = account.ok_or_else(|| Miscast::Account(name.account.clone()))?;
        account.devices.entry(name.device.clone()).or_insert(device);
        let AccountMember { id, sharing, .. } = *account;
        let key = match sharing {
            KeySharing::OneForAll => {
                let given = account.key.clone();
                self.add_key(KeyName::Named(name.account.clone()), id, given.as_ref())?
            }
            KeySharing::OnePerEndpoint => self.add_key(KeyName::Device(name.clone()), id, key)?,
        };
        let jid = self.directory.jid(id);
        let full =
            jid.with_resource(&self.resources.of(&name)).map_err(|_| Miscast::Jid(name.to_string()))?;
        let endpoint = self.directory.endpoint(&full);
        self.devices_of.at(id).push(device);
        self.devices_with.at(key).push(device);
        self.devices_at.at(endpoint).get_or_insert(device);
        self.device_ids.push(device);
        self.devices.push(Member { name, endpoint, account: id, key, sharing, carbons, offline, joins });
        Ok(())
    }

    fn add_key(
        &mut self,
        name: KeyName,
        owner: AccountId,
        given: Option<&KeyText>,
    ) -> Result<KeyId, Miscast> {
        let encryption = self.directory.encryption_name(self.encryption).clone();
        let identifier = match given {
            Some(given) => KeyIdentifier::new(&encryption, given.as_bytes()),
            None => KeyIdentifier::new(&encryption, &derived(&encryption, &name)),
        };
        let identifier = identifier.map_err(|reason| Miscast::Identifier { name: name.clone(), reason })?;
        let key = self.directory.key(self.encryption, owner, &identifier);
        if key.index() == self.keys.len() {
            if let KeyName::Named(name) = &name {
                self.keys_named.entry(name.clone()).or_insert(key);
            }
            self.keys.push((key, name));
            self.keys_of.at(owner).push(key);
        }
        Ok(key)
    }

    /// An endpoint of an account that belongs to none of its devices.
    pub(crate) fn endpoint_of(&mut self, account: AccountId, resource: &str) -> EndpointId {
        let jid = self.directory.jid(account).with_resource(resource).expect("a valid resource");
        self.directory.endpoint(&jid)
    }

    /// A key of an account that no device has and that the scenario does not name. The same name gives the same key.
    pub(crate) fn made_up_key(&mut self, owner: AccountId, name: &str) -> KeyId {
        let encryption = self.directory.encryption_name(self.encryption).clone();
        let bytes = derived(&encryption, &format_args!("{} {name}", self.directory.jid(owner)));
        let identifier = KeyIdentifier::new(&encryption, &bytes).expect("a key of the usual length");
        self.directory.key(self.encryption, owner, &identifier)
    }

    /// The names behind the ids.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The names behind the ids, mutable.
    pub fn directory_mut(&mut self) -> &mut Directory {
        &mut self.directory
    }

    /// The encryption that all accounts use.
    #[must_use]
    pub fn encryption(&self) -> EncryptionId {
        self.encryption
    }

    /// An encryption that no account uses.
    #[must_use]
    pub fn other_encryption(&self) -> EncryptionId {
        self.other_encryption
    }

    /// All devices: first those that are present at the start, account by account, then the added ones in order.
    pub fn devices(&self) -> impl ExactSizeIterator<Item = (DeviceId, &Member)> {
        self.devices.iter().enumerate().map(|(position, member)| (DeviceId(position as u32), member))
    }

    /// The ids of all devices, in the order of [`devices`](Self::devices).
    #[must_use]
    pub fn device_ids(&self) -> &[DeviceId] {
        &self.device_ids
    }

    /// All accounts.
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = AccountId> {
        self.accounts.values().map(|member| member.id)
    }

    /// The devices that ever belong to an account.
    #[must_use]
    pub fn devices_of(&self, account: AccountId) -> &[DeviceId] {
        self.devices_of.get(account).map_or(&[], Vec::as_slice)
    }

    /// The devices that ever have `key`, in order.
    #[must_use]
    pub fn devices_with(&self, key: KeyId) -> &[DeviceId] {
        self.devices_with.get(key).map_or(&[], SmallVec::as_slice)
    }

    /// The device at a position in [`devices`](Self::devices).
    pub(crate) fn nth_device(&self, position: usize) -> DeviceId {
        debug_assert!(position < self.devices.len());
        DeviceId(position as u32)
    }

    /// An upper bound for the number of pairs of a device and a foreign key, for reserving memory. It is capped, since
    /// few of many devices know each other.
    pub(crate) fn pairs(&self) -> usize {
        (self.devices.len() * self.keys.len()).min(1_000)
    }

    /// A device by its id.
    #[must_use]
    pub fn member(&self, device: DeviceId) -> &Member {
        &self.devices[device.index()]
    }

    /// The name of a device.
    #[must_use]
    pub fn device_name(&self, device: DeviceId) -> &DeviceName {
        &self.member(device).name
    }

    /// The name of a key. An unnamed key is written with its owner and the beginning of its identifier.
    #[must_use]
    pub fn key_name(&self, key: KeyId) -> String {
        match self.keys.get(key.index()) {
            Some((_, name)) => name.to_string(),
            None => {
                let owner = self.account_name(self.directory.owner(key));
                let identifier = self.directory.identifier(key).to_base16();
                format!("{owner}/?{}", identifier.get(..8).unwrap_or(&identifier))
            }
        }
    }

    /// The name of an account, or its JID if the scenario does not name it.
    #[must_use]
    pub fn account_name(&self, account: AccountId) -> String {
        let position = self.positions.get(account).copied().flatten();
        let named = position.and_then(|position| self.accounts.get_index(position));
        named.map_or_else(|| self.directory.jid(account).to_string(), |(name, _)| name.to_string())
    }

    /// The account named `name`.
    ///
    /// # Errors
    ///
    /// If no account has this name.
    pub fn account(&self, name: &Name) -> Result<AccountId, Miscast> {
        self.accounts.get(name).map(|member| member.id).ok_or_else(|| Miscast::Account(name.clone()))
    }

    /// The device named `name`.
    ///
    /// # Errors
    ///
    /// If no device has this name.
    pub fn device(&self, name: &DeviceName) -> Result<DeviceId, Miscast> {
        let account = self.accounts.get(&name.account);
        let device = account.and_then(|account| account.devices.get(&name.device));
        device.copied().ok_or_else(|| Miscast::Device(name.clone()))
    }

    /// The device with a full JID.
    #[must_use]
    pub fn device_of(&self, endpoint: EndpointId) -> Option<DeviceId> {
        *self.devices_at.get(endpoint)?
    }

    /// The key named `name`.
    ///
    /// # Errors
    ///
    /// If no key has this name.
    pub fn key(&self, name: &KeyName) -> Result<KeyId, Miscast> {
        let found = match name {
            KeyName::Device(device) => self.device(device).ok().map(|device| self.member(device).key),
            KeyName::Named(named) => self.keys_named.get(named).copied(),
        };
        found.ok_or_else(|| Miscast::Key(name.clone()))
    }

    /// The keys named `names`.
    ///
    /// # Errors
    ///
    /// If no key has one of these names.
    pub fn keys_named(&self, names: &[KeyName]) -> Result<BTreeSet<KeyId>, Miscast> {
        names.iter().map(|name| self.key(name)).collect()
    }

    /// The named keys of an account.
    #[must_use]
    pub fn keys_of(&self, account: AccountId) -> &[KeyId] {
        self.keys_of.get(account).map_or(&[], Vec::as_slice)
    }

    /// All named keys.
    pub fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().map(|(key, _)| *key)
    }
}

/// The identifier of a key for which the scenario gives none. It depends only on the encryption and the name.
fn derived(encryption: &Encryption, name: &impl Display) -> [u8; 32] {
    Sha256::digest(format!("{encryption} {name}")).into()
}
