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

    /// Instead of a scenario, all trees of authentications that link accounts with these numbers of devices: `3,2`.
    ///
    /// A tree is connected inside each account, and has one edge for each pair of accounts of a tree of accounts. The
    /// two devices of an edge authenticate each other. Of trees that differ in names only, one is explored.
    #[arg(long, group = "what", value_name = "SIZES", value_parser = sizes)]
    pub(crate) trees: Option<Sizes>,

    /// What people decide besides the authentications of a tree: every choice of devices and of a key is explored.
    #[arg(long, value_enum, default_value_t, requires = "trees")]
    pub(crate) besides: BesidesArg,

    /// What devices announce to others; several rules, with commas between them, are explored one after the other.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [AnnouncementArg::default()], value_name = "RULES")]
    pub(crate) announcement: Vec<AnnouncementArg>,

    /// Which of several decisions about one key counts.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) conflict: ConflictArg,

    /// In which order people do what they do. If not given, `steps` for a scenario, and `free` for trees.
    #[arg(long, value_enum)]
    pub(crate) orders: Option<OrdersArg>,

    /// When what was sent arrives.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) deliveries: DeliveriesArg,

    /// Count it as broken, too, if linked devices do not know all of each other's keys in the end, although that is
    /// not promised.
    #[arg(long)]
    pub(crate) complete: bool,

    /// Go on when a promise is broken, and count the ends at which it is. Then nothing counts as broken.
    #[arg(long, conflicts_with = "complete")]
    pub(crate) count: bool,

    /// How many states are found at most.
    #[arg(long, default_value = "20000000", value_name = "N", value_parser = whole::<NonZeroU64>(1..=u64::MAX))]
    pub(crate) max_states: NonZeroU64,

    /// How long the search may take: `90s`, `10m` or `2h`.
    #[arg(long, value_parser = time, value_name = "TIME")]
    pub(crate) time: Option<Duration>,

    /// How many threads there are: for several searches at the same time, and within each search. All processors are used
    /// if not given. The result is the same for any number.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Do without a reduction, to check it: with commas between several.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "REDUCTIONS")]
    pub(crate) without: Vec<Reduction>,

    /// Write the smallest scenario that breaks something into this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) counterexample: Option<PathBuf>,

    /// Instead of searching, open a page on this machine on which you choose what happens next, step by step: go back, try
    /// another way, or let it search for a broken end.
    #[arg(long, requires = "scenario", conflicts_with_all = ["trees", "counterexample", "format", "jobs", "count"])]
    pub(crate) serve: bool,

    /// How to write what was found.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ExploreFormat,
}

/// How many devices each account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sizes(pub(crate) Vec<usize>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BesidesArg {
    /// Nothing.
    #[default]
    Nothing,
    /// At one device, a person distrusts another one's key.
    Distrust,
    /// Besides that, a person authenticates that key, at any device.
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
    /// In the order of the file.
    Steps,
    /// In every order. Other steps, such as faults, keep theirs among themselves, and come at any moment.
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
    /// Before the next step, in the order of time.
    Drained,
    /// At every moment. What one device sends to another keeps its order.
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
    /// Of times, just their order counts, and only about keys that somebody can distrust.
    Times,
    /// Which endpoint told something does not count, only whether it was a person.
    #[value(alias = "tellers")]
    Origins,
    /// The order does not count in which a message says things, and in which a device came to know them.
    Lists,
    /// Devices that can change places do not count twice.
    Symmetry,
    /// Partial-order reduction: a delivery that is independent of everything else happens at once.
    #[value(alias = "commuting")]
    Independence,
    /// Equal states are one.
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
