use std::num::NonZeroUsize;

use atm_engine::{AnnouncementRule, ConflictRule, Rules};
use clap::{Parser, ValueEnum};

/// Plays a world of many accounts, with one to four devices each and contacts from a power law, and says what that took
/// beside the unavoidable work
#[derive(Clone, Debug, Parser)]
pub(crate) struct Arguments {
    /// How many accounts there are, in the largest world if there are several [default: 10000, or 401000 with --table]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..1 << 30))]
    accounts: Option<u32>,

    /// What the world is drawn from
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

    /// Measures worlds from 1000 accounts on, three times unless --runs says more, and writes benches/RESULTS.md and its
    /// picture
    #[arg(long)]
    pub(crate) table: bool,

    /// Does one part and prints the result as JSON: what the program starts itself for
    #[arg(long, value_enum, hide = true, conflicts_with = "table")]
    pub(crate) part: Option<ProcessTask>,
}

/// So many accounts have more than a million devices.
const A_MILLION_DEVICES: u32 = 401_000;

impl Arguments {
    pub(crate) fn accounts(&self) -> u32 {
        self.accounts.unwrap_or(if self.table { A_MILLION_DEVICES } else { 10_000 })
    }

    /// The same for one world of so many accounts, measured so often.
    pub(crate) fn of_one_world(&self, accounts: u32, runs: NonZeroUsize) -> Self {
        Self { accounts: Some(accounts), runs, ..self.clone() }
    }

    pub(crate) fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.jobs.map_or_else(cores, NonZeroUsize::get)
    }

    pub(crate) fn rules(&self) -> Rules {
        let announcement = match self.announcement {
            AnnouncementArgument::Direct => AnnouncementRule::Direct,
            AnnouncementArgument::Cascade => AnnouncementRule::Cascade,
            AnnouncementArgument::Relay => AnnouncementRule::Relay,
        };
        let conflict = match self.conflict {
            ConflictArgument::Newest => ConflictRule::Newest,
            ConflictArgument::Cautious => ConflictRule::Cautious,
        };
        Rules { announcement, conflict, ..Rules::default() }
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
}

/// What is done in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProcessTask {
    /// Measures the engine.
    Engine,
    /// Measures the unavoidable work.
    Unavoidable,
    /// Plays the world and says which keys each device authenticated.
    Authenticated,
}
