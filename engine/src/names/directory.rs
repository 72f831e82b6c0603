use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHasher};

use super::{AccountId, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier};
use crate::jid::{BareJid, FullJid};

/// The names behind the ids. All devices of a program or of a simulated world share one directory.
///
/// Ids are issued in the order in which names are first seen, so the same calls give the same ids. A directory only
/// grows. [`Limits`](crate::Limits) do not bound it: check the sender of a message before you intern the names in it.
/// ([`Atm`](crate::Atm) drops unused names.)
///
/// A directory may not know an id that another directory issued. The methods that take such an id return placeholder
/// names: `unknown.invalid`, the encryption `unknown`, and an identifier of one zero byte. A [`Device`](crate::Device)
/// refuses such ids with [`UnknownId`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    accounts: Names<BareJid>,
    endpoints: Names<FullJid>,
    endpoint_accounts: Vec<AccountId>,
    encryptions: Names<Encryption>,
    keys: Names<(EncryptionId, AccountId, KeyIdentifier)>,
    key_facts: Vec<KeyFacts>,
    extent: DirectoryExtent,
}

/// An id that this directory did not issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownId {
    /// The id of an account.
    #[error("the account with the number {} is unknown to the directory", .0.index())]
    Account(AccountId),
    /// The id of an endpoint.
    #[error("the endpoint with the number {} is unknown to the directory", .0.index())]
    Endpoint(EndpointId),
    /// The id of an encryption protocol.
    #[error("the encryption with the number {} is unknown to the directory", .0.index())]
    Encryption(EncryptionId),
    /// The id of a key.
    #[error("the key with the number {} is unknown to the directory", .0.index())]
    Key(KeyId),
    /// All ids of a device: the directory is not the one that the device last used.
    #[error("the device's ids are from another directory")]
    OtherDirectory,
}

/// The names of unknown ids.
static NOBODY: LazyLock<Nobody> = LazyLock::new(|| Nobody {
    account: BareJid::new("unknown.invalid").expect("a domain"),
    endpoint: FullJid::new("unknown.invalid/unknown").expect("a domain and a resource"),
    encryption: Encryption::new("unknown").expect("it has no spaces"),
    identifier: KeyIdentifier::unchecked(&[0]),
});

struct Nobody {
    account: BareJid,
    endpoint: FullJid,
    encryption: Encryption,
    identifier: KeyIdentifier,
}

/// The frequently used facts about a key, without its identifier and next to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct KeyFacts {
    owner: AccountId,
    encryption: EncryptionId,
    /// The length of the identifier in Base64 and of the owner's bare JID together, in bytes.
    written_length: u32,
    /// A hash of this key and all before it. Directories with the same hash here have the same keys so far.
    print: u32,
}

/// The extent of a directory at some time. It identifies the directory later, even if that has grown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DirectoryExtent {
    keys: u32,
    print: u32,
}

impl Directory {
    /// Returns an empty directory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the id of an account. Issues a new one for an unknown account.
    pub fn account(&mut self, jid: &BareJid) -> AccountId {
        AccountId(self.accounts.intern(jid))
    }

    /// Returns the id of an endpoint. Issues a new one for an unknown endpoint.
    pub fn endpoint(&mut self, jid: &FullJid) -> EndpointId {
        let account = self.account(&jid.to_bare());
        let id = self.endpoints.intern(jid);
        if id as usize == self.endpoint_accounts.len() {
            self.endpoint_accounts.push(account);
        }
        EndpointId(id)
    }

    /// Returns the id of an encryption protocol. Issues a new one for an unknown protocol.
    pub fn encryption(&mut self, encryption: &Encryption) -> EncryptionId {
        EncryptionId(self.encryptions.intern(encryption))
    }

