use std::io::{self, Write};
use std::path::Path;

use super::fuzz::{conclusion, write_counterexamples, write_report};
use crate::cli;
use crate::exit::Exit;
use crate::fuzz::{BadReport, FuzzReport, write_fuzz_report};
use crate::report::complain;

/// Puts the reports of the parts of a campaign together.
pub(super) fn merge(cli: &cli::ReportMerge) -> io::Result<Exit> {
    let mut parts = Vec::new();
    for path in &cli.files {
        match read_campaign(path) {
            Ok(part) => parts.push(part),
            Err(error) => {
                complain(format_args!("atm: {}: {error}", path.display()));
                return Ok(Exit::SetUp);
            }
        }
    }
    let merged = match FuzzReport::merge(parts) {
        Ok(merged) => merged,
        Err(error) => {
            complain(format_args!("atm: {error}"));
            return Ok(Exit::Usage);
        }
    };
    if let Err((path, error)) = write_files(cli, &merged) {
        complain(format_args!("atm: {}: {error}", path.display()));
        return Ok(Exit::SetUp);
    }
    let mut out = anstream::stdout().lock();
    write_fuzz_report(&mut out, &merged, cli.output.as_deref())?;
    out.flush()?;
    Ok(conclusion(&merged))
}

/// Reads what a campaign found out.
///
/// # Errors
///
/// If the file cannot be read, or is something else.
pub(super) fn read_campaign(path: &Path) -> Result<FuzzReport, BadReport> {
    FuzzReport::read(&std::fs::read(path)?)
}

/// # Errors
///
/// If something cannot be written: the file, and why.
fn write_files<'a>(cli: &'a cli::ReportMerge, merged: &FuzzReport) -> Result<(), (&'a Path, io::Error)> {
    if let Some(folder) = &cli.output {
        write_counterexamples(folder, merged)?;
    }
    match &cli.report {
        Some(path) => write_report(path, merged),
        None => Ok(()),
    }
}
