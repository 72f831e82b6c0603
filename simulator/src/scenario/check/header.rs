use super::report::Report;
use super::requirements::Requirements;
use crate::scenario::Scenario;
use crate::scenario::load::Place;

/// Checks what stands before the accounts.
pub(super) fn check(scenario: &Scenario, requirements: &Requirements<'_>, report: &mut Report<'_>) {
    if scenario.title.trim().is_empty() {
        report.value(&Place::top().key("title"), "the title is empty", None);
    }
    requirements.check_list(report);
}
