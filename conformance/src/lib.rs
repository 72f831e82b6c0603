//! The conformance suite for Automatic Trust Management (XEP-0450), and the command `atm`: what the
//! specifications demand, scenarios that test it, and whether an implementation does it.

pub mod adapter;
mod cli;
mod command;
mod exit;
mod files;
pub mod fuzz;
pub mod library;
mod pictures;
mod report;
pub mod requirements;
pub mod results;
pub mod selection;
pub mod suite;

use std::process::ExitCode;

use clap::Parser;

/// What the command `atm` does with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { exit::Exit::Usage } else { exit::Exit::AsExpected };
            // Nothing is left to do if the terminal is gone.
            let _ = error.print();
            return exit.into();
        }
    };
    let done = match cli.command {
        cli::Command::Run(run) => command::run(&run),
        cli::Command::Report(report) => command::report(&report),
        cli::Command::Schema(schema) => command::schema(&schema),
        cli::Command::Requirements(list) => command::requirements(&list),
        cli::Command::Explain(explain) => command::explain(&explain),
        cli::Command::Lint(lint) => command::lint(&lint),
        cli::Command::Conformance(conformance) => command::conformance(&conformance),
        cli::Command::Fuzz(fuzz) => command::fuzz(&fuzz),
        cli::Command::Adapter(adapter) => command::adapter(&adapter),
    };
    match done {
        Ok(exit) => exit.into(),
        // The reader of the output went away, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => exit::Exit::AsExpected.into(),
        Err(error) => {
            report::complain(format_args!("atm: {error}"));
            exit::Exit::SetUp.into()
        }
    }
}
