use std::path::{Path, PathBuf};

use atm_reports::mistakes::{self, Complaint};
use atm_simulator::scenario::{Catalog, LoadError, Scenario, ScenarioFile};
use atm_suite::{library, requirements};

use crate::exit::Exit;
use crate::suggest;

/// A scenario file that has no mistake.
pub(super) struct Loaded<T> {
    pub(super) path: String,
    pub(super) content: T,
}

/// Whether it is told why files cannot be loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaints {
    All,
    None,
}

/// Loads all files, none of which is a population. If some have mistakes, those of all are told, and nothing is to run.
pub(super) fn load_all(files: &[PathBuf], complaints: Complaints) -> Result<Vec<Loaded<Scenario>>, Exit> {
    load_each(files, complaints, Scenario::load)
}

/// As [`load_all`], and populations may be among them.
pub(super) fn load_all_files(files: &[PathBuf]) -> Result<Vec<Loaded<ScenarioFile>>, Exit> {
    load_each(files, Complaints::All, ScenarioFile::load)
}

fn load_each<T>(
    files: &[PathBuf],
    complaints: Complaints,
    load: impl Fn(&Path, &Catalog) -> Result<T, LoadError>,
) -> Result<Vec<Loaded<T>>, Exit> {
    let catalog = Catalog::of_requirements(requirements::ids());
    let (mut loaded, mut exit) = (Vec::new(), None);
    for file in files {
        match load(file, &catalog) {
            Ok(content) => loaded.push(Loaded { path: shown(file), content }),
            Err(_) if complaints == Complaints::None => exit = Some(Exit::Usage),
            Err(error) => exit = exit.max(Some(tell(&error))),
        }
    }
    exit.map_or(Ok(loaded), Err)
}

/// Loads a file, or one of this project's scenarios by its name.
pub(super) fn load(path: &Path) -> Result<Scenario, Exit> {
    let name = path.to_string_lossy();
    let inside = library::files().into_iter().find(|file| file.id() == name);
    let loaded = match inside {
        Some(file) if !path.exists() => file.load().map_err(LoadError::from),
        _ => Scenario::load(path, &Catalog::of_requirements(requirements::ids())),
    };
    loaded.map_err(|error| tell(&error))
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

/// A path as the user would write it, the same on all systems.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
