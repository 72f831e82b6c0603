use std::path::PathBuf;

use atm_adapter_protocol::{BadCommandLine, CommandLine};
use clap::{Args, Subcommand, ValueEnum};

use super::{AdapterLimitArgs, RuleArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum AdapterCommand {
    /// Write the start of an adapter, which lacks only the calls of your library.
    New(AdapterNewArgs),
    /// Try each command of the protocol with an adapter, and name the mistakes in its answers.
    Check(AdapterCheckArgs),
    /// Serve this project's engine as an adapter, on standard input and output.
    Serve(AdapterServeArgs),
    /// Replay the answers of an adapter from a recording, on standard input and output.
    Replay(AdapterReplayArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AdapterNewArgs {
    /// The language of the adapter.
    #[arg(long, value_enum)]
    pub(crate) language: Language,

    /// The folder for its files. It must be new or empty.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Python 3, without further packages.
    Python,
    /// JavaScript for Node.js, without further packages.
    Javascript,
    /// Rust, with `serde_json`.
    Rust,
    /// C++17, without further libraries.
    Cpp,
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
    /// The recording that `atm conformance --record` wrote.
    pub(crate) recording: PathBuf,

    /// The name of the adapter, if the recording has several.
    #[arg(long)]
    pub(crate) name: Option<String>,
}

fn command_line(text: &str) -> Result<CommandLine, BadCommandLine> {
    CommandLine::parse(text)
}
