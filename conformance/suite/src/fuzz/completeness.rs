//! Whether all parts of a split campaign are present.

use std::collections::BTreeMap;

use super::fuzz_finding::FuzzFinding;
use super::report::FuzzReport;
use super::seeds::Partition;
use crate::run_file::Conclusion;

/// The parts of a campaign that must be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredParts {
    /// All parts. Nothing is known about the seeds of a missing part.
    All,
    /// Only the parts that are present.
    Any,
}

/// The largest number of parts for which missing ones are listed.
const MAX_PARTS: u64 = 10_000;

impl FuzzReport {
    /// The missing parts, in the form of `--partition`. `None` if no part is missing. If the parts are too small to be
    /// listed, the list is incomplete or empty.
    #[must_use]
    pub fn missing_parts(&self) -> Option<Vec<String>> {
        let mut campaigns: BTreeMap<u64, Vec<Partition>> = BTreeMap::new();
        for tried in &self.tried {
            let parts = tried.parts.iter().filter_map(|part| part.parse::<Partition>().ok());
            campaigns.entry(tried.first).or_default().extend(parts);
        }
        let (mut missing, mut is_complete) = (Vec::new(), true);
        for parts in campaigns.values() {
            match Partition::missing_beside(parts, MAX_PARTS) {
                Some(others) => missing.extend(others.iter().map(ToString::to_string)),
                None => is_complete = false,
            }
        }
        (!is_complete || !missing.is_empty()).then_some(missing)
    }

    /// The conclusion of the campaign.
    #[must_use]
    pub fn conclusion(&self, required: RequiredParts) -> Conclusion {
        let is_incomplete = || required == RequiredParts::All && self.missing_parts().is_some();
        if self.counterexamples.iter().any(FuzzFinding::is_failure) {
            Conclusion::NotAsExpected
        } else if self.played() == 0
            || self.unrepeated().any(|(cause, _)| cause.is_failure())
            || is_incomplete()
        {
            Conclusion::Inconclusive
        } else {
            Conclusion::AsExpected
        }
    }
}
