//! Names for the accounts and keys of a log, which has only JIDs and identifiers.

use std::collections::BTreeMap;

use atm_adapter_protocol::protocol::Key;
use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{Encryption, KeyIdentifier};
use atm_simulator::scenario::{
    Account, BareAddress, DeviceName, DeviceSpec, KeyName, KeyText, Name, Named, OtherKey, Resources,
};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// The greatest length of the part of a name that comes from the log.
const LONGEST: usize = 40;

/// The number of digits of an identifier in a name, if they suffice.
const DIGITS: usize = 8;

/// The accounts and keys that a log of one device mentions, with their names.
#[derive(Debug)]
pub(super) struct LogNames {
    encryption: Encryption,
    accounts: IndexMap<BareJid, Name, FxBuildHasher>,
    keys: IndexMap<(BareJid, KeyIdentifier), (KeyName, KeyText), FxBuildHasher>,
    /// The other devices of which the log does not tell, each with its key.
    others: IndexMap<DeviceName, KeyText, FxBuildHasher>,
    /// The resources of the devices.
    resources: BTreeMap<DeviceName, String>,
}

impl LogNames {
    pub(super) fn new(encryption: Encryption) -> Self {
        let (accounts, keys, others) = (IndexMap::default(), IndexMap::default(), IndexMap::default());
        Self { encryption, accounts, keys, others, resources: BTreeMap::new() }
    }

    /// The name of the device with this JID.
    pub(super) fn device(&mut self, jid: &FullJid) -> DeviceName {
        let device = simple(jid.resource()).parse().expect("a simple text");
        let name = DeviceName { account: self.account(&jid.to_bare()), device };
        self.resources.entry(name.clone()).or_insert_with(|| jid.resource().to_owned());
        name
    }

    /// The resources of the devices that were named.
    pub(super) fn resources(&self) -> Resources {
        Resources::Given(self.resources.clone())
    }

    /// The encryption of the keys.
    pub(super) fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The name of an account: the local part of its JID, if it suffices.
    pub(super) fn account(&mut self, jid: &BareJid) -> Name {
        if let Some(name) = self.accounts.get(jid) {
            return name.clone();
        }
        let short = simple(jid.localpart().unwrap_or(jid.domain()));
        let is_taken = |name: &str| self.accounts.values().any(|other| other.as_str() == name);
        let candidates = (2..).map(|number| format!("{short}-{number}"));
        let name = std::iter::once(short.clone()).chain(candidates).find(|name| !is_taken(name));
        let name: Name = name.expect("there is always a next number").parse().expect("a simple text");
        self.accounts.insert(jid.clone(), name.clone());
        name
    }

    /// The name of a key: the name of its account and the first digits of its identifier.
    ///
    /// # Errors
    ///
    /// If it is no key.
    pub(super) fn key(&mut self, key: &Key) -> Result<KeyName, String> {
        let (owner, identifier) = self.parsed(key)?;
        if let Some((name, _)) = self.keys.get(&(owner.clone(), identifier.clone())) {
            return Ok(name.clone());
        }
        let (account, digits) = (self.account(&owner), identifier.to_base16());
        let is_taken = |name: &KeyName| self.keys.values().any(|(other, _)| other == name);
        let short = digits.get(..DIGITS).unwrap_or(&digits);
        let named =
            |suffix: &str| KeyName::Named(format!("{account}-{suffix}").parse().expect("a simple text"));
        let numbered = (2..).map(|number| named(&format!("{short}-{number}")));
        let name = std::iter::once(named(short)).chain(numbered).find(|name| !is_taken(name));
        let name = name.expect("there is always a next number");
        self.insert(owner, identifier, name.clone());
        Ok(name)
    }

    /// Gives the device's own key its name.
    ///
    /// # Errors
    ///
    /// If it is no key.
    pub(super) fn own_key(&mut self, key: &Key, name: KeyName) -> Result<(), String> {
        let (owner, identifier) = self.parsed(key)?;
        self.insert(owner, identifier, name);
        Ok(())
    }

    fn insert(&mut self, owner: BareJid, identifier: KeyIdentifier, name: KeyName) {
        let text = text_of(&identifier);
        self.keys.insert((owner, identifier), (name, text));
    }

