use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// The states that were found, in the order in which they were: each stored once, as bytes, one after the other.
#[derive(Debug, Default)]
pub(super) struct VisitedSet {
    bytes: Vec<u8>,
    /// Where each state ends.
    ends: Vec<usize>,
    positions: HashTable<u32>,
}

impl VisitedSet {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a state.
    pub(super) fn get(&self, position: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, position)
    }

    /// The position of a state that is known, or else that at which it is added now.
    pub(super) fn insert(&mut self, state: &[u8]) -> Result<u32, u32> {
        let Self { bytes, ends, positions } = self;
        let hash = hash(state);
        if let Some(known) = positions.find(hash, |position| slice(bytes, ends, *position) == state) {
            return Ok(*known);
        }
        let position = self.push(state);
        let Self { bytes, ends, positions } = self;
        positions.insert_unique(hash, position, |position| self::hash(slice(bytes, ends, *position)));
        Err(position)
    }

    /// Adds a state, whether or not it is known.
    pub(super) fn push(&mut self, state: &[u8]) -> u32 {
        let position = u32::try_from(self.ends.len()).expect("fewer than 2^32 states");
        self.bytes.extend_from_slice(state);
        self.ends.push(self.bytes.len());
        position
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[usize], position: u32) -> &'a [u8] {
    let position = position as usize;
    let start = position.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start..ends[position]]
}

fn hash(state: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(state);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_stored_once() {
        let mut seen = VisitedSet::default();
        assert_eq!(seen.insert(b"one"), Err(0));
        assert_eq!(seen.insert(b""), Err(1));
        assert_eq!(seen.insert(b"on"), Err(2));
        assert_eq!((seen.insert(b"one"), seen.insert(b""), seen.insert(b"on")), (Ok(0), Ok(1), Ok(2)));
        assert_eq!(
            (seen.get(0), seen.get(1), seen.get(2), seen.len()),
            (&b"one"[..], &b""[..], &b"on"[..], 3)
        );
    }
}
