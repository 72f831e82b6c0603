//! Which scenario files there are.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use atm_reports::mistakes::Complaint;
use atm_suite::library::{self, LibraryFile};

use crate::suggest;

/// Why a path gives no scenario files.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoScenario {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is a folder without scenario files.
    #[error("{}: there is no scenario file (*.yaml) in this folder", .0.display())]
    EmptyFolder(PathBuf),
}

impl NoScenario {
    /// The text that is told.
    pub(crate) fn complaint(&self) -> Complaint {
        let meant = match self {
            Self::Unreadable { path, .. } => suggest::scenario(path),
            Self::EmptyFolder(_) => None,
        };
        Complaint::new(self).with(meant)
    }
}

/// The scenario of this project with this name, if there is no such file.
pub(crate) fn inside(path: &Path) -> Option<LibraryFile> {
    if path.exists() { None } else { library::find(path.to_str()?) }
}

/// The names of this project's scenarios in this folder of theirs, if there is no such path.
fn inside_folder(path: &Path) -> Vec<PathBuf> {
    let is_in = |id: &str| Path::new(id).parent() == Some(path);
    let files = if path.exists() { Vec::new() } else { library::files() };
    files.iter().filter(|file| is_in(file.id())).map(|file| PathBuf::from(file.id())).collect()
}

/// The files that `paths` stand for, in their order; those of a folder sorted by name. Each file is there once,
/// however many ways lead to it.
pub(crate) fn scenario_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, NoScenario> {
    let (mut files, mut taken) = (Vec::new(), BTreeSet::new());
    for path in paths {
        let mut found = Found::default();
        found.collect(path)?;
        if found.files.is_empty() {
            return Err(NoScenario::EmptyFolder(path.clone()));
        }
        files.extend(found.files.into_iter().filter(|(_, real)| taken.insert(real.clone())));
    }
    Ok(files.into_iter().map(|(file, _)| file).collect())
}

#[derive(Default)]
struct Found {
    /// Each with the path that has no links in it.
    files: Vec<(PathBuf, PathBuf)>,
    /// Links can lead in circles, so each folder is entered once.
    folders: BTreeSet<PathBuf>,
}

impl Found {
    fn collect(&mut self, path: &Path) -> Result<(), NoScenario> {
        if inside(path).is_some() {
            self.files.push((path.to_owned(), path.to_owned()));
            return Ok(());
        }
        let inside = inside_folder(path);
        if !inside.is_empty() {
            self.files.extend(inside.into_iter().map(|file| (file.clone(), file)));
            return Ok(());
        }
        let unreadable = |error| NoScenario::Unreadable { path: path.to_owned(), error };
        let there = path.metadata().map_err(unreadable)?;
        if !there.is_file() && !there.is_dir() {
            // A pipe has no path of its own, and somebody named it.
            self.files.push((path.to_owned(), path.to_owned()));
            return Ok(());
        }
        let real = path.canonicalize().map_err(unreadable)?;
        if there.is_file() {
            self.files.push((path.to_owned(), real));
            return Ok(());
        }
        if !self.folders.insert(real) {
            return Ok(());
        }
        let entries: Result<Vec<_>, _> = std::fs::read_dir(path).map_err(unreadable)?.collect();
        let mut entries: Vec<PathBuf> =
            entries.map_err(unreadable)?.into_iter().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries.iter().filter(|entry| !is_hidden(entry)) {
            if entry.is_dir() || is_yaml(entry) && !is_special(entry) {
                self.collect(entry)?;
            }
        }
        Ok(())
    }
}

/// What editors and version control keep beside the files.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// A pipe, a socket or a device. In a folder nobody named it, and reading it may never end.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|there| !there.is_file() && !there.is_dir())
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
