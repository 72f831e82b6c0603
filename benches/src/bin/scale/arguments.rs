use std::num::NonZeroUsize;

use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::options::Options;
use clap::{Parser, ValueEnum};

/// Plays a population of many accounts, with one to four devices each and contacts from a power law, and says what that
/// took beside the unavoidable work
#[derive(Clone, Debug, Parser)]
pub(crate) struct Arguments {
    /// How many accounts there are, in the largest population if there are several [default: 10000, or 401000 with --table]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    accounts: Option<u32>,

    /// What the population is drawn from
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    /// How many threads play [default: as many as there are cores]. Apart from times and memory, the output is the
    /// same for any number
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// What devices announce
    #[arg(long, value_enum, default_value_t = AnnouncementArgument::Cascade)]
    pub(crate) announcement: AnnouncementArgument,

    /// Which of two decisions about one key counts
    #[arg(long, value_enum, default_value_t = ConflictArgument::Newest)]
    pub(crate) conflict: ConflictArgument,

    /// How often everything is measured; what is told are medians
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN)]
    pub(crate) runs: NonZeroUsize,

    /// Measures populations from 1000 accounts on, three times unless --runs says more, and writes benches/RESULTS.md and its
    /// picture
    #[arg(long)]
    pub(crate) table: bool,

    /// Does one part and prints the result as JSON: what the program starts itself for
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
    /// Just the keys that a person decided on
    Direct,
    /// The whole change that the decision makes
    Cascade,
    /// As cascade, and what received messages change
    Relay,
}

/// As in [`ConflictRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConflictArgument {
    /// The latest; of two at the same time the distrust
    Newest,
    /// A distrust stands until its speaker, or a person at the device, trusts the key later
    Cautious,
    /// A distrust stands until somebody who knows of it trusts the key
    Named,
}

/// What is done in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProcessTask {
    /// Plays the population, and watches no promises.
    Unwatched,
    /// Plays the population, and watches all promises.
    Watched,
    /// Does the unavoidable work.
    Unavoidable,
}
