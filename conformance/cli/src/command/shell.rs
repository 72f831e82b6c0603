use std::path::Path;

use atm_reports::mistakes;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::arguments::{self, Cli};
use crate::exit::Exit;
use crate::output::Output;

/// Prints a completion script for a shell.
pub(crate) fn completions(cli: &arguments::CompletionsArgs) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(cli.shell, &mut Cli::command(), "atm", &mut script);
    let mut output = Output::default();
    output.print_plain(|out| out.write_all(&script));
    output.exit(Exit::AsExpected)
}

/// Writes the manual pages of `atm` and all of its commands.
pub(crate) fn man(cli: &arguments::ManArgs) -> Exit {
    if let Err(error) = std::fs::create_dir_all(&cli.folder) {
        mistakes::complain(format_args!("atm: {}: {error}", cli.folder.display()));
        return Exit::SetUp;
    }
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut output = Output::default();
    write_pages(&command, &cli.folder, &mut output);
    output.exit(Exit::AsExpected)
}

/// Writes the pages of a command and all of its subcommands.
fn write_pages(command: &Command, folder: &Path, output: &mut Output) {
    let page = Man::new(command.clone());
    output.file(&folder.join(page.get_filename()), |out| page.render(out));
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        write_pages(subcommand, folder, output);
    }
}
