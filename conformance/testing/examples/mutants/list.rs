//! The mutants that cargo-mutants lists.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// A change of a source file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Mutant {
    /// Where it is and what it changes, in one line.
    pub(crate) name: String,
    /// The file, from the root of the workspace.
    pub(crate) file: String,
    /// The function that it is in.
    pub(crate) function: Option<Function>,
    /// The text that it replaces.
    pub(crate) span: Span,
    pub(crate) replacement: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Function {
    pub(crate) span: Span,
}

/// A part of a file; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Span {
    pub(crate) start: Place,
    pub(crate) end: Place,
}

/// Line and column, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// How many bytes come before it in a text.
    pub(crate) fn offset(self, text: &str) -> usize {
        let before: usize = text.split_inclusive('\n').take(self.line - 1).map(str::len).sum();
        let characters = text[before..].chars().take(self.column - 1);
        before + characters.map(char::len_utf8).sum::<usize>()
    }
}

/// All mutants of the engine's rules.
pub(crate) fn mutants(root: &Path) -> Result<Vec<Mutant>, String> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json", "-p", "atm-engine", "-f", "engine/src/rules/*.rs"]);
    let output = command.current_dir(root).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`cargo mutants` did not list the mutants; is it installed?\n{why}"));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("the list of mutants: {error}"))
}
