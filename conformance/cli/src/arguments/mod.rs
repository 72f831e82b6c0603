//! The command line.

mod adapter;
mod check;
mod conformance;
mod explain;
mod explore;
mod findings;
mod fuzz;
mod interop;
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
mod vectors;

use atm_reports::escape::OneLine;
use clap::error::ContextValue;
use clap::{Parser, Subcommand};

pub(crate) use adapter::{
    AdapterCheckArgs, AdapterCommand, AdapterNewArgs, AdapterReplayArgs, AdapterServeArgs, Language,
};
pub(crate) use check::CheckArgs;
pub(crate) use conformance::{ChosenVariations, ConformanceArgs, DeniedVerdict, NamedCommand};
pub(crate) use explain::ExplainArgs;
pub(crate) use explore::{ExploreArgs, ExploreFormat, OrdersArg, Reduction};
pub(crate) use findings::{FindingsArgs, FindingsFormat};
pub(crate) use fuzz::FuzzArgs;
pub(crate) use interop::{InteropArgs, InteropFormat};
pub(crate) use limits::AdapterLimitArgs;
pub(crate) use lint::{Kind, LintArgs};
pub(crate) use list::ListArgs;
pub(crate) use report::{
    ComparisonFormat, ComparisonOutputArgs, ReportArgs, ReportCommand, ReportDiffArgs, ReportFilesArgs,
    ReportFormat, ReportIssueArgs, ReportMergeArgs, ReportTrendArgs,
};
pub(crate) use requirements::{ListFormat, RequirementFilter, RequirementsArgs};
pub(crate) use rules::{AnnouncementArg, ConflictArg, RuleArgs, RunOptionArgs};
pub(crate) use run::{Format, RunArgs};
pub(crate) use schema::{SchemaArgs, SchemaOf};
pub(crate) use seconds::Seconds;
pub(crate) use shell::{CompletionsArgs, ManArgs};
pub(crate) use vectors::VectorsArgs;

/// Runs scenarios of Automatic Trust Management (XEP-0450) and tests implementations of it.
#[derive(Debug, Parser)]
#[command(name = "atm", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: CliCommand,
}

impl Cli {
    /// Parses the command line. An error shows each argument on one line, since an argument may be the name of a file.
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
Exit codes: 0 everything is as expected; 1 something is not as expected; 2 nothing failed, but something is \
inconclusive; 64 a mistake in the command line or in a scenario file; 66 a file cannot be read, an adapter cannot be \
started, or everything is as expected, but the output cannot be written; 128 + N the signal N ended it.";

#[derive(Debug, Subcommand)]
pub(crate) enum CliCommand {
    /// Run scenarios and show what happens.
    Run(RunArgs),
    /// Test an implementation of ATM, or this project's engine, against the specifications.
    Conformance(Box<ConformanceArgs>),
    /// Play each pair of implementations together, and report which pairs can live together.
    Interop(Box<InteropArgs>),
    /// Search random scenarios for a broken promise, or for a requirement that an implementation breaks.
    Fuzz(Box<FuzzArgs>),
    /// Write, check, serve or replay an adapter, which connects an implementation to the suite.
    #[command(subcommand)]
    Adapter(AdapterCommand),
    /// Check whether the specifications explain the log of a device, and name the first step that they do not explain.
    Check(CheckArgs),
    /// Explain the level of a key on a device at the end of a scenario, back to the decisions of people.
    Explain(ExplainArgs),
    /// Visit every state that a small world can reach, and check every promise in each.
    Explore(ExploreArgs),
    /// Measure which promises of the specification hold under which rules.
    Findings(FindingsArgs),
    /// Check a trust message, an envelope, a stanza or a Trust Message URI, and show its content.
    Lint(LintArgs),
    /// List the scenarios of this project. Every command takes them by name.
    List(ListArgs),
    /// List the requirements of the specifications, and the scenarios that test them.
    Requirements(RequirementsArgs),
    /// Write reports from the files of `atm conformance --run-file`.
    Report(ReportArgs),
    /// Write test vectors: the inputs of a device in each case, and the allowed outputs, for unit tests.
    Vectors(VectorsArgs),
    /// Print the JSON Schema of a file format. That of scenario files (the default) gives completion in editors.
    Schema(SchemaArgs),
    /// Print a script that completes the command line in a shell.
    Completions(CompletionsArgs),
    /// Write a manual page for each command.
    Man(ManArgs),
}
