//! What only the whole of a scenario shows: names of things that are not there, keys that stand twice.

mod cast;
mod checker;
mod expectations;
mod header;
mod people;
mod references;
mod report;
mod requirements;
mod steps;

use super::Scenario;
use super::load::{Catalog, Mistake, Outline, Place, Source};
use checker::Checker;
use report::Report;

/// The mistakes of a scenario whose form is right.
pub(super) fn mistakes(
    scenario: &Scenario,
    source: &Source,
    outline: &Outline,
    catalog: &Catalog,
) -> Vec<Mistake> {
    let mut checker = Checker::new(scenario, catalog, Report::new(source, outline));
    checker.check_header();
    checker.check_people();
    checker.check_steps();
    checker.check_expectations(&scenario.expect, &Place::top().key("expect"));
    checker.report.into_mistakes()
}
