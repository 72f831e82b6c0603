use std::collections::BTreeSet;

use super::report::Report;
use crate::scenario::load::{Place, did_you_mean};
use crate::scenario::{Catalog, Scenario};

/// Checks what stands before the accounts.
pub(super) fn check(scenario: &Scenario, catalog: &Catalog, report: &mut Report<'_>) {
    let top = Place::top();
    if scenario.title.trim().is_empty() {
        report.value(&top.key("title"), "the title is empty", None);
    }
    let place = top.key("requirements");
    if scenario.requirements.is_empty() {
        let help = "name the requirements that the scenario tests";
        report.value(&place, "the list of requirements is empty", Some(help.to_owned()));
    }
    let mut seen = BTreeSet::new();
    for (position, id) in scenario.requirements.iter().enumerate() {
        let place = place.item(position);
        if !seen.insert(id) {
            report.value(&place, format!("`{id}` stands twice in the list of requirements"), None);
        }
        if let Some(known) = catalog.requirements()
            && !known.contains(id.as_str())
            && !report.is_full()
        {
            let help = did_you_mean(id.as_str(), known.iter().map(String::as_str));
            report.value(&place, format!("there is no requirement `{id}`"), help);
        }
    }
}
