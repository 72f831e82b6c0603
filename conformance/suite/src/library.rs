//! The scenarios of this project, built into the command, so that an installed one needs no checkout.

use atm_simulator::scenario::{Catalog, Mistakes, Scenario};
use include_dir::{Dir, include_dir};

use crate::requirements;

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../scenarios");

/// A scenario file of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LibraryFile {
    /// Its path below `scenarios/`, with `/` between the parts: `attacks/cache-poisoning.yaml`.
    pub path: &'static str,
    /// What stands in it.
    pub text: &'static str,
}

impl LibraryFile {
    /// The path without its ending, which names the scenario: `attacks/cache-poisoning`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.path.strip_suffix(".yaml").unwrap_or(self.path)
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// If it has a mistake, which a test of this crate rules out.
    pub fn load(&self) -> Result<Scenario, Mistakes> {
        let path = format!("scenarios/{}", self.path);
        Scenario::parse(&path, self.text, &Catalog::of_requirements(requirements::ids()))
    }
}

/// The scenario file with this [id](LibraryFile::id).
#[must_use]
pub fn find(id: &str) -> Option<LibraryFile> {
    let text = SCENARIOS.get_file(format!("{id}.yaml"))?;
    Some(LibraryFile { path: text.path().to_str()?, text: text.contents_utf8()? })
}

/// All scenario files, sorted by path.
#[must_use]
pub fn files() -> Vec<LibraryFile> {
    let mut files = Vec::new();
    collect(&SCENARIOS, &mut files);
    files.sort_unstable();
    files
}

fn collect(folder: &Dir<'static>, files: &mut Vec<LibraryFile>) {
    for file in folder.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8())
            && path.ends_with(".yaml")
        {
            files.push(LibraryFile { path, text });
        }
    }
    for folder in folder.dirs() {
        collect(folder, files);
    }
}
