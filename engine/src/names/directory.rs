use std::hash::Hash;

use indexmap::IndexSet;
use jid::{BareJid, FullJid};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::{AccountId, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier};

/// The names behind the ids: one for all devices of a program or a world.
///
/// Ids are given out in the order in which names are first seen, so the same calls give the same ids.
/// A directory only grows. The bounds on what strangers can make a device store do not cover it: a caller that
/// hears from strangers looks at who sent a message before it has the message's names looked up here.
/// The methods that take an id panic if another directory gave it out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Directory {
    accounts: Names<BareJid>,
    endpoints: Names<FullJid>,
    endpoint_accounts: Vec<AccountId>,
    encryptions: Names<Encryption>,
    keys: Names<(EncryptionId, AccountId, KeyIdentifier)>,
    #[serde(skip_serializing)]
    key_facts: Vec<KeyFacts>,
}

/// A [`Directory`] as it is stored.
#[derive(Deserialize)]
struct Stored {
    accounts: Names<BareJid>,
    endpoints: Names<FullJid>,
    endpoint_accounts: Vec<AccountId>,
    encryptions: Names<Encryption>,
    keys: Names<(EncryptionId, AccountId, KeyIdentifier)>,
}

/// Why what is stored is no directory.
#[derive(Debug, thiserror::Error)]
#[error("a key belongs to an account that is not in the directory")]
struct NoSuchAccount;

/// What is asked about a key all the time, in one place and without its identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct KeyFacts {
    owner: AccountId,
    encryption: EncryptionId,
    /// How many bytes the identifier in Base64 and the owner's bare JID have together.
    written_length: u32,
}

impl Directory {
    /// A directory without any names.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of an account, a new one if it was never seen.
    pub fn account(&mut self, jid: &BareJid) -> AccountId {
        AccountId(self.accounts.intern(jid))
    }

    /// The id of an endpoint, a new one if it was never seen.
    pub fn endpoint(&mut self, jid: &FullJid) -> EndpointId {
        let account = self.account(&jid.to_bare());
        let id = self.endpoints.intern(jid);
        if id as usize == self.endpoint_accounts.len() {
            self.endpoint_accounts.push(account);
        }
        EndpointId(id)
    }

    /// The id of an encryption protocol, a new one if it was never seen.
    pub fn encryption(&mut self, encryption: &Encryption) -> EncryptionId {
        EncryptionId(self.encryptions.intern(encryption))
    }

    /// The id of a key, a new one if it was never seen.
    pub fn key(&mut self, encryption: EncryptionId, owner: AccountId, identifier: &KeyIdentifier) -> KeyId {
        let facts = KeyFacts::of(encryption, owner, self.jid(owner), identifier);
        let id = self.keys.intern(&(encryption, owner, identifier.clone()));
        if id as usize == self.key_facts.len() {
            self.key_facts.push(facts);
        }
        KeyId(id)
    }

    /// The id of an account, if it was seen.
    #[must_use]
    pub fn find_account(&self, jid: &BareJid) -> Option<AccountId> {
        self.accounts.find(jid).map(AccountId)
    }

    /// The id of an endpoint, if it was seen.
    #[must_use]
    pub fn find_endpoint(&self, jid: &FullJid) -> Option<EndpointId> {
        self.endpoints.find(jid).map(EndpointId)
    }

    /// The id of an encryption protocol, if it was seen.
    #[must_use]
    pub fn find_encryption(&self, encryption: &Encryption) -> Option<EncryptionId> {
        self.encryptions.find(encryption).map(EncryptionId)
    }

    /// The id of a key, if it was seen.
    #[must_use]
    pub fn find_key(
        &self,
        encryption: EncryptionId,
        owner: AccountId,
        identifier: &KeyIdentifier,
    ) -> Option<KeyId> {
        self.keys.find(&(encryption, owner, identifier.clone())).map(KeyId)
    }

    /// The bare JID of an account.
    #[must_use]
    pub fn jid(&self, account: AccountId) -> &BareJid {
        self.accounts.name(account.0)
    }

    /// The full JID of an endpoint.
    #[must_use]
    pub fn full_jid(&self, endpoint: EndpointId) -> &FullJid {
        self.endpoints.name(endpoint.0)
    }

    /// The account of an endpoint.
    #[must_use]
    pub fn account_of(&self, endpoint: EndpointId) -> AccountId {
        self.endpoint_accounts[endpoint.index()]
    }

    /// The namespace of an encryption protocol.
    #[must_use]
    pub fn encryption_name(&self, encryption: EncryptionId) -> &Encryption {
        self.encryptions.name(encryption.0)
    }

