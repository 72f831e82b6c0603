//! Counts the instructions of the hot paths with valgrind, and fails if there are more than 5 % more of them than the
//! stored baseline says. Counts are the same in each run, so that noise hides nothing.

mod baseline;
mod comparison;
mod counting;

use std::process::ExitCode;

use baseline::{Baseline, Compiler};
use clap::Parser;
use comparison::Comparison;
use counting::Trouble;

/// Counts the instructions of the hot paths with valgrind and compares them with benches/instructions.json
#[derive(Debug, Parser)]
struct Arguments {
    /// Writes what is counted to the file instead of failing
    #[arg(long)]
    update: bool,
}

fn main() -> ExitCode {
    let Arguments { update } = Arguments::parse();
    match compare(update) {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn compare(update: bool) -> Result<ExitCode, Trouble> {
    let stored = Baseline::load()?;
    let compiler = Compiler::current()?;
    if !update {
        // Before minutes are spent on counting.
        stored.check(&compiler)?;
    }
    let counted = counting::count()?;
    let comparison = Comparison { stored: &stored.instructions, counted: &counted };
    print!("{comparison}");
    if update {
        Baseline { compiler, instructions: counted }.save()?;
        return Ok(ExitCode::SUCCESS);
    }
    if comparison.is_kept() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: a hot path became more expensive, or the file names other ones. If that is meant, run
    cargo run --release -p atm-benches --bin instructions -- --update
and say in the commit why it is worth it."
    );
    Ok(ExitCode::FAILURE)
}
