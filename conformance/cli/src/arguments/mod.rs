//! The command line.

mod adapter;
mod conformance;
mod explain;
mod explore;
mod findings;
mod fuzz;
mod limits;
mod lint;
mod list;
mod number;
mod report;
mod requirements;
mod rules;
mod run;
mod schema;
mod seconds;
mod shell;

use atm_reports::escape::OneLine;
use clap::error::ContextValue;
use clap::{Parser, Subcommand};

pub(crate) use adapter::{AdapterCheckArgs, AdapterCommand, AdapterReplayArgs, AdapterServeArgs};
pub(crate) use conformance::{ChosenVariations, ConformanceArgs};
pub(crate) use explain::ExplainArgs;
pub(crate) use explore::{ExploreArgs, ExploreFormat, OrdersArg, Reduction};
pub(crate) use findings::{FindingsArgs, FindingsFormat};
pub(crate) use fuzz::FuzzArgs;
pub(crate) use limits::AdapterLimitArgs;
pub(crate) use lint::{Kind, LintArgs};
pub(crate) use list::ListArgs;
pub(crate) use report::{ReportArgs, ReportCommand, ReportFilesArgs, ReportFormat, ReportMergeArgs};
pub(crate) use requirements::{ListFormat, RequirementFilter, RequirementsArgs};
pub(crate) use rules::{AnnouncementArg, ConflictArg, RuleArgs, RunOptionArgs};
pub(crate) use run::{Format, RunArgs};
pub(crate) use schema::{SchemaArgs, SchemaOf};
pub(crate) use seconds::Seconds;
pub(crate) use shell::{CompletionsArgs, ManArgs};

/// Runs scenarios of Automatic Trust Management (XEP-0450) and tests implementations of it.
#[derive(Debug, Parser)]
#[command(name = "atm", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: CliCommand,
}

impl Cli {
    /// Reads the command line. A wrong argument is told on one line: it may be the name of a file.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        Self::try_parse().map_err(|mut error| {
            let told: Vec<_> = error
                .context()
                .filter_map(|(kind, value)| match value {
                    ContextValue::String(text) => Some((kind, OneLine(text).to_string())),
                    _ => None,
                })
                .collect();
            for (kind, text) in told {
                error.insert(kind, ContextValue::String(text));
            }
            error
        })
    }
}

const EXIT_CODES: &str = "\
Exit codes: 0 everything came out as it had to; 1 something did not; 2 nothing failed, but something shows \
nothing; 64 a mistake in the command line or in a scenario file; 66 a file cannot be read, or everything came out as \
it had to, but the output cannot be written; 128 + N the signal N ended it.";

#[derive(Debug, Subcommand)]
pub(crate) enum CliCommand {
    /// Run scenarios and tell what happened.
    Run(RunArgs),
    /// Test an implementation of ATM, or this project's own engine, against the specifications.
    Conformance(Box<ConformanceArgs>),
    /// Search random scenarios for one in which a promise is broken, or an implementation breaks the specifications.
    Fuzz(Box<FuzzArgs>),
    /// Write, check and stand in for adapters, which put an implementation behind the suite.
    #[command(subcommand)]
    Adapter(AdapterCommand),
    /// Say why a key has its level on a device at the end of a scenario, back to what people decided.
    Explain(ExplainArgs),
    /// Go through all that can happen in a small world, and say whether every promise is kept in every state.
    Explore(ExploreArgs),
    /// Measure which promises of the specification hold under which rules.
    Findings(FindingsArgs),
    /// Check a trust message, an envelope, a stanza or a Trust Message URI, and say what it says.
    Lint(LintArgs),
    /// List the scenarios of this project, which every command takes by their names.
    List(ListArgs),
    /// List what the specifications demand, and the scenarios that test it.
    Requirements(RequirementsArgs),
    /// Write a report of runs of the suite from what `atm conformance --run-file` wrote.
    Report(ReportArgs),
    /// Print the JSON Schema of a file format; of scenario files, for completion in editors, if none is given.
    Schema(SchemaArgs),
    /// Print a script that completes the command line in a shell.
    Completions(CompletionsArgs),
    /// Write a manual page for each command.
    Man(ManArgs),
}
