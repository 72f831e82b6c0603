//! Translates ids of a world into names of the model: `A0` is a key of the account `A`.

use std::collections::BTreeMap;

use atm_engine::{AccountId, Directory, EncryptionId, EndpointId, KeyId};
use atm_naive_model::{OTHER, OURS};

/// The names given so far, for translating back.
#[derive(Debug, Default)]
pub(crate) struct Nicknames {
    accounts: BTreeMap<String, AccountId>,
    keys: BTreeMap<String, KeyId>,
}

impl Nicknames {
    pub(crate) fn account(&mut self, account: AccountId) -> String {
        let name = letters(account.index());
        self.accounts.insert(name.clone(), account);
        name
    }

    /// Names a key. Keys of an encryption other than `ours` are marked with a star.
    pub(crate) fn key(&mut self, key: KeyId, ours: EncryptionId, names: &Directory) -> String {
        let star = if names.encryption_of(key) == ours { "" } else { "*" };
        let name = format!("{}{}{star}", self.account(names.owner(key)), key.index());
        self.keys.insert(name.clone(), key);
        name
    }

    pub(crate) fn account_called(&self, name: &str) -> AccountId {
        self.accounts[name]
    }

    pub(crate) fn key_called(&self, name: &str) -> KeyId {
        self.keys[name]
    }
}

pub(crate) fn key_name(key: KeyId, ours: EncryptionId, names: &Directory) -> String {
    Nicknames::default().key(key, ours, names)
}

pub(crate) fn endpoint_name(endpoint: EndpointId, names: &Directory) -> String {
    format!("{}{}", letters(names.account_of(endpoint).index()), endpoint.index())
}

pub(crate) fn encryption_name(encryption: EncryptionId, ours: EncryptionId) -> String {
    if encryption == ours { OURS.to_owned() } else { format!("{OTHER}:{}", encryption.index()) }
}

/// `A` to `Z`, `BA` and so on.
fn letters(index: usize) -> String {
    let last = char::from(b'A' + u8::try_from(index % 26).expect("less than 26"));
    if index < 26 { last.to_string() } else { format!("{}{last}", letters(index / 26)) }
}
