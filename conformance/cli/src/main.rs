//! The command `atm`: runs scenarios of ATM, tests implementations, and reports the results.

mod arguments;
mod command;
mod exit;
mod files;
mod input;
mod interruption;
mod output;
mod suggest;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    output::too_large_files_are_errors();
    let cli = match arguments::Cli::read() {
        Ok(cli) => cli,
        Err(error) => {
            let printed = error.print().and_then(|()| std::io::stdout().flush());
            let exit = if error.use_stderr() {
                exit::Exit::Usage
            } else {
                let mut output = output::Output::default();
                output.succeeded("standard output", printed);
                output.exit(exit::Exit::AsExpected)
            };
            if error.kind() == clap::error::ErrorKind::UnknownArgument
                && std::env::args().any(|it| it.contains("adapter"))
            {
                atm_reports::mistakes::complain(
                    "An adapter's command with its arguments is one argument: 'python3 -u adapter.py'",
                );
            }
            return exit.into();
        }
    };
    interruption::catch();
    let _leaves_nothing = interruption::LeavesNothing;
    let exit = match cli.command {
        arguments::CliCommand::Run(run) => command::run(&run),
        arguments::CliCommand::Report(report) => command::report(&report),
        arguments::CliCommand::Schema(schema) => command::schema(&schema),
        arguments::CliCommand::Completions(completions) => command::completions(&completions),
        arguments::CliCommand::Man(man) => command::man(&man),
        arguments::CliCommand::List(list) => command::list(&list),
        arguments::CliCommand::Requirements(list) => command::requirements(&list),
        arguments::CliCommand::Check(check) => command::check(&check),
        arguments::CliCommand::Explain(explain) => command::explain(&explain),
        arguments::CliCommand::Explore(explore) => command::explore(&explore),
        arguments::CliCommand::Findings(findings) => command::measure_findings(&findings),
        arguments::CliCommand::Lint(lint) => command::lint(&lint),
        arguments::CliCommand::Conformance(conformance) => command::conformance(&conformance),
        arguments::CliCommand::Vectors(vectors) => command::vectors(&vectors),
        arguments::CliCommand::Interop(interop) => command::interop(&interop),
        arguments::CliCommand::Fuzz(fuzz) => command::fuzz(&fuzz),
        arguments::CliCommand::Adapter(adapter) => command::adapter(&adapter),
    };
    exit.into()
}
