//! Measures which mistakes in the engine's rules the suite finds.
//!
//!     cargo install cargo-mutants --locked
//!     cargo run --release -p atm-testing --example mutants
//!
//! cargo-mutants lists the mutants of `engine/src/rules/`. Building each by itself would take hours. So all of them are put
//! into one copy of the workspace, each behind a switch, and played one after the other. The result is written to
//! `conformance/suite/src/requirements/mutants.tsv`. A mutant that survives needs a reason, written there by hand: `lawful: …` names what
//! leaves it open, `missed: …` what the suite lacks. Reasons stay as long as the mutant survives.

mod list;
mod play;
mod switched;
mod table;
mod tree;

use std::path::Path;
use std::process::ExitCode;

/// Where the copy of the workspace and its build go, below the workspace.
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
    let results = play::all(&tree, &mutants, &built);
    table::write(root, &results)
}
