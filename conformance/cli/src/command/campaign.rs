//! What a campaign of `atm fuzz` ends with, in one part or merged.

use std::io;
use std::path::Path;

use atm_reports::campaign::write_fuzz_report;
use atm_reports::mistakes::complain;
use atm_suite::fuzz::{FuzzReport, RequiredParts};

use crate::exit::Exit;
use crate::output::{Output, can_be_written};

/// Where what was found is written, and what is needed for a pass.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    /// The folder for scenarios.
    pub(super) folder: Option<&'a Path>,
    /// The file for the report.
    pub(super) report: Option<&'a Path>,
    /// The parts that have to be there.
    pub(super) required: RequiredParts,
}

impl Files<'_> {
    /// Whether they can be written, as far as that can be said before. What is there stays as it is.
    pub(super) fn are_writable(self) -> bool {
        told(self.folder.map(|path| (path, folder_can_be_made(path))))
            & told(self.report.map(|path| (path, can_be_written(path))))
    }

    /// Tells what was found, and writes it: one thing even if another cannot be written.
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

/// Complains of what went wrong with a path, and says whether nothing did.
fn told(done: Option<(&Path, io::Result<()>)>) -> bool {
    let Some((path, Err(error))) = done else { return true };
    complain(format_args!("atm: {}: {error}", path.display()));
    false
}

/// Whether there is room for a folder: below what is there is nothing but folders.
fn folder_can_be_made(folder: &Path) -> io::Result<()> {
    match folder.ancestors().find(|path| path.exists()) {
        Some(there) if !there.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
        _ => Ok(()),
    }
}

/// Writes the scenarios that were found into a folder, which is made if there are any.
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
