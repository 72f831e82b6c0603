use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ReportCommand>,

    /// Files that `atm conformance --run-file` wrote. A terminal shows several one after the other, Markdown and HTML
    /// side by side.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Files that `atm fuzz --report` wrote. Only Markdown shows them.
    #[arg(long = "campaign", value_name = "FILE")]
    pub(crate) campaigns: Vec<PathBuf>,

    /// The format of the report.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,

    /// The file for the report. The default is standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// At a terminal, print only how many requirements are kept.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Merge the reports of the parts of a campaign into the report of the whole campaign.
    Merge(ReportMergeArgs),
    /// Compare two runs: newly failing and newly passing requirements, changed facts, added and removed cases. The exit
    /// code is 1 if something fails that did not fail before.
    Diff(ReportDiffArgs),
    /// Show the results of several runs in one table. The exit code is 1 if the last run is a regression.
    Trend(ReportTrendArgs),
    /// Write one failure as a text for the maintainers of an implementation, or list the failures of a run.
    Issue(ReportIssueArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ReportIssueArgs {
    /// The run file.
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,

    /// The requirement that is broken. Without it, the failures of the run are listed.
    pub(crate) requirement: Option<String>,

    /// The implementation, by its name in the run.
    #[arg(long, value_name = "NAME")]
    pub(crate) implementation: Option<String>,

    /// The file for the text. The default is standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReportDiffArgs {
    /// The run file of the earlier run.
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,

    /// The run file of the later run.
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,

    #[command(flatten)]
    pub(crate) output: ComparisonOutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportTrendArgs {
    /// Run files, the earliest first.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) output: ComparisonOutputArgs,
}

/// The format and the place of a report about several runs.
#[derive(Debug, Args)]
pub(crate) struct ComparisonOutputArgs {
    /// The format of the report.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ComparisonFormat,

    /// The file for the report. The default is standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ComparisonFormat {
    /// For people at a terminal.
    #[default]
    Terminal,
    /// For a README, or the summary of a CI run.
    Markdown,
    /// One page.
    Html,
}

#[derive(Debug, Args)]
pub(crate) struct ReportMergeArgs {
    /// Files that `atm fuzz --report` wrote, in any order.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Write the merged report.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Write the scenario files of the findings into this folder.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Accept missing parts. Without this option, the campaign is inconclusive if one is missing.
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
    /// One page with all results, and with runs that show them.
    Html,
    /// An SVG badge with the number of kept requirements.
    Badge,
    /// The same badge as JSON for <https://shields.io/badges/endpoint-badge>.
    BadgeJson,
}

/// The reports that a run of the suite writes in addition to the one at the terminal.
#[derive(Debug, Args)]
pub(crate) struct ReportFilesArgs {
    /// Write a report for build servers.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,

    /// Write a report for a README, or the summary of a CI run.
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,

    /// Write one page with all results, and with runs that show them.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Write an SVG badge with the number of kept requirements, or *.json for shields.io.
    #[arg(long, value_name = "FILE")]
    pub(crate) badge: Option<PathBuf>,
}
