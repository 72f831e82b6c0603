use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Files that `atm conformance --run-file` wrote. Several are told of one after the other at a terminal, and side
    /// by side as Markdown and HTML.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people at a terminal.
    #[default]
    Terminal,
    /// For build servers.
    Junit,
    /// For a README, or the summary of a CI run.
    Markdown,
    /// One page with everything in it, also with pictures of the runs.
    Html,
    /// An SVG that says how many requirements are kept.
    Badge,
    /// The same for <https://shields.io/badges/endpoint-badge>.
    BadgeJson,
}

/// Reports that a run of the suite writes beside what it tells at the terminal.
#[derive(Debug, Args)]
pub(crate) struct ReportFiles {
    /// Write a report for build servers.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,

    /// Write a report for a README, or the summary of a CI run.
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,

    /// Write one page with everything in it, also with pictures of the runs.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Write an SVG that says how many requirements are kept; with *.json for shields.io.
    #[arg(long, value_name = "FILE")]
    pub(crate) badge: Option<PathBuf>,
}
