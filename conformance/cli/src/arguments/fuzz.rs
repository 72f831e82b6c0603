use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use atm_suite::fuzz::{Partition, Seeds};
use clap::Args;

use super::conformance::{ChosenVariations, NamedCommand, named_command, variations};
use super::number::{JOBS, time, whole};
use super::{AdapterLimitArgs, AnnouncementArg, ConflictArg};

/// How many seeds are tried if nothing else is said.
const SEEDS: Seeds = Seeds { first: 0, end: Some(100_000) };

#[derive(Debug, Args)]
pub(crate) struct FuzzArgs {
    /// The command that starts the adapter of an implementation, in one argument. This project's own engine is put to
    /// the test if not given.
    #[arg(long, value_name = "CMD", value_parser = named_command)]
    pub(crate) adapter: Option<NamedCommand>,

    /// Known failures of the adapter's implementation: the file that `atm conformance` reads. Breaking a requirement
    /// that has an entry for failures is counted and is no finding, whatever cases the entry names.
    #[arg(long, value_name = "FILE", requires = "adapter")]
    pub(crate) expectations: Option<PathBuf>,

    /// The seeds to try: from A on and before B, or with `A..` all from A on, as long as `--time` allows. 0..100000 if
    /// neither is given.
    #[arg(long, value_name = "A..B")]
    pub(crate) seeds: Option<Seeds>,

    /// How long to try: `90s`, `10m`, `2h`. What is found is made small after that.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) time: Option<Duration>,

    /// Only the I-th of N parts of the seeds, so that several machines share them. `atm report merge` puts the reports
    /// of the parts together.
    #[arg(long, value_name = "I/N", default_value_t = Partition::WHOLE)]
    pub(crate) partition: Partition,

    /// How many scenarios at the same time. All processors are used if not given.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// The folder for the scenarios that were found.
    #[arg(long, value_name = "DIR", default_value = "counterexamples")]
    pub(crate) output: PathBuf,

    /// Write all that was found out, for `atm report merge`.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// The most accounts in a scenario.
    #[arg(long, value_name = "N", default_value = "3", value_parser = whole::<NonZeroUsize>(1..=32))]
    pub(crate) accounts: NonZeroUsize,

    /// The most devices of an account at the start.
    #[arg(long, value_name = "N", default_value = "3", value_parser = whole::<NonZeroUsize>(1..=32))]
    pub(crate) devices: NonZeroUsize,

    /// The most steps in a scenario, apart from those that end faults.
    #[arg(long, value_name = "N", default_value = "12", value_parser = whole::<NonZeroUsize>(1..=1_000))]
    pub(crate) steps: NonZeroUsize,

    /// The variations that an implementation meets in a scenario: `none`; `pairs`, in three of four scenarios a few of them
    /// together or an attack, drawn by the seed; `all`, one of all of them, drawn by the seed; or the names of some,
    /// separated by commas.
    #[arg(long, value_name = "WHICH", value_parser = variations, default_value = "pairs", requires = "adapter")]
    pub(crate) variations: ChosenVariations,

    /// What devices of this project's engine announce. Without an adapter, drawn for each scenario if not given.
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) announcement: Option<AnnouncementArg>,

    /// Which of several decisions counts for this project's engine. Without an adapter, drawn if not
    /// given.
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) conflict: Option<ConflictArg>,

    #[command(flatten)]
    pub(crate) limits: AdapterLimitArgs,

    /// Only what was found.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl FuzzArgs {
    /// The seeds to try.
    pub(crate) fn seeds(&self) -> Seeds {
        match (self.seeds, self.time) {
            (Some(seeds), _) => seeds,
            (None, Some(_)) => Seeds { first: 0, end: None },
            (None, None) => SEEDS,
        }
    }
}
