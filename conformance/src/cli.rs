use std::path::PathBuf;

use crate::pictures::{GraphFile, SequenceFile};
use atm_conformance::requirements::{Document, Level};
use atm_conformance::selection::{IdGlob, Selection};
use atm_engine::{AnnouncementRule, ConflictRule};
use clap::builder::{PossibleValuesParser, TypedValueParser};
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
    /// List what the specifications demand, and the scenarios that test it.
    Requirements(Requirements),
}

#[derive(Debug, Args)]
pub(crate) struct Requirements {
    #[command(flatten)]
    pub(crate) choice: Choice,

    /// How to write the list.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

/// Which requirements are meant. Of each option one value has to fit.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Only requirements with such an id: `*` stands for anything, as in `xep-0450/ac-*`.
    #[arg(long, value_name = "GLOB")]
    pub(crate) id: Vec<IdGlob>,

    /// Only requirements of this document.
    #[arg(long, value_name = "DOCUMENT", value_parser = document_values().map(document))]
    pub(crate) document: Vec<Document>,

    /// Only requirements of this level.
    #[arg(long, value_name = "LEVEL", value_parser = level_values().map(level))]
    pub(crate) level: Vec<Level>,
}

impl Choice {
    pub(crate) fn selection(&self) -> Selection {
        Selection { ids: self.id.clone(), documents: self.document.clone(), levels: self.level.clone() }
    }
}

fn document_values() -> PossibleValuesParser {
    PossibleValuesParser::new(Document::ALL.map(Document::prefix))
}

#[expect(clippy::needless_pass_by_value, reason = "clap hands over what it parsed")]
fn document(prefix: String) -> Document {
    let named = Document::ALL.into_iter().find(|document| document.prefix() == prefix);
    named.expect("only the prefixes of documents are possible values")
}

fn level_values() -> PossibleValuesParser {
    PossibleValuesParser::new(Level::ALL.map(Level::name))
}

#[expect(clippy::needless_pass_by_value, reason = "clap hands over what it parsed")]
fn level(word: String) -> Level {
    let named = Level::ALL.into_iter().find(|level| level.name() == word);
    named.expect("only the words of levels are possible values")
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people.
    #[default]
    Text,
    /// One array with an object for each requirement.
    Json,
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
