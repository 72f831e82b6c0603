use atm_reports::mistakes;
use clap::CommandFactory;

use crate::arguments::{self, Cli};
use crate::exit::Exit;
use crate::output::Output;

/// Prints a script that completes the command line.
pub(crate) fn completions(cli: &arguments::CompletionsArgs) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(cli.shell, &mut Cli::command(), "atm", &mut script);
    let mut output = Output::default();
    output.print_plain(|out| out.write_all(&script));
    output.exit(Exit::AsExpected)
}

/// Writes the manual pages: of `atm`, and of each of its commands.
pub(crate) fn man(cli: &arguments::ManArgs) -> Exit {
    if let Err(error) = std::fs::create_dir_all(&cli.folder) {
        mistakes::complain(format_args!("atm: {}: {error}", cli.folder.display()));
        return Exit::SetUp;
    }
    match clap_mangen::generate_to(Cli::command(), &cli.folder) {
        Ok(()) => Exit::AsExpected,
        Err(error) => {
            mistakes::complain(format_args!("atm: {}: {error}", cli.folder.display()));
            Exit::SetUp
        }
    }
}