    fn parsed(&self, key: &Key) -> Result<(BareJid, KeyIdentifier), String> {
        let owner = key.owner.parse().map_err(|_| format!("the owner {:?} is no bare JID", key.owner))?;
        let bytes = data_encoding::BASE64.decode(key.id.as_bytes());
        let bytes = bytes.map_err(|error| format!("the key {:?} is not Base64: {error}", key.id))?;
        let identifier = KeyIdentifier::new(&self.encryption, &bytes);
        Ok((owner, identifier.map_err(|error| format!("the key {:?}: {error}", key.id))?))
    }

    /// Notes a key that the log need not name, and the other devices that hold it.
    ///
    /// # Errors
    ///
    /// If it is no key.
    pub(super) fn held_key(&mut self, key: &Key, endpoints: &[FullJid]) -> Result<(), String> {
        let (owner, identifier) = self.parsed(key)?;
        let devices: Vec<DeviceName> = endpoints.iter().map(|jid| self.device(jid)).collect();
        let known = self.keys.get(&(owner.clone(), identifier.clone())).cloned();
        let (name, text) = match (known, devices.first()) {
            (Some(known), _) => known,
            (None, Some(device)) => (KeyName::Device(device.clone()), text_of(&identifier)),
            (None, None) => return self.key(key).map(|_| ()),
        };
        self.keys.insert((owner, identifier), (name, text.clone()));
        self.others.extend(devices.into_iter().map(|device| (device, text.clone())));
        Ok(())
    }

    /// The accounts of a scenario with this device and the other devices that were noted.
    pub(super) fn accounts(&self, device: &DeviceName, is_shared: bool) -> Named<Account> {
        let mut accounts = Named::default();
        for (jid, name) in &self.accounts {
            let mut account = Account {
                jid: Some(BareAddress(jid.clone())),
                one_key: false,
                key: None,
                devices: Named::default(),
            };
            if *name == device.account {
                let key = self.keys.values().find(|(name, _)| is_own(name, device));
                let key = key.map(|(_, text)| text.clone());
                let mut spec = DeviceSpec::default();
                match is_shared {
                    true => (account.one_key, account.key) = (true, key),
                    false => spec.key = key,
                }
                account.devices.insert(device.device.clone(), spec);
            }
            let others = self.others.iter().filter(|(other, _)| other.account == *name && *other != device);
            for (other, text) in others {
                // The siblings of a device that shares its key have the key of the account.
                let key = (!account.one_key).then(|| text.clone());
                account.devices.insert(other.device.clone(), DeviceSpec { key, ..DeviceSpec::default() });
            }
            accounts.insert(name.clone(), account);
        }
        accounts
    }

    /// The keys of a scenario, without the device's own.
    pub(super) fn other_keys(&self, device: &DeviceName) -> Named<OtherKey> {
        let mut keys = Named::default();
        for ((owner, _), (name, text)) in &self.keys {
            if let (KeyName::Named(named), false) = (name, is_own(name, device)) {
                let owner = self.accounts[owner].clone();
                keys.insert(named.clone(), OtherKey { owner, id: Some(text.clone()) });
            }
        }
        keys
    }
}

fn text_of(identifier: &KeyIdentifier) -> KeyText {
    identifier.to_base64().parse().expect("an identifier can be written in Base64")
}

/// Whether the device has this key alone, or shares it with its account.
fn is_own(name: &KeyName, device: &DeviceName) -> bool {
    match name {
        KeyName::Device(other) => other == device,
        KeyName::Named(name) => *name == device.account,
    }
}

/// A text with only the characters that a name may have.
fn simple(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let simple: String = text.chars().take(LONGEST).map(allowed).collect();
    if simple.is_empty() { "x".to_owned() } else { simple }
}

#[cfg(test)]
mod tests {
    use super::LogNames;
    use atm_engine::Encryption;

    #[test]
    fn a_device_keeps_the_resource_of_the_log() {
        let mut names = LogNames::new(Encryption::new("urn:xmpp:omemo:2").expect("a namespace"));
        let name = names.device(&"alice@example.org/My Phone & 'more'".parse().expect("a full JID"));
        assert_eq!(name.to_string(), "alice/my-phone----more-");
        assert_eq!(names.resources().of(&name), "My Phone & 'more'");
    }
}
