//! The visited set: the states that were found.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// The states in the order in which they were found, each stored once as bytes. Positions are looked up in shards,
/// which threads fill in parallel.
#[derive(Debug)]
pub(super) struct VisitedSet {
    segments: Vec<Segment>,
    len: usize,
    pub(super) shards: Vec<Shard>,
}

/// Consecutive states. A segment grows, but the full segments never move.
#[derive(Debug, Default)]
struct Segment {
    bytes: Vec<u8>,
    /// The end of each state in `bytes`.
    ends: Vec<u32>,
}

/// The number of states in a segment.
const SEGMENT: usize = 1 << 12;

/// The number of shards, which exceeds the number of threads.
pub(super) const SHARDS: usize = 64;

/// The positions of the states whose hash belongs to one shard.
#[derive(Debug, Default)]
pub(super) struct Shard(HashTable<Entry>);

/// The position of a state with a part of its hash. Few states have to be compared, and no state is hashed twice.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    position: u32,
}

impl Default for VisitedSet {
    fn default() -> Self {
        let shards = std::iter::repeat_with(Shard::default).take(SHARDS).collect();
        Self { segments: Vec::new(), len: 0, shards }
    }
}

impl VisitedSet {
    /// The number of states.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bytes of a state.
    pub(super) fn get(&self, position: u32) -> &[u8] {
        let position = position as usize;
        let Segment { bytes, ends } = &self.segments[position / SEGMENT];
        let within = position % SEGMENT;
        let start = within.checked_sub(1).map_or(0, |before| ends[before] as usize);
        &bytes[start..ends[within] as usize]
    }

    /// The position of a state, if it is in the set.
    pub(super) fn find(&self, hash: u64, state: &[u8]) -> Option<u32> {
        let is_it = |entry: &Entry| entry.hash == hash as u32 && self.get(entry.position) == state;
        self.shards[shard_of(hash)].0.find(spread(hash as u32), is_it).map(|entry| entry.position)
    }

    /// Adds a state. It is found only after it was also inserted into its shard.
    pub(super) fn push(&mut self, state: &[u8]) -> u32 {
        let position = u32::try_from(self.len).expect("fewer than 2^32 states");
        if self.len.is_multiple_of(SEGMENT) {
            self.segments.push(Segment::default());
        }
        self.len += 1;
        if let Some(Segment { bytes, ends }) = self.segments.last_mut() {
            bytes.extend_from_slice(state);
            ends.push(u32::try_from(bytes.len()).expect("states of fewer than 2^32 bytes"));
        }
        position
    }
}

impl Shard {
    /// Adds a new state to the shard.
    pub(super) fn insert(&mut self, hash: u64, position: u32) {
        let hash = hash as u32;
        self.0.insert_unique(spread(hash), Entry { hash, position }, |entry| spread(entry.hash));
    }
}

/// The number of the shard of a state.
pub(super) fn shard_of(hash: u64) -> usize {
    (hash >> 58) as usize
}

/// The hash of a state.
pub(super) fn hash(state: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(state);
    hasher.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A hash of a partial hash that uses all bits.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_found_once_it_was_added() {
        let mut visited = VisitedSet::default();
        let states: Vec<Vec<u8>> = (0..2 * SEGMENT + 1).map(|state| state.to_string().into_bytes()).collect();
        for (number, state) in states.iter().enumerate() {
            let hash = hash(state);
            assert_eq!(visited.find(hash, state), None);
            let position = visited.push(state);
            assert_eq!(position as usize, number);
            visited.shards[shard_of(hash)].insert(hash, position);
        }
        assert_eq!(visited.len(), states.len());
        for (position, state) in states.iter().enumerate() {
            let position = position as u32;
            assert_eq!((visited.find(hash(state), state), visited.get(position)), (Some(position), &**state));
        }
        let used = visited.shards.iter().filter(|shard| !shard.0.is_empty()).count();
        assert_eq!(used, SHARDS);
    }
}
