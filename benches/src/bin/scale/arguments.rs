use std::num::NonZeroUsize;

use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::options::Options;
use clap::{Parser, ValueEnum};

/// Plays a population of many accounts, with one to four devices each and contacts from a power law, and compares its
/// cost with the unavoidable work
#[derive(Clone, Debug, Parser)]
pub(crate) struct Arguments {
    /// The number of accounts, or of those in the largest of several populations [default: 10000, or 401000 with
    /// --table]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    accounts: Option<u32>,

    /// The seed of the population
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    /// The number of threads [default: the number of cores]. Apart from times and memory, the output is the same for
    /// any number
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// The announcement rule of the devices
    #[arg(long, value_enum, default_value_t = AnnouncementArgument::Cascade)]
    pub(crate) announcement: AnnouncementArgument,

    /// The conflict rule: which of two decisions about one key counts
    #[arg(long, value_enum, default_value_t = ConflictArgument::Newest)]
    pub(crate) conflict: ConflictArgument,

    /// The number of measurements, of which the medians are reported
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN)]
    pub(crate) runs: NonZeroUsize,

    /// Measures populations of 1000 accounts and more, three times unless --runs is greater, and writes
    /// benches/RESULTS.md with its picture
    #[arg(long)]
    pub(crate) table: bool,

    /// Runs one part and prints the result as JSON, for the processes that the program starts itself
    #[arg(long, value_enum, hide = true, conflicts_with = "table")]
    pub(crate) part: Option<ProcessTask>,
}

/// This number of accounts gives more than a million devices.
const A_MILLION_DEVICES: u32 = 401_000;

impl Arguments {
    pub(crate) fn accounts(&self) -> u32 {
        self.accounts.unwrap_or(if self.table { A_MILLION_DEVICES } else { 10_000 })
    }

    /// The same arguments for one population with this number of accounts and runs.
    pub(crate) fn of_one_population(&self, accounts: u32, runs: NonZeroUsize) -> Self {
        Self { accounts: Some(accounts), runs, ..self.clone() }
    }

    pub(crate) fn jobs(&self) -> NonZeroUsize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }

    pub(crate) fn options(&self) -> Options {
        let announcement = match self.announcement {
            AnnouncementArgument::Direct => AnnouncementRule::Direct,
            AnnouncementArgument::Cascade => AnnouncementRule::Cascade,
            AnnouncementArgument::Relay => AnnouncementRule::Relay,
        };
        let conflict = match self.conflict {
            ConflictArgument::Newest => ConflictRule::Newest,
            ConflictArgument::Cautious => ConflictRule::Cautious,
            ConflictArgument::Named => ConflictRule::Named,
        };
        Options { announcement, conflict, seed: self.seed }
    }
}

/// As in [`AnnouncementRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnnouncementArgument {
    /// Only the decisions that a person made
    Direct,
    /// All changes that the decision causes
    Cascade,
    /// As cascade, and the changes that received messages cause
    Relay,
}

/// As in [`ConflictRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConflictArgument {
    /// The latest decision; of two at the same time, the distrust
    Newest,
    /// A distrust stands until its sender, or a person at the device, trusts the key later
    Cautious,
    /// A distrust stands until an endpoint that knows the distrust trusts the key
    Named,
}

/// A part of the measurement in its own process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProcessTask {
    /// Plays the population without checking invariants.
    Unwatched,
    /// Plays the population and checks all invariants.
    Watched,
    /// Does the unavoidable work.
    Unavoidable,
}
