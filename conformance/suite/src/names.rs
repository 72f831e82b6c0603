//! How all reports call the rules of the engine and count the steps of a scenario.

use atm_simulator::scenario::{Scenario, Step};

/// The name of a rule of the engine, as it stands in files.
#[must_use]
pub fn rule_name(rule: &impl serde::Serialize) -> String {
    match serde_json::to_value(rule) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The number of the step at a position of the list, as all reports count: from 1, and without the `expect`
/// entries. An `expect` entry has the number of the step that it follows, 0 if it follows none.
///
/// # Panics
///
/// If the scenario has no step at this position.
#[must_use]
pub fn step_number(scenario: &Scenario, position: usize) -> usize {
    scenario.steps[..=position].iter().filter(|step| !matches!(step, Step::Expect(_))).count()
}
