//! The names of engine rules and the numbers of steps in all reports.

use atm_simulator::scenario::{Scenario, Step};

/// The name of a rule of the engine, as in files.
#[must_use]
pub fn rule_name(rule: &impl serde::Serialize) -> String {
    match serde_json::to_value(rule) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The number of the step at a position of the list, for all reports. Steps are counted from 1, without `expect`
/// entries. An `expect` entry has the number of the step before it, or 0 if there is none.
///
/// # Panics
///
/// If the scenario has no step at this position.
#[must_use]
pub fn step_number(scenario: &Scenario, position: usize) -> usize {
    scenario.steps[..=position].iter().filter(|step| !matches!(step, Step::Expect(_))).count()
}
