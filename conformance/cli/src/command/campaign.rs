//! The end of a campaign of `atm fuzz`, run in one part or merged.

use std::io;
use std::path::Path;

use atm_reports::campaign::write_fuzz_report;
use atm_reports::mistakes::complain;
use atm_suite::fuzz::{FuzzReport, RequiredParts};

use crate::exit::Exit;
use crate::output::{Output, can_be_written};

/// The files that a campaign writes, and the parts that a pass needs.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    /// The folder for the counterexamples.
    pub(super) folder: Option<&'a Path>,
    /// The file for the report.
    pub(super) report: Option<&'a Path>,
    /// The parts that have to be present.
    pub(super) required: RequiredParts,
}

impl Files<'_> {
    /// Whether the folder and the file can be written, as far as that is known in advance. Existing files stay
    /// unchanged.
    pub(super) fn are_writable(self) -> bool {
        told(self.folder.map(|path| (path, folder_can_be_made(path))))
            & told(self.report.map(|path| (path, can_be_written(path))))
    }

    /// Prints and writes the result. If one file cannot be written, the other is still written.
    pub(super) fn tell(self, report: &FuzzReport) -> Exit {
        let mut output = Output::default();
        output.print(|out| write_fuzz_report(out, report, self.required, self.folder));
        if let Some(folder) = self.folder {
            write_counterexamples(&mut output, folder, report);
        }
        if let Some(path) = self.report {
            output.file(path, |out| report.write(out));
        }
        output.exit(report.conclusion(self.required).into())
    }
}

/// Prints the error of a path, if there is one. Returns whether there is none.
fn told(done: Option<(&Path, io::Result<()>)>) -> bool {
    let Some((path, Err(error))) = done else { return true };
    complain(format_args!("atm: {}: {error}", path.display()));
    false
}

/// Checks that the nearest existing ancestor of the folder is a folder.
fn folder_can_be_made(folder: &Path) -> io::Result<()> {
    match folder.ancestors().find(|path| path.exists()) {
        Some(there) if !there.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
        _ => Ok(()),
    }
}

/// Writes the counterexamples into a folder. The folder is created if there are any.
fn write_counterexamples(output: &mut Output, folder: &Path, report: &FuzzReport) {
    if report.counterexamples.is_empty()
        || !output.succeeded(folder.display(), std::fs::create_dir_all(folder))
    {
        return;
    }
    for found in &report.counterexamples {
        output.text(&folder.join(found.file_name()), &found.file());
    }
}
