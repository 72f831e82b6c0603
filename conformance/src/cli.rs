use std::path::PathBuf;

use crate::adapter::{BadCommandLine, CommandLine};
use crate::pictures::{GraphFile, SequenceFile};
use crate::suite::Role;
use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::scenario::BadText;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Runs scenarios of Automatic Trust Management (XEP-0450) and says whether the protocol kept its promises.
#[derive(Debug, Parser)]
#[command(name = "atm", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 everything came out as it had to; 1 something did not; 2 nothing failed, but something shows \
nothing; 64 a mistake in the command line or in a scenario file; 66 a file cannot be read or written.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios and tell what happened.
    Run(Run),
    /// Print the JSON Schema of scenario files, for completion in editors.
    Schema,
    /// Test an implementation of ATM, or this project's own engine, against the specifications.
    Conformance(Conformance),
    /// Write, check and stand in for adapters, which put an implementation behind the suite.
    #[command(subcommand)]
    Adapter(AdapterCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdapterCommand {
    /// Walk through the protocol with an adapter, and say what is wrong with its answers.
    Check(AdapterCheck),
    /// Be an adapter for this project's own engine, on standard input and output.
    Serve(AdapterServe),
    /// Be an adapter that answers as one did in a recording, on standard input and output.
    Replay(AdapterReplay),
}

#[derive(Debug, Args)]
pub(crate) struct AdapterCheck {
    /// The command that starts the adapter, in one argument. No shell is used.
    #[arg(value_name = "CMD", value_parser = command_line)]
    pub(crate) adapter: CommandLine,

    /// How long the adapter has for each answer, in seconds.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    pub(crate) timeout: f64,
}

#[derive(Debug, Args)]
pub(crate) struct AdapterServe {
    /// What devices announce to others.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) announcement: Announcement,

    /// Which of several decisions about one key counts.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) conflict: Conflict,
}

#[derive(Debug, Args)]
pub(crate) struct AdapterReplay {
    /// What `atm conformance --record` wrote.
    pub(crate) recording: PathBuf,

    /// The adapter, by its name in the recording; not needed if there is only one.
    #[arg(long)]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Conformance {
    /// Scenario files, or folders of them. Those of this project if none is given.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The command that starts the adapter of an implementation, in one argument; with a name if there are several:
    /// `NAME=CMD`. This project's own engine is tested if none is given.
    #[arg(long = "adapter", value_name = "[NAME=]CMD", value_parser = named_command)]
    pub(crate) adapters: Vec<NamedCommand>,

    /// Which implementation plays a device, or all devices of an account: `alice/phone=qxmpp`. What is not assigned
    /// is played by this project's own engine. Without this, the implementation plays each device in turn, and all.
    #[arg(long = "assign", value_name = "WHO=NAME", value_parser = assignment, requires = "adapters")]
    pub(crate) assignments: Vec<(Role, String)>,

    /// Only cases whose id matches: `test-cases/*@alice/a1`. `*` and `?` stand for any text and any character.
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<String>,

    /// How many cases are played at the same time. All processors are used if not given.
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,

    /// How long an adapter has for each answer, in seconds.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    pub(crate) timeout: f64,

    /// What is known to fail, and why: what is in it does not count as a failure, unless it passes.
    #[arg(long, value_name = "FILE")]
    pub(crate) expectations: Option<PathBuf>,

    /// Write the file that expects just what came out, with the reasons of `--expectations` or of the file that it
    /// replaces.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_expectations: Option<PathBuf>,

    /// Write all that was found out, for `atm report`.
    #[arg(long, value_name = "FILE")]
    pub(crate) run_file: Option<PathBuf>,

    /// Write all that was said to adapters and by them, for `atm adapter replay`.
    #[arg(long, value_name = "FILE", requires = "adapters")]
    pub(crate) record: Option<PathBuf>,

    /// What the reference engine announces, which plays the other devices.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) announcement: Announcement,

    /// Which of several decisions counts for the reference engine.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) conflict: Conflict,

    /// The seed of everything that is random.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,

    /// Only how many requirements are kept.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// An adapter's command, and what it is called.
#[derive(Clone, Debug)]
pub(crate) struct NamedCommand {
    pub(crate) name: Option<String>,
    /// As it was written.
    pub(crate) text: String,
    pub(crate) command: CommandLine,
}

fn command_line(text: &str) -> Result<CommandLine, BadCommandLine> {
    CommandLine::parse(text)
}

fn named_command(text: &str) -> Result<NamedCommand, BadCommandLine> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    let (name, command) = match text.split_once('=') {
        Some((name, command)) if is_name(name) => (Some(name.to_owned()), command),
        _ => (None, text),
    };
    Ok(NamedCommand { name, text: command.to_owned(), command: CommandLine::parse(command)? })
}

fn assignment(text: &str) -> Result<(Role, String), String> {
    let (who, name) = text.split_once('=').ok_or("a device or account, `=`, and the name of an adapter")?;
    let role = if who.contains('/') {
        who.parse().map(Role::Device).map_err(|error: BadText| error.to_string())
    } else {
        who.parse().map(Role::Account).map_err(|error: BadText| error.to_string())
    };
    Ok((role?, name.to_owned()))
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Scenario files, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// What devices announce to others.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) announcement: Announcement,

    /// Which of several decisions about one key counts.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) conflict: Conflict,

    /// The seed of everything that is random.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,

    /// How to write what happened.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Draw the space-time diagram of a scenario into this file: *.svg, or *.mmd for Mermaid.
    ///
    /// Devices stand side by side, time goes down. What a policy does by itself is left to `--format trace`.
    #[arg(long, value_name = "FILE")]
    pub(crate) sequence: Option<SequenceFile>,

    /// Draw the trust graph of a scenario into this file: *.svg, or *.dot for Graphviz.
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<GraphFile>,

    /// Draw the trust graph as it is after this step instead of at the end; 0 is before the first one.
    ///
    /// Steps count as in the text that `atm run` prints: expectations are none.
    #[arg(long, value_name = "N", requires = "graph")]
    pub(crate) graph_step: Option<usize>,

    /// In text, tell the whole story of each scenario, also of several that pass.
    #[arg(long, short, conflicts_with = "quiet")]
    pub(crate) verbose: bool,

    /// In text, tell only of scenarios that do not pass, and of several how many there were.
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Run each scenario twice, and name the first event that differs if one does.
    #[arg(long)]
    pub(crate) check_determinism: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Announcement {
    /// Just the keys that a person decided on.
    Direct,
    /// The whole change that a person's decision makes.
    #[default]
    Cascade,
    /// As cascade, and what received messages change.
    Relay,
}

impl From<Announcement> for AnnouncementRule {
    fn from(announcement: Announcement) -> Self {
        match announcement {
            Announcement::Direct => Self::Direct,
            Announcement::Cascade => Self::Cascade,
            Announcement::Relay => Self::Relay,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Conflict {
    /// The latest; of two at the same time the distrust.
    #[default]
    Newest,
    /// A distrust stands until its speaker, or a person at the device, trusts the key later.
    Cautious,
}

impl From<Conflict> for ConflictRule {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Newest => Self::Newest,
            Conflict::Cautious => Self::Cautious,
        }
    }
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
