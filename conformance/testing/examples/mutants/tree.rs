//! The copy of the workspace with all mutants.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::list::Mutant;
use crate::switched::{Switched, switched};

/// The code that is added to the engine of the copy: a switch for each thread.
const SWITCH: &str = "
/// Which mutant is on.
pub mod switch {
    use std::cell::Cell;

    thread_local!(static ON: Cell<usize> = const { Cell::new(0) });

    /// Turns a mutant on, and returns the one that was on before.
    pub fn turn_on(mutant: usize) -> usize {
        ON.replace(mutant)
    }

    /// Whether it is on.
    pub fn is_on(mutant: usize) -> bool {
        ON.get() == mutant
    }
}
";

/// The maximum number of rounds. Each removes mutants that do not compile, but errors of some hide those of others.
const ROUNDS: usize = 20;

/// The program that plays a mutant.
const PROGRAM: &str = "play_mutant";

/// The copy of the workspace.
pub(crate) struct Tree {
    folder: PathBuf,
    build: PathBuf,
}

impl Tree {
    /// Copies all files that git tracks. Unchanged files stay as they are, so little is rebuilt.
    pub(crate) fn copy(root: &Path, folder: &Path) -> Result<Self, String> {
        let listed = Command::new("git").args(["ls-files"]).current_dir(root).output();
        let listed = listed.map_err(|error| format!("`git ls-files`: {error}"))?.stdout;
        let tree = Self { folder: folder.join("tree"), build: folder.join("build") };
        for file in String::from_utf8_lossy(&listed).lines() {
            let Ok(content) = std::fs::read(root.join(file)) else { continue };
            tree.write(file, &content)?;
        }
        let played = std::fs::read(root.join("conformance/testing/mutants/play_mutant.rs"));
        let played = played.map_err(|error| error.to_string())?;
        tree.write(&format!("conformance/testing/examples/{PROGRAM}.rs"), &played)?;
        let engine =
            std::fs::read_to_string(root.join("engine/src/lib.rs")).map_err(|error| error.to_string())?;
        tree.write("engine/src/lib.rs", (engine + SWITCH).as_bytes())?;
        Ok(tree)
    }

    fn write(&self, file: &str, content: &[u8]) -> Result<(), String> {
        let path = self.folder.join(file);
        if std::fs::read(&path).is_ok_and(|there| there == content) {
            return Ok(());
        }
        let folder = path.parent().expect("a file is in a folder");
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, content));
        written.map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The path of the program that plays mutants.
    pub(crate) fn program(&self) -> PathBuf {
        self.build.join("release/examples").join(PROGRAM)
    }

    /// Builds the program and returns the numbers of the mutants that compile.
    pub(crate) fn build(&self, mutants: &[Mutant]) -> Result<BTreeSet<usize>, String> {
        let mut left: BTreeSet<usize> = (1..=mutants.len()).collect();
        for _ in 0..ROUNDS {
            let files = self.switch(mutants, &left)?;
            let errors = self.errors(&["check", "-p", "atm-engine"])?;
            if errors.is_empty() {
                self.errors(&["build", "-p", "atm-testing", "--example", PROGRAM])?;
                return Ok(left);
            }
            for (file, line) in &errors {
                let Some(switched) = files.get(file) else {
                    return Err(format!("{file}:{line} does not compile without mutants"));
                };
                for number in at_fault(switched, *line) {
                    left.remove(&number);
                }
            }
        }
        Err("the engine does not compile with any of the mutants that are left".to_owned())
    }

    /// Writes the files with the mutants that are left.
    fn switch(
        &self,
        mutants: &[Mutant],
        left: &BTreeSet<usize>,
    ) -> Result<BTreeMap<String, Switched>, String> {
        let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
        for (number, mutant) in (1..).zip(mutants) {
            let of_file = by_file.entry(&mutant.file).or_default();
            if left.contains(&number) {
                of_file.push((number, mutant));
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = BTreeMap::new();
        for (file, mutants) in by_file {
            let text = std::fs::read_to_string(root.join(file)).map_err(|error| error.to_string())?;
            let switched = switched(&text, &mutants);
            self.write(file, switched.text.as_bytes())?;
            files.insert(file.to_owned(), switched);
        }
        Ok(files)
    }

    /// Runs cargo and returns the files and lines of compiler errors.
    fn errors(&self, arguments: &[&str]) -> Result<Vec<(String, usize)>, String> {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).args(["--release", "--message-format", "json"]);
        cargo.env("CARGO_TARGET_DIR", &self.build).env("RUSTFLAGS", "--cap-lints=allow");
        let output = cargo.current_dir(&self.folder).output().map_err(|error| error.to_string())?;
        let lines = String::from_utf8_lossy(&output.stdout);
        let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let errors =
            messages.map(|mut line| line["message"].take()).filter(|message| message["level"] == "error");
        let spans = errors.flat_map(|message| message["spans"].as_array().cloned().unwrap_or_default());
        let places: Vec<(String, usize)> = spans
            .filter(|span| span["is_primary"] == true)
            .filter_map(|span| {
                let line = usize::try_from(span["line_start"].as_u64()?).ok()?;
                Some((span["file_name"].as_str()?.to_owned(), line))
            })
            .collect();
        match (output.status.success(), places.is_empty()) {
            (false, true) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            _ => Ok(places),
        }
    }
}

/// The mutant whose body contains the line, or otherwise all mutants of the function.
fn at_fault(switched: &Switched, line: usize) -> Vec<usize> {
    let with = |lines: &BTreeMap<usize, std::ops::Range<usize>>| -> Vec<usize> {
        lines.iter().filter(|(_, lines)| lines.contains(&line)).map(|(number, _)| *number).collect()
    };
    let of_body = with(&switched.lines);
    if of_body.is_empty() { with(&switched.functions) } else { of_body }
}
