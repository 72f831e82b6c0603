//! What a campaign of `atm fuzz` ends with, in one part or merged.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use atm_reports::campaign::write_fuzz_report;
use atm_reports::mistakes::complain;
use atm_suite::fuzz::FuzzReport;

use crate::exit::Exit;

/// Where what was found is written.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    /// The folder for scenarios.
    pub(super) folder: Option<&'a Path>,
    /// The file for the report.
    pub(super) report: Option<&'a Path>,
}

impl Files<'_> {
    /// Whether they can be written, as far as that can be said before. What is there stays as it is.
    pub(super) fn are_writable(self) -> bool {
        told(self.folder.map(|path| (path, folder_can_be_made(path))))
            & told(self.report.map(|path| (path, can_be_written(path))))
    }

    /// Tells what was found, and writes it: one thing even if another cannot be written.
    pub(super) fn tell(self, report: &FuzzReport) -> io::Result<Exit> {
        let printed = print(report, self.folder);
        let written = told(self.folder.map(|path| (path, write_counterexamples(path, report))))
            & told(self.report.map(|path| (path, write_report(path, report))));
        if !written {
            return Ok(Exit::SetUp);
        }
        printed.map(|()| report.conclusion().into())
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

fn can_be_written(path: &Path) -> io::Result<()> {
    match path.metadata() {
        // To open a pipe would mean something to its reader.
        Ok(there) if !there.is_file() && !there.is_dir() => Ok(()),
        Ok(_) => File::options().append(true).open(path).map(|_| ()),
        Err(_) => File::create_new(path).and_then(|_| std::fs::remove_file(path)),
    }
}

fn print(report: &FuzzReport, folder: Option<&Path>) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    write_fuzz_report(&mut out, report, folder)?;
    out.flush()
}

/// Writes the scenarios that were found into a folder, which is made if there are any.
fn write_counterexamples(folder: &Path, report: &FuzzReport) -> io::Result<()> {
    if report.counterexamples.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    report
        .counterexamples
        .iter()
        .try_for_each(|found| std::fs::write(folder.join(found.file_name()), found.file()))
}

fn write_report(path: &Path, report: &FuzzReport) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    report.write(&mut out)?;
    out.flush()
}
