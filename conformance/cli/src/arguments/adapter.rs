use std::path::PathBuf;

use atm_adapter_protocol::{BadCommandLine, CommandLine};
use clap::{Args, Subcommand};

use super::{AdapterLimitArgs, RuleArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum AdapterCommand {
    /// Walk through the protocol with an adapter, and say what is wrong with its answers.
    Check(AdapterCheckArgs),
    /// Be an adapter for this project's own engine, on standard input and output.
    Serve(AdapterServeArgs),
    /// Be an adapter that answers as one did in a recording, on standard input and output.
    Replay(AdapterReplayArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AdapterCheckArgs {
    /// The command that starts the adapter, in one argument. No shell is used.
    #[arg(value_name = "CMD", value_parser = command_line)]
    pub(crate) adapter: CommandLine,

    #[command(flatten)]
    pub(crate) limits: AdapterLimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AdapterServeArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AdapterReplayArgs {
    /// What `atm conformance --record` wrote.
    pub(crate) recording: PathBuf,

    /// The adapter, by its name in the recording; not needed if there is only one.
    #[arg(long)]
    pub(crate) name: Option<String>,
}

fn command_line(text: &str) -> Result<CommandLine, BadCommandLine> {
    CommandLine::parse(text)
}
