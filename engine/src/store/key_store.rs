//! Other endpoints' keys, by owner.

use smallvec::SmallVec;

use crate::level::{Level, Origin};
use crate::message::DecisionKind;
use crate::names::{AccountId, KeyId, Stamp};
use crate::outcome::Effect;
use crate::store::id_map::IdMap;

/// The records of other endpoints' keys and of their owners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyStore {
    pub(crate) records: IdMap<KeyId, KeyRecord>,
    pub(crate) owners: IdMap<AccountId, Owner>,
    /// The positions of the first and the last owner with a key that was ever authenticated, in the order of the first
    /// authentications.
    latched: Option<(u32, u32)>,
    /// The time up to which decisions from a key stay refused because of a distrust. Under `cautious` it also covers
    /// keys that are distrusted now.
    pub(crate) distrusted_until: IdMap<KeyId, Stamp>,
}

/// The record of one key. Packed, it takes 24 bytes together with its key instead of 32. Unpacked, a discovery takes
/// 1.25 times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct KeyRecord {
    /// The level. An explicit decision sets it even before the key is discovered.
    pub(crate) level: Level,
    /// The origin of the level.
    pub(crate) origin: Origin,
    /// The time of the explicit decision; meaningless for other levels.
    pub(crate) time: Stamp,
    /// Whether the key was fetched, so that its level takes effect.
    pub(crate) discovered: bool,
    /// Whether the key's endpoint gets a summary once the key is discovered.
    pub(crate) owed_summary: bool,
    /// Whether the key counts toward its owner's limit of undiscovered keys.
    pub(crate) counted: bool,
}

/// The record of one owner of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The positions of the owner's keys among the records, in the order in which they became known.
    keys: SmallVec<[u32; 4]>,
    /// Set forever once a key of the owner is authenticated.
    latched: bool,
    /// The position of the next owner in the order of first authentications. With a separate vector for this order, a
    /// message about one key takes 4 µs instead of 0.3 µs when the vector grows, with 30,000 owners.
    next_latched: Option<u32>,
    /// The number of undiscovered keys with a decision that the owner sent.
    pub(crate) undiscovered: u32,
}

/// The position of an owner in a [`KeyStore`].
#[derive(Clone, Copy)]
pub(crate) struct OwnerPosition(u32);

/// The position of a record in a [`KeyStore`]: looked up once, used often.
#[derive(Clone, Copy)]
pub(crate) struct RecordPosition(usize);

impl KeyRecord {
    /// The record of an unknown key.
    pub(crate) const NEW: Self = Self {
        level: Level::Undecided,
        origin: Origin::Policy,
        time: Stamp::MIN,
        discovered: false,
        owed_summary: false,
        counted: false,
    };

    /// The explicit decision about the key, whether or not the key is discovered.
    pub(crate) fn decision(&self) -> Option<DecisionKind> {
        self.level.decision()
    }

    /// The time at which a decision about the key takes effect.
    pub(crate) fn effect(&self) -> Effect {
        if self.discovered { Effect::Now } else { Effect::OnDiscovery }
    }

    /// The level that is in effect now.
    pub(crate) fn effective_level(&self) -> Level {
        if self.discovered { self.level } else { Level::Undecided }
    }
}

impl Owner {
    /// Whether a key of the owner was ever authenticated.
    pub(crate) fn is_latched(&self) -> bool {
        self.latched
    }
}

impl KeyStore {
    pub(crate) fn get(&self, key: KeyId) -> Option<&KeyRecord> {
        self.records.get(key)
    }

    /// The mutable record of a key, if it has one.
    pub(crate) fn get_mut(&mut self, key: KeyId) -> Option<&mut KeyRecord> {
        self.records.get_mut(key)
    }

    /// The position of a key's record.
    pub(crate) fn find(&self, key: KeyId) -> Option<RecordPosition> {
        self.records.position(key).map(RecordPosition)
    }

    /// Like [`find`](Self::find), optimised for a key that is mostly new.
    pub(crate) fn find_recent(&self, key: KeyId) -> Option<RecordPosition> {
        self.records.position_of_recent(key).map(RecordPosition)
    }

    /// Adds a record for a key of `owner` that has none.
    pub(crate) fn add(
        &mut self,
        key: KeyId,
        owner: AccountId,
        record: impl FnOnce(&Owner) -> KeyRecord,
    ) -> RecordPosition {
        let position = self.owners.position_or_default(owner);
        let owner = self.owners.at_mut(position).1;
        let record = record(owner);
        owner.keys.push(u32::try_from(self.records.len()).expect("fewer than 2^32 keys"));
        RecordPosition(self.records.push(key, record))
    }

