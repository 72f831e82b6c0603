use super::cast::KnownNames;
use super::report::Report;
use super::requirements::Requirements;
use crate::scenario::Scenario;
use crate::scenario::load::Catalog;

/// Checks a scenario from the beginning to the end, so that each step sees the devices of its time.
///
/// Each part of a scenario has its own file in this module with the methods that check it.
pub(super) struct Checker<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) requirements: Requirements<'a>,
    /// The accounts, devices and keys at this point.
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
