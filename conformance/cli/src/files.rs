//! The scenario files that paths stand for.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use atm_reports::mistakes::Complaint;
use atm_suite::library::{self, LibraryFile};

use crate::suggest;

/// The reason why a path gives no scenario files.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoScenario {
    /// The path cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The path is a folder without scenario files.
    #[error("{}: there is no scenario file (*.yaml) in this folder", .0.display())]
    EmptyFolder(PathBuf),
}

impl NoScenario {
    /// The error as a complaint, with a suggestion.
    pub(crate) fn complaint(&self) -> Complaint {
        let meant = match self {
            Self::Unreadable { path, .. } => suggest::scenario(path),
            Self::EmptyFolder(_) => None,
        };
        Complaint::new(self).with(meant)
    }
}

/// The built-in scenario of this name, if no such file exists.
pub(crate) fn inside(path: &Path) -> Option<LibraryFile> {
    if path.exists() { None } else { library::find(path.to_str()?) }
}

/// The names of the built-in scenarios in this folder, if no such path exists.
fn inside_folder(path: &Path) -> Vec<PathBuf> {
    let is_in = |id: &str| Path::new(id).parent() == Some(path);
    let files = if path.exists() { Vec::new() } else { library::files() };
    files.iter().filter(|file| is_in(file.id())).map(|file| PathBuf::from(file.id())).collect()
}

/// The files that `paths` stand for, in the order of the paths. The files of a folder are sorted by name. A file that
/// several paths lead to occurs once.
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
    /// Each file with its canonical path.
    files: Vec<(PathBuf, PathBuf)>,
    /// The visited folders. Links can form circles, so each folder is entered once.
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
            // A pipe has no canonical path. It is read, since the user named it.
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

/// Whether a file is hidden, such as those of editors and version control.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether a path is a pipe, a socket or a device. Those found in a folder are skipped, since reading them may never
/// end.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|there| !there.is_file() && !there.is_dir())
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
