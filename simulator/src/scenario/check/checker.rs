use super::cast::KnownNames;
use super::report::Report;
use super::requirements::Requirements;
use crate::scenario::Scenario;
use crate::scenario::load::Catalog;

/// Reads a scenario from its beginning to its end, so that each step sees the devices that are there at its time.
///
/// Each part of a scenario has a file here with the methods that check it.
pub(super) struct Checker<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) requirements: Requirements<'a>,
    /// Who and what there is at this moment.
    pub(super) cast: KnownNames<'a>,
    pub(super) report: Report<'a>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(scenario: &'a Scenario, catalog: &'a Catalog, report: Report<'a>) -> Self {
        Self {
            scenario,
            requirements: Requirements::new(&scenario.requirements, catalog),
            cast: KnownNames::new(&scenario.keys),
            report,
        }
    }
}
