use std::num::NonZeroUsize;

use atm_engine::{AnnouncementRule, Rules};
use clap::{Parser, ValueEnum};

/// Plays a world of many accounts, with one to four devices each and contacts from a power law, and says what that took
/// beside the unavoidable work
#[derive(Clone, Debug, Parser)]
pub(crate) struct Arguments {
    /// How many accounts there are
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..1 << 30))]
    pub(crate) accounts: u32,

    /// What the world is drawn from
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    /// How many threads play [default: as many as there are cores]. Apart from times and memory, the output is the
    /// same for any number
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// What devices announce
    #[arg(long, value_enum, default_value_t = Announcement::Cascade)]
    pub(crate) announcement: Announcement,

    /// How often everything is measured; what is told are medians
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN)]
    pub(crate) runs: NonZeroUsize,

    /// Measures worlds of several sizes, up to a million devices, and writes benches/RESULTS.md and its picture
    #[arg(long, conflicts_with = "accounts")]
    pub(crate) table: bool,

    /// Measures one part and prints it as JSON: what the program starts itself for
    #[arg(long, value_enum, hide = true, conflicts_with = "table")]
    pub(crate) part: Option<Part>,
}

impl Arguments {
    pub(crate) fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.jobs.map_or_else(cores, NonZeroUsize::get)
    }

    pub(crate) fn rules(&self) -> Rules {
        let announcement = match self.announcement {
            Announcement::Direct => AnnouncementRule::Direct,
            Announcement::Cascade => AnnouncementRule::Cascade,
            Announcement::Relay => AnnouncementRule::Relay,
        };
        Rules { announcement, ..Rules::default() }
    }
}

/// As in [`AnnouncementRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Announcement {
    /// Just the keys that a person decided on
    Direct,
    /// The whole change that the decision makes
    Cascade,
    /// As cascade, and what received messages change
    Relay,
}

/// What is measured in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Engine,
    Unavoidable,
}
