use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is held under ids, in the order in which the ids came. Nothing is ever taken out, so a position stays
/// that of its id.
///
/// Most devices know few keys, and there may be millions of devices: up to [`FEW`](Self::FEW) entries are looked
/// through, and take no more memory than a list. From there on a table says where an id stands.
#[derive(Clone, Debug)]
pub(crate) struct IdMap<K, V> {
    entries: Vec<(K, V)>,
    /// Where each id stands, if there are more than a few.
    positions: HashTable<u32>,
}

impl<K: Copy + Eq + Hash, V> IdMap<K, V> {
    const FEW: usize = 8;

    /// Where `id` stands.
    pub(crate) fn position(&self, id: K) -> Option<usize> {
        if self.entries.len() <= Self::FEW {
            return self.entries.iter().position(|(other, _)| *other == id);
        }
        let found = self.positions.find(hash(id), |position| self.entries[*position as usize].0 == id);
        found.map(|position| *position as usize)
    }

    /// Adds an id that does not stand anywhere, and says where it stands now.
    pub(crate) fn push(&mut self, id: K, value: V) -> usize {
        let position = self.entries.len();
        self.entries.push((id, value));
        if position == Self::FEW {
            (0..=position).for_each(|position| self.enter(position));
        } else if position > Self::FEW {
            self.enter(position);
        }
        position
    }

    /// Notes in the table what stands at a position.
    fn enter(&mut self, position: usize) {
        let entries = &self.entries;
        let numbered = u32::try_from(position).expect("fewer than 2^32 ids");
        let hash_at = |position: &u32| hash(entries[*position as usize].0);
        self.positions.insert_unique(hash_at(&numbered), numbered, hash_at);
    }

    /// Where `id` stands, with a value of its own if it is new.
    pub(crate) fn position_or_default(&mut self, id: K) -> usize
    where
        V: Default,
    {
        self.position(id).unwrap_or_else(|| self.push(id, V::default()))
    }

    /// What is held under `id`.
    pub(crate) fn get(&self, id: K) -> Option<&V> {
        self.position(id).map(|position| &self.entries[position].1)
    }

    /// What is held under `id`, to be changed.
    pub(crate) fn get_mut(&mut self, id: K) -> Option<&mut V> {
        let position = self.position(id)?;
        Some(&mut self.entries[position].1)
    }

    /// The id that stands at `position`, with what is held under it.
    pub(crate) fn at(&self, position: usize) -> (K, &V) {
        let (id, value) = &self.entries[position];
        (*id, value)
    }

    /// The same, to be changed.
    pub(crate) fn at_mut(&mut self, position: usize) -> (K, &mut V) {
        let (id, value) = &mut self.entries[position];
        (*id, value)
    }

    /// All ids with what is held under them, in order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.entries.iter()
    }
}

fn hash(id: impl Hash) -> u64 {
    FxBuildHasher.hash_one(id)
}

impl<K, V> Default for IdMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new(), positions: HashTable::new() }
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for IdMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<K: Eq, V: Eq> Eq for IdMap<K, V> {}

impl<K, V> IntoIterator for IdMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Copy + Eq + Hash, V> FromIterator<(K, V)> for IdMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        for (id, value) in entries {
            if map.position(id).is_none() {
                map.push(id, value);
            }
        }
        map
    }
}

impl<K: Serialize, V: Serialize> Serialize for IdMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(id, value)| (id, value)))
    }
}

impl<'de, K: Copy + Eq + Hash + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for IdMap<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(IndexMap::<K, V, FxBuildHasher>::deserialize(deserializer)?.into_iter().collect())
    }
}
