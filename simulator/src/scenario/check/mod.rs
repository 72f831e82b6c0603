//! What only the whole of a scenario shows: names of things that are not there, keys that stand twice.

mod cast;
mod expectations;
mod header;
mod people;
mod references;
mod report;
mod requirements;
mod steps;

use super::Scenario;
use super::load::{Catalog, Mistake, Outline, Place, Source};
use report::Report;
use requirements::Requirements;

/// The mistakes of a scenario whose form is right.
pub(super) fn mistakes(
    scenario: &Scenario,
    source: &Source,
    outline: &Outline,
    catalog: &Catalog,
) -> Vec<Mistake> {
    let mut report = Report::new(source, outline);
    let requirements = Requirements::new(&scenario.requirements, catalog);
    header::check(scenario, &requirements, &mut report);
    let mut cast = people::check(scenario, &mut report);
    steps::check(scenario, &requirements, &mut cast, &mut report);
    expectations::check(&scenario.expect, &Place::top().key("expect"), &requirements, &cast, &mut report);
    report.into_mistakes()
}
