use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::level::{Level, Origin};
use crate::message::Verdict;
use crate::names::{AccountId, KeyId, Stamp};

/// What a device holds about the keys of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyStore {
    pub(super) records: IndexMap<KeyId, Record, FxBuildHasher>,
    pub(super) owners: IndexMap<AccountId, Owner, FxBuildHasher>,
}

/// What a device holds about one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The level. That of an explicit decision stands here before the key is discovered, too.
    pub(super) level: Level,
    /// Who is behind the level.
    pub(super) origin: Origin,
    /// The time of the explicit decision; without meaning for other levels.
    pub(super) time: Stamp,
    /// Whether the key was fetched, so that its level has its effect.
    pub(super) discovered: bool,
    /// Whether the key's endpoint is to get a summary as soon as the key is discovered.
    pub(super) owed_summary: bool,
    /// Whether the key takes up room of its owner among the keys that were never seen.
    pub(super) counted: bool,
    /// The end of the last time during which the key was distrusted: what it said until then stays refused.
    pub(super) distrusted_until: Stamp,
}

/// What a device holds about one owner of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    /// The owner's keys in the order in which they became known.
    pub(super) keys: SmallVec<[KeyId; 2]>,
    /// Whether a key of the owner was ever authenticated.
    pub(super) latched: bool,
    /// How many keys that were never seen are decided on, on the owner's word.
    pub(super) undiscovered: usize,
}

impl Record {
    const NEW: Self = Self {
        level: Level::Undecided,
        origin: Origin::Policy,
        time: Stamp::MIN,
        discovered: false,
        owed_summary: false,
        counted: false,
        distrusted_until: Stamp::MIN,
    };

    /// The explicit decision about the key, whether or not the key is discovered.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.level.verdict()
    }

    /// The level that has its effect now.
    pub(super) fn effective_level(&self) -> Level {
        if self.discovered { self.level } else { Level::Undecided }
    }
}

impl KeyStore {
    pub(super) fn get(&self, key: KeyId) -> Option<&Record> {
        self.records.get(&key)
    }

    /// The record of a key of `owner`, a new one if there is none.
    pub(super) fn entry(&mut self, key: KeyId, owner: AccountId) -> &mut Record {
        match self.records.entry(key) {
            indexmap::map::Entry::Occupied(entry) => entry.into_mut(),
            indexmap::map::Entry::Vacant(entry) => {
                self.owners.entry(owner).or_default().keys.push(key);
                entry.insert(Record::NEW)
            }
        }
    }

    /// The record of a key that has one.
    pub(super) fn get_mut(&mut self, key: KeyId) -> Option<&mut Record> {
        self.records.get_mut(&key)
    }

    pub(super) fn owner(&self, account: AccountId) -> Option<&Owner> {
        self.owners.get(&account)
    }

    pub(super) fn owner_mut(&mut self, account: AccountId) -> &mut Owner {
        self.owners.entry(account).or_default()
    }

    /// All keys with their records, in the order in which they became known.
    pub(super) fn records(&self) -> impl Iterator<Item = (KeyId, &Record)> {
        self.records.iter().map(|(key, record)| (*key, record))
    }

    /// All owners, in the order in which they became known.
    pub(super) fn owners(&self) -> impl Iterator<Item = AccountId> {
        self.owners.keys().copied()
    }

    /// The keys of `account` that are authenticated and discovered, in the order in which they became known.
    pub(super) fn authenticated_keys(&self, account: AccountId) -> impl Iterator<Item = KeyId> {
        let keys = self.owners.get(&account).map_or(&[][..], |owner| &owner.keys[..]);
        keys.iter().copied().filter(|key| self.effective_level(*key) == Level::Authenticated)
    }

    /// The level of `key` that has its effect now.
    pub(super) fn effective_level(&self, key: KeyId) -> Level {
        self.get(key).map_or(Level::Undecided, Record::effective_level)
    }
}
