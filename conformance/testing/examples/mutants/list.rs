//! Lists mutants with cargo-mutants.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// A change of a source file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Mutant {
    /// The place and the kind of the change, in one line.
    pub(crate) name: String,
    /// The path of the file, relative to the workspace.
    pub(crate) file: String,
    /// The function with the change.
    pub(crate) function: Option<Function>,
    /// The replaced text.
    pub(crate) span: Span,
    pub(crate) replacement: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Function {
    pub(crate) span: Span,
}

/// A range of a file. The end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Span {
    pub(crate) start: Place,
    pub(crate) end: Place,
}

/// A line and a column, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// The offset in bytes of this place in a text.
    pub(crate) fn offset(self, text: &str) -> usize {
        let before: usize = text.split_inclusive('\n').take(self.line - 1).map(str::len).sum();
        let characters = text[before..].chars().take(self.column - 1);
        before + characters.map(char::len_utf8).sum::<usize>()
    }
}

/// The files that only serve the conflict rule `named`. The suite tests what the specification says, and this rule is a
/// proposal to change it. The scenarios of the library and the table of findings test it.
const PROPOSED: [&str; 2] = ["engine/src/rules/named_distrusts.rs", "engine/src/rules/trusted_again.rs"];

/// Lists the mutants of the engine's rules.
pub(crate) fn mutants(root: &Path) -> Result<Vec<Mutant>, String> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json", "-p", "atm-engine", "-f", "engine/src/rules/*.rs"]);
    command.args(PROPOSED.iter().flat_map(|file| ["-e", file]));
    let output = command.current_dir(root).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`cargo mutants` did not list the mutants; is it installed?\n{why}"));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("the list of mutants: {error}"))
}
