use std::collections::{BTreeMap, BTreeSet};

use atm_engine::Level;

use super::walk::Way;
use crate::cast::Miscast;
use crate::endpoint::Failure;
use crate::invariants::{Hazard, Invariant};
use crate::scenario::Scenario;

/// The result of a search.
#[derive(Clone, Debug)]
pub struct Explored {
    /// The number of visited states.
    pub states: u64,
    /// The number of transitions between them.
    pub transitions: u64,
    /// The number of ends: states in which no move is possible.
    pub ends: u64,
    /// The number of ends at which all linked devices know each other's keys.
    pub complete_ends: u64,
    /// The number of ends at which devices that authenticated each other contradict each other about a key. Not every
    /// such contradiction breaks an invariant.
    pub contradicting_ends: u64,
    /// The levels of all keys on all devices at the ends. Ends that differ only by a permutation of devices have one
    /// list.
    pub outcomes: BTreeSet<Vec<Level>>,
    /// The invariants that the scenario declares as broken under these rules.
    pub declared: Vec<Invariant>,
    /// The declared invariants that are broken at an end.
    pub breaks: BTreeSet<Invariant>,
    /// The ends that break each of them, by the hazard behind the violation, if one is known.
    pub broken_ends: BTreeMap<(Invariant, Option<Hazard>), BrokenEnds>,
    /// One of them, and the path to the first end that breaks it.
    pub declared_end: Option<(Invariant, Way)>,
    /// The number of orders of steps. It is counted only with [`Deliveries::Drained`](super::Deliveries::Drained), and
    /// only if the search is exhausted.
    pub orders: Option<OrderCount>,
    /// The extent of the search.
    pub extent: Extent,
    /// The first counterexample, on one of the shortest paths.
    pub counterexample: Option<Counterexample>,
    /// The number of states of devices.
    pub device_states: u64,
    /// The number of different messages.
    pub messages: u64,
    /// The number of permutations of devices that make no difference.
    pub symmetries: u64,
}

/// Ends at which an invariant is broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrokenEnds {
    /// The number of these ends.
    pub ends: u64,
    /// The device at fault and the event there, at the first of these ends.
    pub first: String,
}

/// The number of orders of steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderCount {
    /// All orders.
    pub all: u128,
    /// The orders after which all linked devices know each other's keys.
    pub complete: u128,
}

/// The extent of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All states were visited.
    Exhausted,
    /// The search stopped at a counterexample.
    Broken,
    /// The search stopped at its limit of states.
    TooManyStates,
    /// The search was stopped.
    Stopped,
}

/// A path on which something is broken.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The defect.
    pub broken: Defect,
    /// The number of steps and deliveries on the path.
    pub length: usize,
    /// The path.
    pub way: Way,
    /// A scenario that takes this path when it is run.
    pub scenario: Scenario,
    /// The smallest scenario found that breaks the same.
    pub shrunk: Scenario,
}

/// A defect that a search can find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// An invariant.
    Invariant(Invariant),
    /// Some linked devices do not know each other's keys, although no invariant demands it.
    Incomplete,
}

/// The reason why a scenario cannot be explored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unexplorable {
    /// The scenario cannot be prepared.
    #[error(transparent)]
    Miscast(#[from] Miscast),
    /// An endpoint failed.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// There are too many steps.
    #[error("there are {0} steps, and at most {MOST_STEPS} can be explored")]
    TooManySteps(usize),
    /// There are too many devices.
    #[error("there are {0} devices, and at most {MOST_DEVICES} can be explored")]
    TooManyDevices(usize),
    /// A step makes or restores a backup. Steps are counted from 1.
    #[error("step {0} is about a backup, and those are not explored")]
    Backup(usize),
    /// A path cannot be shown, because the scenario file written from it behaves differently.
    #[error("the scenario that was written of a way does something else than the search did on it: {0}")]
    Unfaithful(String),
}

/// The greatest number of steps.
pub const MOST_STEPS: usize = 63;

/// The greatest number of devices.
pub const MOST_DEVICES: usize = 31;
