use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use atm_suite::fuzz::{Partition, Seeds};
use clap::Args;

use super::conformance::{ChosenVariations, DeniedVerdict, NamedCommand, named_command, variations};
use super::number::{JOBS, time, whole};
use super::{AdapterLimitArgs, AnnouncementArg, ConflictArg};

/// The default seeds.
const SEEDS: Seeds = Seeds { first: 0, end: Some(100_000) };

#[derive(Debug, Args)]
pub(crate) struct FuzzArgs {
    /// The command that starts the adapter of an implementation, in one argument. The default is this project's engine.
    #[arg(long, value_name = "CMD", value_parser = named_command)]
    pub(crate) adapter: Option<NamedCommand>,

    /// The known failures of the implementation, in the file that `atm conformance` reads. A requirement with an entry
    /// for failures counts as known in every scenario: breaking it is counted, and is no finding.
    #[arg(long, value_name = "FILE", requires = "adapter")]
    pub(crate) expectations: Option<PathBuf>,

    /// Verdicts that make the campaign fail, although they break no demand.
    #[arg(long, value_enum, value_name = "VERDICT", requires = "adapter")]
    pub(crate) deny: Vec<DeniedVerdict>,

    /// The seeds to try, from A to B-1. `A..` goes on until `--time` or Ctrl-C ends it. The default is `0..100000`, or
    /// `0..` with `--time`.
    #[arg(long, value_name = "A..B")]
    pub(crate) seeds: Option<Seeds>,

    /// The time for trying seeds: `90s`, `10m`, `2h`. Failures are shrunk after that.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) time: Option<Duration>,

    /// Try only the I-th of N parts of the seeds, to share them between machines. `atm report merge` merges the reports
    /// of the parts.
    #[arg(long, value_name = "I/N", default_value_t = Partition::WHOLE)]
    pub(crate) partition: Partition,

    /// The number of scenarios to try at the same time. The default is the number of processors.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// The folder for the scenario files of the findings.
    #[arg(long, value_name = "DIR", default_value = "counterexamples")]
    pub(crate) output: PathBuf,

    /// Write the report as JSON, for `atm report merge`.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// The largest number of accounts in a scenario.
    #[arg(long, value_name = "N", default_value = "3", value_parser = whole::<NonZeroUsize>(1..=32))]
    pub(crate) accounts: NonZeroUsize,

    /// The largest number of devices of an account at the start.
    #[arg(long, value_name = "N", default_value = "3", value_parser = whole::<NonZeroUsize>(1..=32))]
    pub(crate) devices: NonZeroUsize,

    /// The largest number of steps in a scenario, apart from those that end faults.
    #[arg(long, value_name = "N", default_value = "12", value_parser = whole::<NonZeroUsize>(1..=1_000))]
    pub(crate) steps: NonZeroUsize,

    /// The variations that an implementation meets in a scenario: `none`; `pairs` (in three of four scenarios, a few
    /// together or an attack); `all` (one of all); or names with commas between. The seed draws them.
    #[arg(long, value_name = "WHICH", value_parser = variations, default_value = "pairs", requires = "adapter")]
    pub(crate) variations: ChosenVariations,

    /// The announcement rule of this project's engine. Without an adapter, the seed of each scenario draws the default.
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) announcement: Option<AnnouncementArg>,

    /// The conflict rule of this project's engine. Without an adapter, the seed of each scenario draws the default.
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) conflict: Option<ConflictArg>,

    #[command(flatten)]
    pub(crate) limits: AdapterLimitArgs,

    /// Print only the findings.
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
