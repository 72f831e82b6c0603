//! The command `atm`: runs scenarios of Automatic Trust Management (XEP-0450) and says whether the protocol
//! kept its promises.

mod cli;
mod command;
mod exit;
mod files;
mod pictures;
mod report;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
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
        cli::Command::Schema => command::schema(),
        cli::Command::Requirements(list) => command::requirements(&list),
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
