use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ReportCommand>,

    /// Files that `atm conformance --run-file` wrote. Several are told of one after the other at a terminal, and side
    /// by side as Markdown and HTML.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Files that `atm fuzz --report` wrote, to be told of in Markdown as well.
    #[arg(long = "campaign", value_name = "FILE")]
    pub(crate) campaigns: Vec<PathBuf>,

    /// How to write the report.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,

    /// Where to write it; standard output if not given.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// At a terminal, only how many requirements are kept.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Put the parts of one campaign together, and tell what they found, as the campaign would have in one part.
    Merge(ReportMergeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ReportMergeArgs {
    /// Files that `atm fuzz --report` wrote, in any order.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Write the report of all parts together.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Write the scenarios that were found into this folder.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Let some parts be enough. Without this, the campaign is inconclusive if one is missing.
    #[arg(long)]
    pub(crate) partial: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people at a terminal.
    #[default]
    Terminal,
    /// For build servers.
    Junit,
    /// For a README, or the summary of a CI run.
    Markdown,
    /// One page with everything in it, also with runs that show it.
    Html,
    /// An SVG that says how many requirements are kept.
    Badge,
    /// The same for <https://shields.io/badges/endpoint-badge>.
    BadgeJson,
}

/// Reports that a run of the suite writes beside what it tells at the terminal.
#[derive(Debug, Args)]
pub(crate) struct ReportFilesArgs {
    /// Write a report for build servers.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,

    /// Write a report for a README, or the summary of a CI run.
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,

    /// Write one page with everything in it, also with runs that show it.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Write an SVG that says how many requirements are kept; with *.json for shields.io.
    #[arg(long, value_name = "FILE")]
    pub(crate) badge: Option<PathBuf>,
}
