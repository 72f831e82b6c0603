use std::num::NonZeroUsize;
use std::path::PathBuf;

use atm_reports::pictures::{GraphFile, SequenceFile};
use atm_simulator::run::Watching;
use clap::{Args, ValueEnum};

use super::RunOptionArgs;
use super::number::{JOBS, whole};

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Scenario files, folders of them, or names of scenarios of this project (`atm list`).
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) options: RunOptionArgs,

    /// The promises to watch.
    #[arg(long, value_enum, default_value_t, value_name = "WHICH")]
    pub(crate) invariants: InvariantsArg,

    /// The format of the output.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// The number of parts of a population to play at the same time. The default is the number of processors.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Play only this part of a population, as a scenario with all options. The first is 1.
    #[arg(long, value_name = "N", value_parser = whole::<u64>(1..=u64::MAX))]
    pub(crate) part: Option<u64>,

    /// Write the first parts of a population that break a promise into this folder, as scenario files, each with the
    /// smallest scenario that was found to break the same promise.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Write one page about a scenario into this file: its story, its messages, who trusts whom and why, at any moment.
    ///
    /// The page loads nothing. Its address holds the moment: `page.html#step=5`.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Draw the space-time diagram of a scenario into this file: *.svg, or *.mmd for Mermaid.
    ///
    /// Devices stand side by side, and time goes down. Only `--format trace` shows the changes that a policy makes by
    /// itself.
    #[arg(long, value_name = "FILE")]
    pub(crate) sequence: Option<SequenceFile>,

    /// Draw the trust graph of a scenario into this file: *.svg, or *.dot for Graphviz.
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<GraphFile>,

    /// Draw the trust graph after this step instead of at the end. 0 is before the first step.
    ///
    /// Steps have the numbers that `atm run` prints. Expectations have none.
    #[arg(long, value_name = "N", requires = "graph", value_parser = whole::<usize>(0..=u64::from(u32::MAX)))]
    pub(crate) graph_step: Option<usize>,

    /// In text, show the whole story of each scenario, even of several that pass.
    #[arg(long, short, conflicts_with = "quiet")]
    pub(crate) verbose: bool,

    /// In text, show only scenarios that do not pass, and the number of scenarios if there are several.
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Run each scenario twice, and name the first event that differs.
    #[arg(long)]
    pub(crate) check_determinism: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// One array with an object for each scenario.
    Json,
    /// A line for each event.
    Jsonl,
    /// A line of text for each event: its number, the virtual time, the kind of event, the device, and details
    /// as name=value. Keys are written as account/device. The first line names scenario and options.
    Trace,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InvariantsArg {
    /// All of them.
    #[default]
    All,
    /// None: check only the expectations of a scenario.
    None,
}

impl From<InvariantsArg> for Watching {
    fn from(invariants: InvariantsArg) -> Self {
        match invariants {
            InvariantsArg::All => Self::All,
            InvariantsArg::None => Self::None,
        }
    }
}
