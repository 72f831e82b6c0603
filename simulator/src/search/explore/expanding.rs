//! Expands many states at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::HashTable;

use super::independence::{Moves, Then};
use super::known::Missing;
use super::moves::Move;
use super::plan::Reader;
use super::settling::Scratch;
use super::state::State;
use super::visited_set::{SHARDS, VisitedSet, hash, shard_of};
use crate::invariants::Invariant;

/// The greatest number of states that a search expands at once.
pub(super) const BLOCK: usize = 1 << 13;

/// The number of states that a thread takes at a time.
const SHARE: usize = 64;

/// The number of states from which on threads are worth their cost.
const MANY: usize = 4 * SHARE;

/// Expanded states with their successors.
#[derive(Debug, Default)]
pub(super) struct Expansion {
    pub(super) states: Vec<Expanded>,
    pub(super) followers: Vec<Follower>,
    pub(super) bytes: Vec<u8>,
}

/// An expanded state, with the range of its successors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expanded {
    pub(super) position: u32,
    pub(super) followers: (u32, u32),
    /// The device whose turn it is after the moves; `None` if the moves are not known yet.
    pub(super) then: Option<Then>,
}

/// The result of a move in a state.
#[derive(Clone, Copy, Debug)]
pub(super) enum Follower {
    /// Something is missing that the search must compute first.
    Open(Move),
    /// The move breaks an invariant.
    Broken(Invariant),
    /// A successor.
    Found(Found),
}

/// A successor, by its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) hash: u64,
    bytes: (u32, u32),
    /// Its position in the visited set, if it is there.
    pub(super) position: Option<u32>,
}

impl Expansion {
    /// The bytes of a successor.
    pub(super) fn bytes(&self, found: Found) -> &[u8] {
        let (start, end) = found.bytes;
        &self.bytes[start as usize..end as usize]
    }

    /// Adds a successor.
    pub(super) fn found(&mut self, bytes: &[u8], visited: &VisitedSet) -> Follower {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        let hash = hash(bytes);
        let position = visited.find(hash, bytes);
        Follower::Found(Found { hash, bytes: (start, self.bytes.len() as u32), position })
    }

    fn expand(&mut self, reader: Reader<'_>, visited: &VisitedSet, positions: std::ops::Range<usize>) {
        let (mut state, mut moves, mut scratch) = (State::default(), Moves::default(), Scratch::default());
        for position in positions {
            let position = position as u32;
            state.read(visited.get(position));
            let from = self.followers.len() as u32;
            let then = reader.list_moves(&state, &mut moves).ok().map(|()| moves.then);
            if let Some(then) = then {
                for step in &moves.steps {
                    let follower = self.follow(reader, visited, (&state, *step, then), &mut scratch);
                    self.followers.push(follower.unwrap_or(Follower::Open(*step)));
                }
            }
            let followers = (from, self.followers.len() as u32);
            self.states.push(Expanded { position, followers, then });
        }
    }

    fn follow(
        &mut self,
        reader: Reader<'_>,
        visited: &VisitedSet,
        (state, step, then): (&State, Move, Then),
        scratch: &mut Scratch,
    ) -> Result<Follower, Missing> {
        let Some(moved) = reader.go(state, (step, then), scratch)? else { return Ok(Follower::Open(step)) };
        if let Some(invariant) = moved.broken {
            return Ok(Follower::Broken(invariant));
        }
        reader.canonicalise(scratch)?;
        Ok(self.found(&scratch.bytes, visited))
    }
}

/// Expands the states at `positions`, as far as the known parts allow.
pub(super) fn expand(
    reader: Reader<'_>,
    visited: &VisitedSet,
    positions: std::ops::Range<usize>,
    threads: usize,
) -> Vec<Expansion> {
    if threads < 2 || positions.len() < MANY {
        let mut expansion = Expansion::default();
        expansion.expand(reader, visited, positions);
        return vec![expansion];
    }
    let shares: Vec<_> =
        positions.clone().step_by(SHARE).map(|start| start..(start + SHARE).min(positions.end)).collect();
    each_in_threads(&shares, threads, |share| {
        let mut expansion = Expansion::default();
        expansion.expand(reader, visited, share.clone());
        expansion
    })
}

/// For each successor, the number of its first copy among all successors. Successors are numbered in order; one without
/// an earlier copy has its own number.
pub(super) fn copies(expansions: &[Expansion], threads: usize) -> Vec<u32> {
    let found: Vec<(&Expansion, Found)> = expansions
        .iter()
        .flat_map(|expansion| {
            expansion.states.iter().flat_map(move |state| {
                let (from, to) = state.followers;
                expansion.followers[from as usize..to as usize].iter().filter_map(move |follower| {
                    match follower {
                        Follower::Found(found) => Some((expansion, *found)),
                        Follower::Open(_) | Follower::Broken(_) => None,
                    }
                })
            })
        })
        .collect();
    let mut firsts: Vec<u32> = (0..found.len() as u32).collect();
    let threads = if found.len() < MANY { 1 } else { threads };
    let copies_of = |thread: usize| {
        let mut known: HashTable<u32> = HashTable::new();
        let mut copies = Vec::new();
        for (number, (expansion, this)) in found.iter().enumerate() {
            if this.position.is_some() || shard_of(this.hash) % threads != thread {
                continue;
            }
            let bytes = expansion.bytes(*this);
            let is_it = |other: &u32| {
                let (expansion, other) = found[*other as usize];
                other.hash == this.hash && expansion.bytes(other) == bytes
            };
            match known.find(this.hash, is_it) {
                Some(first) => copies.push((number, *first)),
                None => {
                    known.insert_unique(this.hash, number as u32, |other| found[*other as usize].1.hash);
                }
            }
        }
        copies
    };
    for (number, first) in in_threads(threads, copies_of).into_iter().flatten() {
        firsts[number] = first;
    }
    firsts
}

/// Adds states to the index of the visited set.
pub(super) fn index(added: &[(u64, u32)], visited: &mut VisitedSet, threads: usize) {
    let threads = if added.len() < MANY { 1 } else { threads.min(SHARDS) };
    let width = SHARDS.div_ceil(threads);
    std::thread::scope(|scope| {
        for (part, shards) in visited.shards.chunks_mut(width).enumerate() {
            let mut fill = move || {
                for (hash, position) in added {
                    if let Some(shard) = shard_of(*hash).checked_sub(part * width)
                        && shard < width
                    {
                        shards[shard].insert(*hash, *position);
                    }
                }
            };
            if part + 1 == threads {
                fill();
            } else {
                scope.spawn(fill);
            }
        }
    });
}

/// Applies `act` to each element in several threads. The results are in the order of the elements.
pub(super) fn each_in_threads<T: Sync, R: Send>(
    things: &[T],
    threads: usize,
    act: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = |_| {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(number) else { return done };
            done.push((number, act(thing)));
        }
    };
    let threads = threads.min(things.len()).max(1);
    let mut all: Vec<(usize, R)> = in_threads(threads, work).into_iter().flatten().collect();
    all.sort_unstable_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Runs `work` in each of several threads.
fn in_threads<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let work = &work;
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        let mut results = vec![work(0)];
        results.extend(others.into_iter().map(|other| match other.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }));
        results
    })
}
