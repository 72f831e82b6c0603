//! Files are replaced as a whole, or stay as they were.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

/// How many symbolic links are followed, one after the other.
const MAX_LINKS: usize = 40;

/// Where the open files of a process have names: a link there stands for what is open, not for a path.
const OPEN_FILES: [&str; 2] = ["/proc", "/dev/fd"];

/// The unfinished file that is being written, if any.
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

/// Writes a file. A regular file is written beside, and then takes the place of the old one with its owner and
/// permissions; a symbolic link to it stays. A pipe or a device is written directly.
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
            // Some file systems tell only at the end that there is no room.
            file.write_all(content).and_then(|()| file.sync_all())?;
            new.persist(&path).map_err(|error| error.error)?;
            *unfinished() = None;
            Ok(())
        }
    }
}

/// Whether a file can be written, as far as that can be said before. It stays as it is.
pub(crate) fn can_be_written(path: &Path) -> io::Result<()> {
    match Target::of(path)? {
        // To open a pipe would mean something to its reader.
        Target::StandardOutput | Target::Direct(_) => Ok(()),
        Target::Regular { path, old } => {
            beside(&path, old.as_ref())?;
            *unfinished() = None;
            Ok(())
        }
    }
}

/// What a path leads to.
enum Target {
    StandardOutput,
    /// A pipe, a device, or an open file.
    Direct(PathBuf),
    /// A regular file, or none yet.
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
                // Who may not write it may not replace it, either.
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

/// Whether what is open under this name, in a folder of open files, was opened to be read only. A pipe could be opened
/// once more to be written, but nobody would ever read what is written: writing would not end.
fn is_for_reading(path: &Path, folder: &Path) -> bool {
    /// The bits that say for what a file is open. Where none is set, it is for reading.
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

/// An empty file in the same folder, which is removed unless it takes its place.
fn beside(path: &Path, old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let mut builder = Builder::new();
    // A name as long as names may be leaves no room for more.
    builder.prefix(".atm-");
    #[cfg(unix)]
    if old.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // What programs ask for; the user's mask takes away what nobody else is to have.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let new = {
        let mut unfinished = unfinished();
        // The error of the crate names the file beside, of which nobody knows.
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

/// Gives a file the owner of the old one, if this user can do that.
#[cfg(unix)]
fn take_over_owner(new: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(new, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn take_over_owner(_: &File, _: &Metadata) {}
