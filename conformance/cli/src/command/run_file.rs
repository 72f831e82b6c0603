use std::path::Path;

use atm_reports::mistakes::Complaint;
use atm_suite::run_file::{RunFile, RunFileError};

use crate::exit::Exit;
use crate::input;

/// Reads a run file, or tells why it cannot be read.
pub(super) fn read_or_tell(path: &Path) -> Result<RunFile, Exit> {
    let read = input::open(path, input::RUN_FILE).map_err(Into::into).and_then(RunFile::read);
    read.map_err(|error| {
        let hint = match error {
            RunFileError::Line { line: 1, .. } => {
                Some("a run file is what `atm conformance --run-file FILE` writes")
            }
            _ => None,
        };
        Complaint::new(format_args!("atm: {}: {error}", path.display())).with(hint).tell();
        Exit::SetUp
    })
}
