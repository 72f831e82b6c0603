use std::path::Path;

use atm_reports::mistakes::complain;
use atm_suite::fuzz::{BadReport, FuzzReport, RequiredParts};

use super::campaign::Files;
use crate::arguments;
use crate::exit::Exit;
use crate::input;

/// Merges the reports of the parts of a campaign.
pub(super) fn merge(cli: &arguments::ReportMergeArgs) -> Exit {
    let mut parts = Vec::new();
    for path in &cli.files {
        match read_campaign(path) {
            Ok(part) => parts.push(part),
            Err(error) => {
                complain(format_args!("atm: {}: {error}", path.display()));
                return Exit::SetUp;
            }
        }
    }
    let merged = match FuzzReport::merge(parts) {
        Ok(merged) => merged,
        Err(error) => {
            complain(format_args!("atm: {error}"));
            return Exit::Usage;
        }
    };
    let required = if cli.partial { RequiredParts::Any } else { RequiredParts::All };
    Files { folder: cli.output.as_deref(), report: cli.report.as_deref(), required }.tell(&merged)
}

/// Reads the report of a campaign.
///
/// # Errors
///
/// If the file cannot be read, or is not the report of a campaign.
pub(super) fn read_campaign(path: &Path) -> Result<FuzzReport, BadReport> {
    FuzzReport::read(&input::read(path, input::CAMPAIGN)?)
}