    /// Returns the id of a key. Issues a new one for an unknown key. An unknown owner or encryption is replaced by the
    /// placeholder.
    pub fn key(&mut self, encryption: EncryptionId, owner: AccountId, identifier: &KeyIdentifier) -> KeyId {
        let owner = if self.knows_account(owner).is_ok() { owner } else { AccountId::NOBODY };
        let encryption =
            if self.knows_encryption(encryption).is_ok() { encryption } else { EncryptionId::NOBODY };
        let id = self.keys.intern(&(encryption, owner, identifier.clone()));
        if id as usize == self.key_facts.len() {
            let facts = self.facts(encryption, owner, identifier);
            self.key_facts.push(facts);
            self.extent = DirectoryExtent { keys: id + 1, print: facts.print };
        }
        KeyId(id)
    }

    /// The id of an account, if the directory knows it.
    #[must_use]
    pub fn find_account(&self, jid: &BareJid) -> Option<AccountId> {
        self.accounts.find(jid).map(AccountId)
    }

    /// The id of an endpoint, if the directory knows it.
    #[must_use]
    pub fn find_endpoint(&self, jid: &FullJid) -> Option<EndpointId> {
        self.endpoints.find(jid).map(EndpointId)
    }

    /// The id of an encryption protocol, if the directory knows it.
    #[must_use]
    pub fn find_encryption(&self, encryption: &Encryption) -> Option<EncryptionId> {
        self.encryptions.find(encryption).map(EncryptionId)
    }

    /// The id of a key, if the directory knows it.
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
        self.accounts.name(account.0).unwrap_or(&NOBODY.account)
    }

    /// The full JID of an endpoint.
    #[must_use]
    pub fn full_jid(&self, endpoint: EndpointId) -> &FullJid {
        self.endpoints.name(endpoint.0).unwrap_or(&NOBODY.endpoint)
    }

    /// The account of an endpoint.
    #[must_use]
    pub fn account_of(&self, endpoint: EndpointId) -> AccountId {
        self.endpoint_accounts.get(endpoint.index()).copied().unwrap_or(AccountId::NOBODY)
    }

    /// The namespace of an encryption protocol.
    #[must_use]
    pub fn encryption_name(&self, encryption: EncryptionId) -> &Encryption {
        self.encryptions.name(encryption.0).unwrap_or(&NOBODY.encryption)
    }

    /// The owner of a key.
    #[must_use]
    pub fn owner(&self, key: KeyId) -> AccountId {
        self.key_facts.get(key.index()).map_or(AccountId::NOBODY, |facts| facts.owner)
    }

    /// The encryption protocol of a key.
    #[must_use]
    pub fn encryption_of(&self, key: KeyId) -> EncryptionId {
        self.key_facts.get(key.index()).map_or(EncryptionId::NOBODY, |facts| facts.encryption)
    }

    /// The length of a key's identifier in Base64 and of its owner's bare JID together, in bytes.
    pub(crate) fn written_length(&self, key: KeyId) -> usize {
        self.key_facts.get(key.index()).map_or(0, |facts| facts.written_length as usize)
    }

    /// The identifier of a key.
    #[must_use]
    pub fn identifier(&self, key: KeyId) -> &KeyIdentifier {
        self.keys.name(key.0).map_or(&NOBODY.identifier, |(_, _, identifier)| identifier)
    }

    /// The number of names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.accounts.0.len() + self.endpoints.0.len() + self.encryptions.0.len() + self.keys.0.len()
    }

    /// Whether the directory is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The current extent of the directory.
    pub(crate) fn extent(&self) -> DirectoryExtent {
        self.extent
    }

    /// Whether the directory has grown from one with the given extent.
    pub(crate) fn has_grown_from(&self, extent: DirectoryExtent) -> bool {
        let last = extent.keys.checked_sub(1).map(|last| self.key_facts.get(last as usize));
        last.is_none_or(|last| last.is_some_and(|facts| facts.print == extent.print))
    }

    fn facts(&self, encryption: EncryptionId, owner: AccountId, identifier: &KeyIdentifier) -> KeyFacts {
        let jid = self.jid(owner).as_str();
        let written_length = jid.len() + identifier.base64_length();
        let written_length = u32::try_from(written_length).expect("names have at most some thousand bytes");
        let mut hasher = FxHasher::default();
        (self.extent.print, encryption, owner, self.encryption_name(encryption), jid, identifier)
            .hash(&mut hasher);
        let hash = hasher.finish();
        KeyFacts { owner, encryption, written_length, print: (hash >> 32 ^ hash) as u32 }
    }

    /// Checks that the directory knows an account.
    pub(crate) fn knows_account(&self, account: AccountId) -> Result<(), UnknownId> {
        if account.index() < self.accounts.0.len() { Ok(()) } else { Err(UnknownId::Account(account)) }
    }

    /// Checks that the directory knows an endpoint.
    pub(crate) fn knows_endpoint(&self, endpoint: EndpointId) -> Result<(), UnknownId> {
        let is_known = endpoint.index() < self.endpoint_accounts.len();
        if is_known { Ok(()) } else { Err(UnknownId::Endpoint(endpoint)) }
    }

    /// Checks that the directory knows an encryption protocol.
    pub(crate) fn knows_encryption(&self, encryption: EncryptionId) -> Result<(), UnknownId> {
        let is_known = encryption.index() < self.encryptions.0.len();
        if is_known { Ok(()) } else { Err(UnknownId::Encryption(encryption)) }
    }

    /// Checks that the directory knows a key.
    pub(crate) fn knows_key(&self, key: KeyId) -> Result<(), UnknownId> {
        if key.0 < self.extent.keys { Ok(()) } else { Err(UnknownId::Key(key)) }
    }
}

