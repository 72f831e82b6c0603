//! Measures which mistakes in the engine's rules the suite catches.
//!
//!     cargo install cargo-mutants --locked
//!     cargo run --release -p atm-testing --example mutants
//!
//! cargo-mutants lists the mutants of `engine/src/rules/`. Building each separately would take hours. So all of them
//! are put into one copy of the workspace, each behind a switch, and played in turn. The result is written to
//! `conformance/suite/src/requirements/mutants.tsv`. A surviving mutant needs a reason, which is added there by hand:
//! `lawful: …` names the rule that leaves it open, `missed: …` the gap in the suite. Reasons stay as long as the mutant
//! survives.

mod list;
mod play;
mod switched;
mod table;
mod tree;

use std::path::Path;
use std::process::ExitCode;

/// The folder of the copy and its build, relative to the workspace.
const FOLDER: &str = "target/mutants";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    match measure(&root) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(root: &Path) -> Result<String, String> {
    let mutants = list::mutants(root)?;
    let tree = tree::Tree::copy(root, &root.join(FOLDER))?;
    let built = tree.build(&mutants)?;
    play::check_engine(&tree)?;
    let results = play::all(&tree, &mutants, &built);
    table::write(root, &results)
}