    /// The owner of a key.
    #[must_use]
    pub fn owner(&self, key: KeyId) -> AccountId {
        self.key_facts[key.index()].owner
    }

    /// The encryption protocol of a key.
    #[must_use]
    pub fn encryption_of(&self, key: KeyId) -> EncryptionId {
        self.key_facts[key.index()].encryption
    }

    /// How many bytes a key's identifier in Base64 and its owner's bare JID have together.
    pub(crate) fn written_length(&self, key: KeyId) -> usize {
        self.key_facts[key.index()].written_length as usize
    }

    /// The identifier of a key.
    #[must_use]
    pub fn identifier(&self, key: KeyId) -> &KeyIdentifier {
        &self.keys.name(key.0).2
    }
}

impl KeyFacts {
    fn of(encryption: EncryptionId, owner: AccountId, jid: &BareJid, identifier: &KeyIdentifier) -> Self {
        let written_length = jid.as_str().len() + identifier.base64_length();
        let written_length = u32::try_from(written_length).expect("names have at most some thousand bytes");
        Self { owner, encryption, written_length }
    }
}

impl TryFrom<Stored> for Directory {
    type Error = NoSuchAccount;

    fn try_from(stored: Stored) -> Result<Self, NoSuchAccount> {
        let Stored { accounts, endpoints, endpoint_accounts, encryptions, keys } = stored;
        let facts = |(encryption, owner, identifier): &(EncryptionId, AccountId, KeyIdentifier)| {
            let jid = accounts.0.get_index(owner.index()).ok_or(NoSuchAccount)?;
            Ok(KeyFacts::of(*encryption, *owner, jid, identifier))
        };
        let key_facts = keys.0.iter().map(facts).collect::<Result<_, _>>()?;
        Ok(Self { accounts, endpoints, endpoint_accounts, encryptions, keys, key_facts })
    }
}

/// Names in the order in which they were first seen; a name's position is its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de> + Eq + Hash", serialize = "T: Serialize + Eq + Hash"))]
struct Names<T: Eq + Hash>(IndexSet<T, FxBuildHasher>);

impl<T: Clone + Eq + Hash> Names<T> {
    fn intern(&mut self, name: &T) -> u32 {
        let known = self.0.get_index_of(name);
        let position = known.unwrap_or_else(|| self.0.insert_full(name.clone()).0);
        u32::try_from(position).expect("fewer than 2^32 names")
    }

    fn find(&self, name: &T) -> Option<u32> {
        self.0.get_index_of(name).and_then(|position| u32::try_from(position).ok())
    }

    fn name(&self, id: u32) -> &T {
        &self.0[id as usize]
    }
}

impl<T: Eq + Hash> Default for Names<T> {
    fn default() -> Self {
        Self(IndexSet::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_about_keys_is_that_of_their_names() {
        let mut names = Directory::new();
        let openpgp = Encryption::new(Encryption::OPENPGP).unwrap();
        let encryption = names.encryption(&openpgp);
        let owners = ["alice@example.org", "bob@example.com"];
        let owners = owners.map(|jid| names.account(&BareJid::new(jid).unwrap()));
        let [short, long] = [20, 32].map(|length| KeyIdentifier::new(&openpgp, &vec![7; length]).unwrap());
        let keys = [(owners[1], &long), (owners[0], &short)]
            .map(|(owner, identifier)| names.key(encryption, owner, identifier));
        let stored = serde_json::to_string(&names).unwrap();
        let read: Directory = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, names);
        for names in [names, read] {
            // Base64 writes each three bytes, or what is left of them, as four characters.
            assert_eq!(keys.map(|key| names.written_length(key)), [15 + 44, 17 + 28]);
            assert_eq!(keys.map(|key| names.owner(key)), [owners[1], owners[0]]);
            assert_eq!(keys.map(|key| names.encryption_of(key)), [encryption; 2]);
        }
        assert_eq!([&long, &short].map(|identifier| identifier.to_base64().len()), [44, 28]);
    }

    #[test]
    fn a_key_of_nobody_is_not_read() {
        let mut names = Directory::new();
        let omemo = Encryption::new(Encryption::OMEMO).unwrap();
        let encryption = names.encryption(&omemo);
        let owner = names.account(&BareJid::new("alice@example.org").unwrap());
        names.key(encryption, owner, &KeyIdentifier::new(&omemo, &[7; 32]).unwrap());
        let mut stored = serde_json::to_value(&names).unwrap();
        stored["accounts"] = serde_json::json!([]);
        let error = serde_json::from_value::<Directory>(stored).unwrap_err();
        assert!(error.to_string().contains("account that is not in the directory"), "{error}");
    }
}
