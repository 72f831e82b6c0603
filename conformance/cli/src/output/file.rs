//! Atomic writing: a file is replaced as a whole, or stays unchanged.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

/// The most symbolic links that are followed in a row.
const MAX_LINKS: usize = 40;

/// The folders with the open files of a process. A link there stands for an open file, not for a path.
const OPEN_FILES: [&str; 2] = ["/proc", "/dev/fd"];

/// The path of the unfinished file, if one is being written.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the unfinished file before the process ends. From then on, writing a file blocks.
pub(crate) fn remove_unfinished() {
    let unfinished = unfinished();
    if let Some(path) = &*unfinished {
        let _ = fs::remove_file(path);
    }
    std::mem::forget(unfinished);
}

/// Writes a file. A regular file is written under another name, and then replaces the old one. It keeps the owner and
/// the permissions, and a symbolic link to it stays. A pipe or a device is written directly.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    match Target::of(path)? {
        Target::StandardOutput => {
            let mut out = io::stdout().lock();
            out.write_all(content)?;
            out.flush()
        }
        Target::Direct(path) => File::options().append(true).open(path)?.write_all(content),
        Target::Regular { path, old } => {
            let mut new = beside(&path, old.as_ref())?;
            let file = new.as_file_mut();
            // Some file systems report a full disk only at the end.
            file.write_all(content).and_then(|()| file.sync_all())?;
            new.persist(&path).map_err(|error| error.error)?;
            *unfinished() = None;
            Ok(())
        }
    }
}

/// Checks whether a file can be written, as far as that is known in advance. The file stays unchanged.
pub(crate) fn can_be_written(path: &Path) -> io::Result<()> {
    match Target::of(path)? {
        // Opening a pipe would have an effect on its reader.
        Target::StandardOutput | Target::Direct(_) => Ok(()),
        Target::Regular { path, old } => {
            beside(&path, old.as_ref())?;
            *unfinished() = None;
            Ok(())
        }
    }
}

/// The target of a path.
enum Target {
    StandardOutput,
    /// A pipe, a device, or an open file.
    Direct(PathBuf),
    /// A regular file, or a file that does not exist yet.
    Regular {
        path: PathBuf,
        old: Option<Metadata>,
    },
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            let Ok(next) = fs::read_link(&path) else { return Self::of_no_link(path) };
            let folder = folder(&path);
            let real = folder.canonicalize()?;
            if OPEN_FILES.iter().any(|files| real.starts_with(files)) {
                if is_for_reading(&path, &real) {
                    return Err(io::Error::new(ErrorKind::PermissionDenied, "it is open for reading only"));
                }
                let is_standard_output = path.file_name().is_some_and(|name| name == "1");
                return Ok(if is_standard_output { Self::StandardOutput } else { Self::Direct(path) });
            }
            path = folder.join(next);
        }
        Err(io::Error::other("more symbolic links than are followed"))
    }

    fn of_no_link(path: PathBuf) -> io::Result<Self> {
        match fs::metadata(&path) {
            Ok(old) if old.is_file() => {
                // A user who may not write the file may not replace it either.
                File::options().append(true).open(&path)?;
                Ok(Self::Regular { path, old: Some(old) })
            }
            Ok(old) if old.is_dir() => Err(ErrorKind::IsADirectory.into()),
            Ok(_) => Ok(Self::Direct(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::Regular { path, old: None }),
            Err(error) => Err(error),
        }
    }
}

/// Whether the open file of this name, in a folder of open files, was opened for reading only. A pipe could be opened
/// again for writing, but nobody would read it, and writing would block.
fn is_for_reading(path: &Path, folder: &Path) -> bool {
    /// The bits of the access mode. Zero means reading.
    const ACCESS: u32 = 0o3;
    let (Some(name), Some(process)) = (path.file_name(), folder.parent()) else { return false };
    let info = fs::read_to_string(process.join("fdinfo").join(name)).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & ACCESS == 0)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An empty file in the same folder. It is removed unless it replaces the old file.
fn beside(path: &Path, old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let mut builder = Builder::new();
    // The prefix is short and fixed: the old name may already have the greatest length.
    builder.prefix(".atm-");
    #[cfg(unix)]
    if old.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // The usual mode of new files, which the user's mask restricts.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let new = {
        let mut unfinished = unfinished();
        // The error of the crate names the temporary file, which the user does not know.
        let new = builder.tempfile_in(folder(path)).map_err(|error| io::Error::from(error.kind()))?;
        *unfinished = Some(new.path().to_owned());
        new
    };
    if let Some(old) = old {
        take_over_owner(new.as_file(), old);
        new.as_file().set_permissions(old.permissions())?;
    }
    Ok(new)
}

/// Gives a file the owner of the old file, if the user may do that.
#[cfg(unix)]
fn take_over_owner(new: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(new, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn take_over_owner(_: &File, _: &Metadata) {}