/// Names in the order in which they were first seen. The position of a name is its id.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    fn name(&self, id: u32) -> Option<&T> {
        self.0.get_index(id as usize)
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
        // Base64 writes every three bytes, and the remaining ones, as four characters.
        assert_eq!(keys.map(|key| names.written_length(key)), [15 + 44, 17 + 28]);
        assert_eq!(keys.map(|key| names.owner(key)), [owners[1], owners[0]]);
        assert_eq!(keys.map(|key| names.encryption_of(key)), [encryption; 2]);
        assert_eq!([&long, &short].map(|identifier| identifier.to_base64().len()), [44, 28]);
    }

    #[test]
    fn ids_of_another_directory_are_those_of_nobody() {
        let (mut names, empty) = (Directory::new(), Directory::new());
        let omemo = Encryption::new(Encryption::OMEMO).unwrap();
        let encryption = names.encryption(&omemo);
        let endpoint = names.endpoint(&FullJid::new("alice@example.org/phone").unwrap());
        let owner = names.account_of(endpoint);
        let identifier = KeyIdentifier::new(&omemo, &[7; 32]).unwrap();
        let key = names.key(encryption, owner, &identifier);
        assert_eq!(empty.jid(owner).as_str(), "unknown.invalid");
        assert_eq!(empty.full_jid(endpoint).as_str(), "unknown.invalid/unknown");
        assert_eq!(empty.encryption_name(encryption).as_str(), "unknown");
        assert_eq!(empty.jid(empty.owner(key)), empty.jid(owner));
        assert_eq!(empty.jid(empty.account_of(endpoint)), empty.jid(owner));
        assert_eq!(empty.encryption_name(empty.encryption_of(key)), empty.encryption_name(encryption));
        assert_eq!((empty.written_length(key), empty.identifier(key).as_bytes()), (0, &[0][..]));
        // A key of the placeholder account does not become somebody else's when the directory grows.
        let mut empty = empty;
        let key = empty.key(encryption, owner, &identifier);
        empty.account(names.jid(owner));
        assert_eq!(empty.jid(empty.owner(key)).as_str(), "unknown.invalid");
    }
}
