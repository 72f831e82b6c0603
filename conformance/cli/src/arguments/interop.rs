use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::conformance::{NamedCommand, named_command};
use super::number::{JOBS, whole};
use super::{AdapterLimitArgs, RunOptionArgs};

#[derive(Debug, Args)]
pub(crate) struct InteropArgs {
    /// Scenario files, folders of them, or names of scenarios of this project, with at most eight devices each. The
    /// default is `readme/20-to-8` and `test-cases`.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The command that starts the adapter of an implementation, in one argument. `NAME=CMD` names the implementation,
    /// if two have the same name. This project's engine always takes part.
    #[arg(id = "adapter", long, value_name = "[NAME=]CMD", value_parser = named_command, required = true)]
    pub(crate) adapters: Vec<NamedCommand>,

    /// The number of scenarios to play at the same time. The default is the number of processors.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) limits: AdapterLimitArgs,

    #[command(flatten)]
    pub(crate) options: RunOptionArgs,

    /// The format of the tables.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: InteropFormat,

    /// The file for the tables. The default is standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InteropFormat {
    /// For people at a terminal.
    #[default]
    Text,
    /// For a README, or the summary of a CI run.
    Markdown,
    /// One page on which each cell leads to the runs behind it.
    Html,
}
