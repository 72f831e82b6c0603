//! The known parts of states. The threads of a search read it, and nothing is added at that time.
//!
//! A state consists of a few parts, and each part occurs in many states. So nearly every step is composed of known
//! parts. A thread that lacks a part reports it as [`Missing`]. The search then computes the part, in the order in
//! which states are expanded. So numbers are the same for any number of threads.

use std::hash::{Hash, Hasher};

use atm_engine::Stamp;
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

use super::coding::{Coder, UNRANKED};
use super::effect::{Effect, EffectKey};
use super::moves::Move;
use super::symmetry::Permutation;
use super::transition_cache::TransitionCache;
use crate::world::Letter;

/// A part that is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The effect of a move.
    Effect(EffectKey, Move),
    /// A device with other times.
    Restamped(u32, Box<[Stamp]>),
    /// A letter with another time, or a ranked letter with the same time.
    RestampedLetter(u32, Option<Stamp>),
    /// A device after the permutation at a position.
    Renamed(u32, usize),
    /// A letter after the permutation at a position.
    RenamedLetter(u32, usize),
}

#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) effects: FxHashMap<EffectKey, Box<Effect>>,
    endpoints: Vec<KnownEndpoint>,
    letters: Vec<KnownLetter>,
    unranked: Vec<KnownLetter>,
    restamped: HashTable<Restamped>,
    restamped_letters: FxHashMap<(u32, Option<Stamp>), u32>,
    /// The number after a permutation, by permutation and number; [`UNKNOWN`] if it was never requested.
    renamed: Vec<Vec<u32>>,
    renamed_letters: Vec<Vec<u32>>,
    around: Vec<Around>,
}

/// Marks a missing number.
const UNKNOWN: u32 = u32::MAX;

/// The relevant facts about a state of a device.
#[derive(Clone, Debug)]
pub(super) struct KnownEndpoint {
    /// The times that matter, in order.
    pub(super) times: Box<[Stamp]>,
    /// Whether the device has decisions on all keys.
    pub(super) has_decided_on_all: bool,
}

/// The relevant facts about a letter in a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownLetter {
    /// The position of its sender.
    pub(super) sender: usize,
    pub(super) time: Option<Stamp>,
}

/// The relevant facts about the surroundings of endpoints, with one bit for each device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    pub(super) present: u32,
    pub(super) down: u32,
    pub(super) crashing: u32,
}

#[derive(Debug)]
struct Restamped {
    state: u32,
    times: Box<[Stamp]>,
    to: u32,
}

impl Known {
    pub(super) fn new(permutations: usize) -> Self {
        Self {
            renamed: vec![Vec::new(); permutations],
            renamed_letters: vec![Vec::new(); permutations],
            ..Self::default()
        }
    }

    /// The facts about a state of a device.
    pub(super) fn endpoint(&self, state: u32) -> &KnownEndpoint {
        &self.endpoints[state as usize]
    }

    /// The facts about a letter of a state, ranked or not.
    pub(super) fn letter(&self, letter: u32) -> KnownLetter {
        match letter.checked_sub(UNRANKED) {
            Some(unranked) => self.unranked[unranked as usize],
            None => self.letters[letter as usize],
        }
    }

    pub(super) fn around(&self, surroundings: u32) -> Around {
        self.around[surroundings as usize]
    }

    pub(super) fn restamped(&self, state: u32, times: &[Stamp]) -> Result<u32, Missing> {
        let is_it = |known: &Restamped| known.state == state && *known.times == *times;
        let known = self.restamped.find(hash(state, times), is_it);
        known.map(|known| known.to).ok_or_else(|| Missing::Restamped(state, times.into()))
    }

    pub(super) fn restamped_letter(&self, letter: u32, time: Option<Stamp>) -> Result<u32, Missing> {
        let known = self.restamped_letters.get(&(letter, time));
        known.copied().ok_or(Missing::RestampedLetter(letter, time))
    }

    /// The state of a device after a permutation.
    pub(super) fn renamed(&self, state: u32, permutation: usize) -> Result<u32, Missing> {
        let known = self.renamed[permutation].get(state as usize).copied();
        known.filter(|known| *known != UNKNOWN).ok_or(Missing::Renamed(state, permutation))
    }

    /// The number of a letter after a permutation.
    pub(super) fn renamed_letter(&self, letter: u32, permutation: usize) -> Result<u32, Missing> {
        let known = self.renamed_letters[permutation].get(letter as usize).copied();
        known.filter(|known| *known != UNKNOWN).ok_or(Missing::RenamedLetter(letter, permutation))
    }

    /// Computes a missing part, unless it is an effect.
    pub(super) fn learn(
        &mut self,
        missing: Missing,
        permutations: &[Permutation],
        (cache, coder): (&mut TransitionCache, &mut Coder),
    ) {
        match missing {
            Missing::Effect(..) => {}
            Missing::Restamped(state, times) => {
                let to = cache.restamp(state, &times);
                let hash_of = |known: &Restamped| hash(known.state, &known.times);
                let known = Restamped { state, times, to };
                self.restamped.insert_unique(hash_of(&known), known, hash_of);
            }
            Missing::RestampedLetter(letter, time) => {
                self.restamped_letters.insert((letter, time), coder.restamped(letter, time));
            }
            Missing::Renamed(state, at) => {
                note(&mut self.renamed[at], state, cache.rename(state, &permutations[at]));
            }
            Missing::RenamedLetter(letter, at) => {
                note(&mut self.renamed_letters[at], letter, coder.renamed(letter, &permutations[at]));
            }
        }
        self.catch_up(cache, coder);
    }

    /// Adds the facts about all states, letters and surroundings that are new since the last call.
    pub(super) fn catch_up(&mut self, cache: &TransitionCache, coder: &Coder) {
        let states = (self.endpoints.len()..cache.len()).map(|state| state as u32);
        self.endpoints.extend(states.map(|state| KnownEndpoint {
            times: cache.times(state).into(),
            has_decided_on_all: cache.has_decided_on_all(state),
        }));
        self.letters.extend(coder.letters_from(self.letters.len()).map(KnownLetter::of));
        self.unranked.extend(coder.unranked_from(self.unranked.len()).map(KnownLetter::of));
        for surroundings in coder.surroundings.from(self.around.len()) {
            let mut around = Around { present: 0, down: 0, crashing: 0 };
            for (device, surroundings) in surroundings.iter().enumerate() {
                around.present |= u32::from(surroundings.is_present()) << device;
                around.down |= u32::from(surroundings.is_down()) << device;
                around.crashing |= u32::from(surroundings.is_to_crash()) << device;
            }
            self.around.push(around);
        }
    }
}

impl KnownLetter {
    fn of(letter: &Letter) -> Self {
        Self { sender: letter.sender.index(), time: letter.outgoing.envelope.time }
    }
}

fn note(numbers: &mut Vec<u32>, number: u32, to: u32) {
    let position = number as usize;
    if numbers.len() <= position {
        numbers.resize(position + 1, UNKNOWN);
    }
    numbers[position] = to;
}

fn hash(state: u32, times: &[Stamp]) -> u64 {
    let mut hasher = FxHasher::default();
    (state, times).hash(&mut hasher);
    hasher.finish()
}
