use std::num::NonZeroUsize;

use crate::run::Options;

/// The settings of a search.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rules of the devices.
    pub options: Options,
    /// The order of people's steps.
    pub orders: Orders,
    /// The time of deliveries.
    pub deliveries: Deliveries,
    /// The criterion for a broken state.
    pub demand: Criterion,
    /// The reductions of states and paths.
    pub reductions: Reductions,
    /// The greatest number of visited states; `None` for no limit.
    pub max_states: Option<u64>,
    /// The number of threads, which does not affect the result.
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

/// The order of people's steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Orders {
    /// The order of the file.
    #[default]
    Steps,
    /// Every order. Other steps, such as faults, keep the order of the file among themselves.
    Free,
}

/// The time of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Deliveries {
    /// Everything arrives before the next step, in the order of time.
    Drained,
    /// Messages may arrive at any time; each link keeps its order.
    #[default]
    Every,
}

/// The criterion for a broken state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// A violated invariant.
    #[default]
    Invariants,
    /// A violated invariant, or an end at which linked devices do not know each other's keys, whether or not an
    /// invariant demands that they do.
    Complete,
    /// Nothing: the ends at which an invariant is broken are counted, and the search goes on.
    Nothing,
}

/// The reductions of states and paths. Each can be switched off, so that it can be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reductions {
    /// Only the order of times matters, and only where distrusts depend on it.
    pub times: bool,
    /// Canonical origins: only whether a person made a decision matters, and not which endpoint sent it.
    pub origins: bool,
    /// The order of decisions in a message, and of keys in a device, is ignored.
    pub lists: bool,
    /// States that differ by a permutation of devices that makes no difference are merged.
    pub symmetry: bool,
    /// Partial-order reduction: moves that are independent of all others are made at once.
    pub independence: bool,
    /// Equal states are merged. Without this, every path is followed separately.
    pub merging: bool,
}

impl Default for Reductions {
    fn default() -> Self {
        Self { times: true, origins: true, lists: true, symmetry: true, independence: true, merging: true }
    }
}

impl Reductions {
    /// No reductions: every path is followed separately, and every state on it is new.
    pub const NONE: Self = Self {
        times: false,
        origins: false,
        lists: false,
        symmetry: false,
        independence: false,
        merging: false,
    };
}