    pub(crate) fn at(&self, place: RecordPosition) -> &KeyRecord {
        self.records.at(place.0).1
    }

    pub(crate) fn at_mut(&mut self, place: RecordPosition) -> &mut KeyRecord {
        self.records.at_mut(place.0).1
    }

    pub(crate) fn owner(&self, account: AccountId) -> Option<&Owner> {
        self.owners.get(account)
    }

    pub(crate) fn owner_mut(&mut self, account: AccountId) -> &mut Owner {
        let position = self.owners.position_or_default(account);
        self.owners.at_mut(position).1
    }

    /// All keys with their records, in the order in which they became known.
    pub(crate) fn records(&self) -> impl Iterator<Item = (KeyId, &KeyRecord)> {
        self.records.iter().map(|(key, record)| (*key, record))
    }

    /// The keys of `account` with their records, in the order in which they became known.
    pub(crate) fn records_of(&self, account: AccountId) -> impl Iterator<Item = (KeyId, &KeyRecord)> {
        self.records_at(self.owner(account).map_or(&[], |owner| &owner.keys))
    }

    /// Calls `change` for each key of an owner and its mutable record.
    pub(crate) fn change_records_of(
        &mut self,
        owner: OwnerPosition,
        mut change: impl FnMut(KeyId, &mut KeyRecord),
    ) {
        for position in &self.owners.at(owner.0 as usize).1.keys {
            let (key, record) = self.records.at_mut(*position as usize);
            change(key, record);
        }
    }

    /// Sets the latch of an owner forever. Returns the owner's position if it was not set before.
    pub(crate) fn latch(&mut self, account: AccountId) -> Option<OwnerPosition> {
        let position = self.owners.position_or_default(account);
        let was_latched = std::mem::replace(&mut self.owners.at_mut(position).1.latched, true);
        (!was_latched).then(|| self.append_latched(position))
    }

    /// Appends the owner at `position` to the order of first authentications.
    #[inline(never)] // mostly the latch is set already
    fn append_latched(&mut self, position: usize) -> OwnerPosition {
        let position = u32::try_from(position).expect("fewer than 2^32 owners");
        let (first, last) = self.latched.unwrap_or((position, position));
        if last != position {
            self.owners.at_mut(last as usize).1.next_latched = Some(position);
        }
        self.latched = Some((first, position));
        OwnerPosition(position)
    }

    /// The owners with a key that was ever authenticated, in the order of their first authentications.
    pub(crate) fn latched_owners(&self) -> impl Iterator<Item = (AccountId, &Owner)> {
        let at = |position: u32| self.owners.at(position as usize);
        let first = self.latched.map(|(first, _)| at(first));
        std::iter::successors(first, move |(_, owner)| owner.next_latched.map(at))
    }

    /// The owners with a key that was ever authenticated, in the order of their first authentications. Each comes with
    /// its authenticated and discovered keys, in the order in which these became known.
    pub(crate) fn authenticated_keys_by_owner(
        &self,
    ) -> impl Iterator<Item = (AccountId, impl Iterator<Item = KeyId>)> {
        self.latched_owners().map(|(account, owner)| (account, authenticated(self.records_at(&owner.keys))))
    }

    /// The authenticated and discovered keys of `account`, in the order in which they became known.
    pub(crate) fn authenticated_keys(&self, account: AccountId) -> impl Iterator<Item = KeyId> {
        authenticated(self.records_of(account))
    }

    /// The level of `key` that is in effect now.
    pub(crate) fn effective_level(&self, key: KeyId) -> Level {
        self.get(key).map_or(Level::Undecided, KeyRecord::effective_level)
    }

    /// The time up to which decisions from `key` stay refused because of a distrust.
    pub(crate) fn distrusted_until(&self, key: KeyId) -> Option<Stamp> {
        self.distrusted_until.get(key).copied()
    }

    /// Refuses decisions from `key` that are dated up to `end`.
    #[cold] // few keys are distrusted
    pub(crate) fn distrust_until(&mut self, key: KeyId, end: Stamp) {
        match self.distrusted_until.get_mut(key) {
            Some(held) => *held = end.max(*held),
            None => {
                self.distrusted_until.push(key, end);
            }
        }
    }

    fn records_at(&self, positions: &[u32]) -> impl Iterator<Item = (KeyId, &KeyRecord)> {
        positions.iter().map(|position| self.records.at(*position as usize))
    }
}

fn authenticated<'a>(records: impl Iterator<Item = (KeyId, &'a KeyRecord)>) -> impl Iterator<Item = KeyId> {
    records.filter(|(_, record)| record.effective_level() == Level::Authenticated).map(|(key, _)| key)
}
