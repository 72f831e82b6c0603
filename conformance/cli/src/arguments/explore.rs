use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use atm_simulator::search::explore;
use clap::{ArgGroup, Args, ValueEnum};

use super::number::{JOBS, time, whole};
use super::{AnnouncementArg, ConflictArg};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true))]
pub(crate) struct ExploreArgs {
    /// A scenario file, or the name of one of this project's scenarios, such as `readme/20-to-8`.
    #[arg(group = "what")]
    pub(crate) scenario: Option<PathBuf>,

    /// Explore all trees of authentications that link accounts with these numbers of devices, instead of a scenario:
    /// `3,2`.
    ///
    /// The devices of each account form a tree. The accounts form a tree, too, with one pair of devices for each edge.
    /// The two devices of an edge authenticate each other. Trees that differ only in names are explored once.
    #[arg(long, group = "what", value_name = "SIZES", value_parser = sizes)]
    pub(crate) trees: Option<Sizes>,

    /// The decisions in addition to the authentications of a tree. Every choice of devices and of a key is explored.
    #[arg(long, value_enum, default_value_t, requires = "trees")]
    pub(crate) besides: BesidesArg,

    /// The announcement rules: which decisions a device passes on. Several, with commas between them, are explored one
    /// after the other.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [AnnouncementArg::default()], value_name = "RULES")]
    pub(crate) announcement: Vec<AnnouncementArg>,

    /// The conflict rule: which of several decisions about one key counts.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) conflict: ConflictArg,

    /// The order in which people act. The default is `steps` for a scenario, and `free` for trees.
    #[arg(long, value_enum)]
    pub(crate) orders: Option<OrdersArg>,

    /// The moments at which messages arrive.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) deliveries: DeliveriesArg,

    /// Demand that linked devices know all of each other's keys in the end, even where that is not promised.
    #[arg(long)]
    pub(crate) complete: bool,

    /// Go on when a promise is broken, and count the ends at which it is. A broken promise is then no failure.
    #[arg(long, conflicts_with = "complete")]
    pub(crate) count: bool,

    /// The number of states at which the search stops.
    #[arg(long, default_value = "20000000", value_name = "N", value_parser = whole::<NonZeroU64>(1..=u64::MAX))]
    pub(crate) max_states: NonZeroU64,

    /// The time after which the search stops: `90s`, `10m` or `2h`.
    #[arg(long, value_parser = time, value_name = "TIME")]
    pub(crate) time: Option<Duration>,

    /// The number of threads, for several searches at the same time and within each search. The default is the number
    /// of processors. The result is the same for any number.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Switch off reductions, to check them: names with commas between.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "REDUCTIONS")]
    pub(crate) without: Vec<Reduction>,

    /// Write the smallest scenario that breaks something into this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) counterexample: Option<PathBuf>,

    /// Open a page on this machine instead of searching. There you choose each next step, go back, try another way, or
    /// let it search for a broken end.
    #[arg(long, requires = "scenario", conflicts_with_all = ["trees", "counterexample", "format", "jobs", "count"])]
    pub(crate) serve: bool,

    /// The format of the result.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ExploreFormat,
}

/// The number of devices of each account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sizes(pub(crate) Vec<usize>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BesidesArg {
    /// No other decision.
    #[default]
    Nothing,
    /// A person at one device distrusts another device's key.
    Distrust,
    /// As `distrust`, and a person at any device authenticates that key.
    DistrustAndTrust,
}

impl From<BesidesArg> for explore::Besides {
    fn from(besides: BesidesArg) -> Self {
        match besides {
            BesidesArg::Nothing => Self::Nothing,
            BesidesArg::Distrust => Self::Distrust,
            BesidesArg::DistrustAndTrust => Self::DistrustAndTrust,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrdersArg {
    /// The order of the file.
    Steps,
    /// Every order. Other steps, such as faults, keep their order among themselves, and happen at any moment.
    Free,
}

impl From<OrdersArg> for explore::Orders {
    fn from(orders: OrdersArg) -> Self {
        match orders {
            OrdersArg::Steps => Self::Steps,
            OrdersArg::Free => Self::Free,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeliveriesArg {
    /// Before the next step, in the order of their times.
    Drained,
    /// At every moment. Messages from one device to another keep their order.
    #[default]
    Every,
}

impl From<DeliveriesArg> for explore::Deliveries {
    fn from(deliveries: DeliveriesArg) -> Self {
        match deliveries {
            DeliveriesArg::Drained => Self::Drained,
            DeliveriesArg::Every => Self::Every,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reduction {
    /// Compare times only by their order, and only for keys that somebody can distrust.
    Times,
    /// Ignore who stated something, except whether it was a person.
    #[value(alias = "tellers")]
    Origins,
    /// Ignore the order of decisions in a message, and of keys in a device.
    Lists,
    /// Merge states that differ only by a permutation of devices.
    Symmetry,
    /// Make a delivery at once if it is independent of everything else (partial-order reduction).
    #[value(alias = "commuting")]
    Independence,
    /// Merge equal states.
    Merging,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExploreFormat {
    /// For people.
    #[default]
    Text,
    /// One array with an object for each search.
    Json,
}

fn sizes(text: &str) -> Result<Sizes, String> {
    let wrong = "numbers of devices with commas between them, such as `3,2`";
    let sizes: Result<Vec<usize>, _> = text.split(',').map(|size| size.trim().parse()).collect();
    let sizes = sizes.map_err(|_| wrong.to_owned())?;
    let devices = sizes.iter().fold(0, |sum: usize, size| sum.saturating_add(*size));
    match (sizes.contains(&0), devices) {
        (true, _) => Err("an account has at least one device".to_owned()),
        (_, 2..=8) => Ok(Sizes(sizes)),
        _ => Err("two to eight devices in all".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_small() {
        assert_eq!(sizes("3, 2"), Ok(Sizes(vec![3, 2])));
        for wrong in ["", "1", "0,2", "5,4", "a", "3,", "18446744073709551615,3"] {
            assert!(sizes(wrong).is_err(), "{wrong}");
        }
    }
}
