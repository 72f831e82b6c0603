//! Counts the instructions of the hot paths with valgrind. Fails if one of them takes over 5 % more than the stored
//! baseline. Counts hardly vary between runs, so noise hides nothing.

mod baseline;
mod comparison;
mod counted_with;
mod counting;
mod growth;
mod runner;

use std::process::ExitCode;

use baseline::{Baseline, Likeness};
use clap::Parser;
use comparison::Comparison;
use counted_with::CountedWith;
use counting::CountingError;
use growth::Growth;

/// Counts the instructions of the hot paths with valgrind and compares them with benches/instructions.json
#[derive(Debug, Parser)]
struct Arguments {
    /// Writes the new counts to the file instead of failing
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

fn compare(update: bool) -> Result<ExitCode, CountingError> {
    let stored = Baseline::load()?;
    let counted_with = CountedWith::current()?;
    // Checked first, because counting takes minutes.
    match stored.check(&counted_with) {
        Ok(Likeness::Same) => {}
        Ok(Likeness::OtherTools) => eprintln!(
            "warning: the baseline was counted with {}, and this is {counted_with}: counts can differ a little.",
            stored.counted_with
        ),
        Err(_) if update => eprintln!(
            "warning: the baseline was counted with {}, and this is {counted_with}: the comparison is of compilers, too.",
            stored.counted_with
        ),
        Err(trouble) => return Err(trouble),
    }
    let counted = counting::count()?;
    let comparison = Comparison { stored: &stored.instructions, counted: &counted };
    print!("{comparison}\n{}", Growth(&counted));
    if update {
        let too_many = comparison.too_many();
        if !too_many.is_empty() {
            eprintln!(
                "WARNING: over 5 % more instructions than before: {}. Say in the commit why that is worth it.",
                too_many.join(", ")
            );
        }
        Baseline { counted_with, instructions: counted }.save()?;
        return Ok(ExitCode::SUCCESS);
    }
    let far_fewer = comparison.far_fewer();
    if !far_fewer.is_empty() {
        eprintln!(
            "note: over 5 % fewer instructions than stored: {}. To keep that, renew the baseline with --update.",
            far_fewer.join(", ")
        );
    }
    if comparison.is_kept() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: a hot path became more expensive, or the file names other ones. If that is meant, run
    cargo run --profile dist -p atm-benches --bin instructions -- --update
and say in the commit why it is worth it."
    );
    Ok(ExitCode::FAILURE)
}
