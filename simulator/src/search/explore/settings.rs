use std::num::NonZeroUsize;

use crate::run::Options;

/// What is explored, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rules that devices follow.
    pub options: Options,
    /// In which order the steps of people come.
    pub orders: Orders,
    /// When what was sent arrives.
    pub deliveries: Deliveries,
    /// What counts as broken.
    pub demand: Criterion,
    /// Which states count as one.
    pub reductions: Reductions,
    /// How many states are explored at most; no limit if not given.
    pub max_states: Option<u64>,
    /// How many threads there are. They make no difference to what is found.
    pub threads: NonZeroUsize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            options: Options::default(),
            orders: Orders::default(),
            deliveries: Deliveries::default(),
            demand: Criterion::default(),
            reductions: Reductions::default(),
            max_states: None,
            threads: NonZeroUsize::MIN,
        }
    }
}

/// In which order the steps of people come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Orders {
    /// In that of the file.
    #[default]
    Steps,
    /// In every order. The other steps, such as faults, keep theirs among themselves.
    Free,
}

/// When what was sent arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Deliveries {
    /// Before the next step, in the order of time.
    Drained,
    /// At every moment; what one device sends to another keeps its order.
    #[default]
    Every,
}

/// What counts as broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// A broken invariant.
    #[default]
    Invariants,
    /// Besides, an end at which linked devices do not know all of each other's keys, whether or not an
    /// invariant says that they do.
    Complete,
}

/// Which states count as one, and which ways. Each reduction can be switched off, so that it can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reductions {
    /// Of times, just their order counts, and of that only what distrust makes depend on it.
    pub times: bool,
    /// Canonical origins: which endpoint told something does not count, only whether it was a person.
    pub origins: bool,
    /// The order does not count in which a message says things, and in which a device came to know them.
    pub lists: bool,
    /// States that differ by a permutation of devices which makes no difference count once.
    pub symmetry: bool,
    /// Partial-order reduction: what is independent of all else that can happen, happens at once.
    pub independence: bool,
    /// States that are equal are one. Without this, every way is gone by itself.
    pub merging: bool,
}

impl Default for Reductions {
    fn default() -> Self {
        Self { times: true, origins: true, lists: true, symmetry: true, independence: true, merging: true }
    }
}

impl Reductions {
    /// None at all: every way is gone by itself, and every state on it is new.
    pub const NONE: Self = Self {
        times: false,
        origins: false,
        lists: false,
        symmetry: false,
        independence: false,
        merging: false,
    };
}
