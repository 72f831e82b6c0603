use std::collections::BTreeSet;

use atm_engine::Level;

use crate::cast::Miscast;
use crate::endpoint::Failure;
use crate::invariants::Invariant;
use crate::scenario::Scenario;

/// What a search found.
#[derive(Clone, Debug)]
pub struct Explored {
    /// How many states there are, as far as the search came.
    pub states: u64,
    /// How many ways lead from one state to the next.
    pub transitions: u64,
    /// In how many of the states nothing more can happen.
    pub ends: u64,
    /// In how many of those all linked devices know all of each other's keys.
    pub complete_ends: u64,
    /// How devices regard keys at the ends: the levels of all keys on all devices, one list for all ends that differ
    /// by a permutation of devices only.
    pub outcomes: BTreeSet<Vec<Level>>,
    /// The invariants that the scenario says it breaks under these rules.
    pub declared: Vec<Invariant>,
    /// Those of them that are broken at an end.
    pub breaks: BTreeSet<Invariant>,
    /// How many orders of steps there are, where everything arrives before the next one and the search came to
    /// its end.
    pub orders: Option<OrderCount>,
    /// How far the search came.
    pub extent: Extent,
    /// What was found broken, on one of the shortest ways.
    pub counterexample: Option<Counterexample>,
    /// How many states of devices there are.
    pub device_states: u64,
    /// How many different messages there are.
    pub messages: u64,
    /// How many permutations of the devices make no difference.
    pub symmetries: u64,
}

/// How many orders there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderCount {
    /// All of them.
    pub all: u128,
    /// Those after which all linked devices know all of each other's keys.
    pub complete: u128,
}

/// How far a search came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// To the end: there is no other state.
    Exhausted,
    /// Until it found something broken.
    Broken,
    /// Until it had found as many states as it was to.
    TooManyStates,
    /// Until it was stopped.
    Stopped,
}

/// A way on which something is broken.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// What is broken.
    pub broken: Defect,
    /// How many steps and deliveries lead there.
    pub length: usize,
    /// A scenario that goes that way when it is run.
    pub scenario: Scenario,
    /// The smallest scenario that was found to break the same.
    pub shrunk: Scenario,
}

/// What is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// An invariant.
    Invariant(Invariant),
    /// Some linked devices do not know all of each other's keys. No invariant says that they do.
    Incomplete,
}

/// Why nothing can be explored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unexplorable {
    /// The scenario cannot be made ready.
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
    /// A backup is made or restored in a step, which is counted from 1.
    #[error("step {0} is about a backup, and those are not explored")]
    Backup(usize),
    /// A way that was found cannot be shown: the scenario file that was written of it does something else.
    #[error("the scenario that was written of a way does something else than the search did on it: {0}")]
    Unfaithful(String),
}

/// How many steps there are at most.
pub const MOST_STEPS: usize = 63;

/// How many devices there are at most.
pub const MOST_DEVICES: usize = 31;
