use atm_simulator::checks::{Check, Class};
use atm_simulator::invariants::{Invariant, Violation};
use atm_simulator::run::Run;
use atm_simulator::scenario::Scenario;
use atm_suite::step_number;
use serde::Serialize;

use super::played::PlayedScenario;

/// The result of one scenario: an object of `--format json`, and the last line of `--format jsonl`.
#[derive(Debug, Serialize)]
pub struct JsonReport<'a> {
    scenario: &'a str,
    title: &'a str,
    requirements: Vec<&'a str>,
    verdict: &'static str,
    announcement: atm_engine::AnnouncementRule,
    conflict: atm_engine::ConflictRule,
    seed: u64,
    manual: usize,
    automatic: usize,
    authenticated: usize,
    possible: usize,
    missing: Vec<(String, String)>,
    messages: u64,
    expectations: Vec<JsonExpectation<'a>>,
    /// The invariants that the scenario says it breaks.
    breaks: &'a [Invariant],
    violations: Vec<JsonViolation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

#[derive(Debug, Serialize)]
struct JsonExpectation<'a> {
    class: &'static str,
    /// The id of the requirement that demands the expectation; `null` if none does.
    requirement: Option<&'a str>,
    /// The number of the step after which the expectation was checked, 0 before the first; `null` at the end.
    step: Option<usize>,
    expected: &'a str,
    outcome: &'static str,
    observed: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct JsonViolation<'a> {
    invariant: Invariant,
    device: String,
    key: String,
    /// The number of the step of the violation; `null` before the first step and at the end.
    step: Option<usize>,
    what: &'a str,
    /// The decisions that led to the violation, the last one first.
    chain: Vec<String>,
}

/// The outcome of a check. Facts do not fail, since the specifications leave the answer open.
fn outcome(check: &Check) -> &'static str {
    match (check.class, check.passed()) {
        (Class::Required | Class::Reference, true) => "pass",
        (Class::Required | Class::Reference, false) => "fail",
        (Class::Fact, true) => "holds",
        (Class::Fact, false) => "differs",
    }
}

/// The result of one scenario for programs.
#[must_use]
pub fn report<'a>(played: &PlayedScenario<'a>) -> JsonReport<'a> {
    let PlayedScenario { path, scenario, options, run } = *played;
    let missing = run.missing.iter();
    JsonReport {
        scenario: path,
        title: &scenario.title,
        requirements: scenario.requirements.iter().map(|id| id.as_str()).collect(),
        verdict: run.result().name(),
        announcement: options.announcement,
        conflict: options.conflict,
        seed: options.seed,
        manual: run.tally.manual,
        automatic: run.tally.automatic,
        authenticated: run.tally.authenticated(),
        possible: run.tally.possible,
        missing: missing
            .map(|(device, key)| (run.cast.device_name(*device).to_string(), run.cast.key_name(*key)))
            .collect(),
        messages: run.messages,
        expectations: run
            .checks
            .iter()
            .map(|check| JsonExpectation {
                class: check.class.name(),
                requirement: check.requirement.as_ref().map(|id| id.as_str()),
                step: check.step.map(|step| step_number(scenario, step)),
                expected: &check.expected,
                outcome: outcome(check),
                observed: check.observed.iter().map(|observed| observed.text.as_str()).collect(),
            })
            .collect(),
        breaks: &run.breaks,
        violations: run.violations.iter().map(|broken| violation(broken, scenario, run)).collect(),
        failure: run.failure.as_ref().map(ToString::to_string),
    }
}

/// The JSON of a violation.
pub(super) fn violation<'a>(violation: &'a Violation, scenario: &Scenario, run: &Run) -> JsonViolation<'a> {
    JsonViolation {
        invariant: violation.invariant,
        device: run.cast.device_name(violation.device).to_string(),
        key: run.cast.key_name(violation.key),
        step: violation.step.map(|step| step_number(scenario, step)),
        what: &violation.what,
        chain: violation.explain(&run.cast),
    }
}
