//! Plays a population of many accounts and compares its cost with the unavoidable work.
//!
//! The population with invariants, the population without them, and the unavoidable work run in separate processes, one
//! after the other. So no part's memory is counted for another.

mod arguments;
mod measured;
mod part;
mod plot;
mod process;
mod results;
mod targets;

use std::process::ExitCode;

use arguments::Arguments;
use clap::Parser;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match (arguments.part, arguments.table) {
        (Some(part), _) => part::run(part, &arguments),
        (None, true) => results::write(&arguments),
        (None, false) => process::measure(&arguments).map(|measured| print!("{measured}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            ExitCode::FAILURE
        }
    }
}
