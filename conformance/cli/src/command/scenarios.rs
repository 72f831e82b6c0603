use std::path::{Path, PathBuf};

use atm_reports::mistakes::{self, Complaint};
use atm_simulator::scenario::{Catalog, LoadError, Mistakes, Scenario, ScenarioFile};
use atm_suite::requirements;

use crate::exit::Exit;
use crate::{files, suggest};

/// A scenario file without mistakes.
pub(super) struct Loaded<T> {
    pub(super) path: String,
    pub(super) content: T,
}

/// Whether mistakes are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaints {
    All,
    None,
}

/// Loads scenario files, none of them a population. If any file has mistakes, those of all files are printed.
pub(super) fn load_all(files: &[PathBuf], complaints: Complaints) -> Result<Vec<Loaded<Scenario>>, Exit> {
    load_each(files, complaints, (Scenario::load, Scenario::parse))
}

/// Loads scenario files and populations; otherwise like [`load_all`].
pub(super) fn load_all_files(files: &[PathBuf]) -> Result<Vec<Loaded<ScenarioFile>>, Exit> {
    load_each(files, Complaints::All, (ScenarioFile::load, ScenarioFile::parse))
}

fn load_each<T>(
    files: &[PathBuf],
    complaints: Complaints,
    reading: Reading<T>,
) -> Result<Vec<Loaded<T>>, Exit> {
    let catalog = Catalog::of_requirements(requirements::ids());
    let (mut loaded, mut exit) = (Vec::new(), None);
    for file in files {
        match read(file, &catalog, reading) {
            Ok(content) => loaded.push(Loaded { path: shown(file), content }),
            Err(_) if complaints == Complaints::None => exit = Some(Exit::Usage),
            Err(error) => exit = exit.max(Some(tell(&error))),
        }
    }
    exit.map_or(Ok(loaded), Err)
}

/// Loads a file, or a built-in scenario by its name.
pub(super) fn load(path: &Path) -> Result<Scenario, Exit> {
    let catalog = Catalog::of_requirements(requirements::ids());
    read(path, &catalog, (Scenario::load, Scenario::parse)).map_err(|error| tell(&error))
}

/// The two ways to read a scenario: from a path, and from a name and a text.
type Reading<T> =
    (fn(&Path, &Catalog) -> Result<T, LoadError>, fn(&str, &str, &Catalog) -> Result<T, Mistakes>);

/// Reads a file, or the built-in scenario of this name.
fn read<T>(path: &Path, catalog: &Catalog, (load, parse): Reading<T>) -> Result<T, LoadError> {
    match files::inside(path) {
        Some(file) => Ok(parse(&format!("scenarios/{}", file.path), file.text, catalog)?),
        None => load(path, catalog),
    }
}

fn tell(error: &LoadError) -> Exit {
    match error {
        LoadError::Mistakes(mistakes) => {
            mistakes::print_mistakes(mistakes);
            Exit::Usage
        }
        LoadError::Unreadable { path, .. } => {
            let meant = if path.exists() { None } else { suggest::scenario(path) };
            Complaint::new(error).of("atm").with(meant).tell();
            Exit::SetUp
        }
    }
}

/// A path with `/` on all systems.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
