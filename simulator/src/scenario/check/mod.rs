//! Checks across a whole scenario: names that are undefined, keys that are repeated.

mod cast;
mod checker;
mod expectations;
mod header;
mod people;
mod population;
mod references;
mod report;
mod requirements;
mod steps;

use super::load::{Catalog, Mistake, Outline, Place, Source};
use super::{Population, Scenario};
use checker::Checker;
use report::Report;
use requirements::Requirements;

/// The mistakes of a scenario that has the right types.
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

/// The mistakes of a population that has the right types.
pub(super) fn mistakes_of_population(
    population: &Population,
    source: &Source,
    outline: &Outline,
    catalog: &Catalog,
) -> Vec<Mistake> {
    let mut report = Report::new(source, outline);
    report.check_title(&population.title);
    Requirements::new(&population.requirements, catalog).check_list(&mut report);
    report.check_population(&population.population);
    report.into_mistakes()
}
