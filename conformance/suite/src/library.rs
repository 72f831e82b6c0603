//! The scenarios of this project. They are part of the binary, so that an installed command needs no checkout.

use atm_simulator::scenario::{Catalog, Mistakes, Scenario};
use include_dir::{Dir, include_dir};

use crate::requirements;

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A scenario file of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LibraryFile {
    /// The path below `scenarios/`, with `/` as the separator: `attacks/cache-poisoning.yaml`.
    pub path: &'static str,
    /// The content.
    pub text: &'static str,
}

impl LibraryFile {
    /// The path without its extension, which is the id of the scenario: `attacks/cache-poisoning`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.path.strip_suffix(".yaml").unwrap_or(self.path)
    }

    /// Parses the scenario.
    ///
    /// # Errors
    ///
    /// Returns an error if the file has a mistake. A test of this crate rules that out.
    pub fn load(&self) -> Result<Scenario, Mistakes> {
        let path = format!("scenarios/{}", self.path);
        Scenario::parse(&path, self.text, &Catalog::of_requirements(requirements::ids()))
    }
}

/// Returns the scenario file with this [id](LibraryFile::id).
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
