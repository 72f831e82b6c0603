//! The command line.

mod adapter;
mod conformance;
mod requirements;
mod rules;
mod run;

use clap::{Parser, Subcommand};

pub(crate) use adapter::{AdapterCheck, AdapterCommand, AdapterReplay, AdapterServe};
pub(crate) use conformance::Conformance;
pub(crate) use requirements::{Choice, ListFormat, Requirements};
pub(crate) use rules::{Announcement, Conflict};
pub(crate) use run::{Format, Run};

/// Runs scenarios of Automatic Trust Management (XEP-0450) and tests implementations of it.
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
    /// Test an implementation of ATM, or this project's own engine, against the specifications.
    Conformance(Conformance),
    /// Write, check and stand in for adapters, which put an implementation behind the suite.
    #[command(subcommand)]
    Adapter(AdapterCommand),
    /// List what the specifications demand, and the scenarios that test it.
    Requirements(Requirements),
    /// Print the JSON Schema of scenario files, for completion in editors.
    Schema,
}
