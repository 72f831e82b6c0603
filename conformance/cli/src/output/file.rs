//! The files that commands write.

use std::fs::File;
use std::io;
use std::path::Path;

/// Writes a file.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    std::fs::write(path, content)
}

/// Whether a file can be written, as far as that can be said before. It stays as it is.
pub(crate) fn can_be_written(path: &Path) -> io::Result<()> {
    match path.metadata() {
        // To open a pipe would mean something to its reader.
        Ok(there) if !there.is_file() && !there.is_dir() => Ok(()),
        Ok(_) => File::options().append(true).open(path).map(|_| ()),
        Err(_) => File::create_new(path).and_then(|_| std::fs::remove_file(path)),
    }
}
