//! What only the whole of a scenario shows: names of things that are not there, keys that stand twice.

mod cast;
mod expectations;
mod header;
mod people;
mod references;
mod report;
mod steps;

use super::Scenario;
use super::load::{Catalog, Mistake, Outline, Place, Source};
use report::Report;

/// The mistakes of a scenario whose form is right.
pub(super) fn mistakes(
    scenario: &Scenario,
    source: &Source,
    outline: &Outline,
    catalog: &Catalog,
) -> Vec<Mistake> {
    let mut report = Report::new(source, outline);
    header::check(scenario, catalog, &mut report);
    let mut cast = people::check(scenario, &mut report);
    steps::check(&scenario.steps, &scenario.encryption, &mut cast, &mut report);
    expectations::check(&scenario.expect, &Place::top().key("expect"), &cast, &mut report);
    report.into_mistakes()
}
