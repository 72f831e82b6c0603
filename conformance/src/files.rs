//! Which scenario files there are.

use std::io;
use std::path::{Path, PathBuf};

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

/// The files that `paths` stand for, in their order; those of a folder sorted by name.
pub(crate) fn scenario_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, NoScenario> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        collect(path, &mut files)?;
        if files.len() == before {
            return Err(NoScenario::EmptyFolder(path.clone()));
        }
    }
    Ok(files)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), NoScenario> {
    let unreadable = |error| NoScenario::Unreadable { path: path.to_owned(), error };
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries: Result<Vec<_>, _> = std::fs::read_dir(path).map_err(unreadable)?.collect();
    let mut entries: Vec<PathBuf> =
        entries.map_err(unreadable)?.into_iter().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let is_yaml = entry.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if entry.is_dir() || is_yaml {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
