//! The mismatches of a run, with their positions in the trace.

use atm_engine::KeyId;
use atm_simulator::cast::DeviceId;
use atm_simulator::checks::{Check, Conduct, Contradiction};
use atm_simulator::endpoint::Failure;
use atm_simulator::invariants::Violation;
use atm_simulator::run::Run;
use atm_simulator::scenario::Scenario;
use atm_simulator::trace::Event;
use atm_suite::step_number;

/// A false expectation or a broken invariant, as far as one device is concerned.
#[derive(Clone, Debug)]
pub(super) struct Mismatch {
    /// The number of records of the trace before it.
    pub(super) after: usize,
    /// The expectation or invariant, with its source.
    pub(super) demand: String,
    /// The contradicting observation.
    pub(super) observed: String,
    /// The device at fault; `None` if the mismatch concerns the whole run.
    pub(super) device: Option<DeviceId>,
    /// The keys that are concerned.
    pub(super) keys: Vec<KeyId>,
    /// The device that did not send an expected message, and its receiver.
    pub(super) missing_message: Option<(DeviceId, DeviceId)>,
}

impl Mismatch {
    /// All mismatches of a run, in the order of the trace.
    pub(super) fn all(scenario: &Scenario, run: &Run) -> Vec<Self> {
        let failed = run.checks.iter().filter(|check| check.failed());
        let contradictions =
            failed.flat_map(|check| check.observed.iter().map(move |otherwise| (check, otherwise)));
        let mut all: Vec<Self> = contradictions
            .map(|(check, otherwise)| Self::of_check(check, otherwise, scenario, run))
            .collect();
        all.extend(run.violations.iter().map(|violation| Self::of_violation(violation, run)));
        let kept = run.unbroken().map(|invariant| {
            let demand = format!("promise {invariant} is broken, as the scenario says");
            Self::of_run(demand, "it is kept".to_owned(), run)
        });
        all.extend(kept);
        let broken_off =
            |failure: &Failure| Self::of_run("the run reaches its end".to_owned(), failure.to_string(), run);
        all.extend(run.failure.iter().map(broken_off));
        all.sort_by_key(|mismatch| mismatch.after);
        all
    }

    fn of_check(check: &Check, otherwise: &Contradiction, scenario: &Scenario, run: &Run) -> Self {
        let when = match check.step.map(|step| step_number(scenario, step)) {
            None => "at the end".to_owned(),
            Some(0) => "before step 1".to_owned(),
            Some(number) => format!("after step {number}"),
        };
        let by = match &check.requirement {
            Some(id) => format!("required by {}", id.as_str()),
            None => check.class.name().to_owned(),
        };
        let keys = match &otherwise.conduct {
            Some((_, Conduct::Level(key, _) | Conduct::Unauthenticated(key, _))) => vec![*key],
            Some((_, Conduct::Encryption(keys))) => keys.clone(),
            Some((_, Conduct::Telling | Conduct::Reception)) | None => Vec::new(),
        };
        Self {
            after: records_before(check.step, run),
            demand: format!("{by}, {when}: {}", check.expected),
            observed: otherwise.text.clone(),
            device: otherwise.conduct.as_ref().map(|(device, _)| *device),
            keys,
            missing_message: check.told(),
        }
    }

    fn of_violation(violation: &Violation, run: &Run) -> Self {
        let known = if run.breaks.contains(&violation.invariant) { " (as the scenario says)" } else { "" };
        let records = &run.trace.records()[..records_before(violation.step, run)];
        let until = records.iter().rposition(|record| record.at <= violation.at);
        Self {
            after: until.map_or(records.len(), |last| last + 1),
            demand: format!("promise {} has to hold", violation.invariant),
            observed: format!("{} {}{known}", run.cast.device_name(violation.device), violation.what),
            device: Some(violation.device),
            keys: vec![violation.key],
            missing_message: None,
        }
    }

    /// A mismatch at the end of the run that concerns no single device.
    fn of_run(demand: String, observed: String, run: &Run) -> Self {
        let after = run.trace.records().len();
        Self { after, demand, observed, device: None, keys: Vec::new(), missing_message: None }
    }

    /// The demand and the observation, in one line.
    pub(super) fn text(&self) -> String {
        format!("\u{2717} {}, but {}", self.demand, self.observed)
    }
}

/// The number of records before the step after this one, given by its position; all records if there is none.
fn records_before(step: Option<usize>, run: &Run) -> usize {
    let records = run.trace.records();
    let next = step.and_then(|step| {
        records.iter().position(|record| matches!(record.event, Event::Step { step: next } if next > step))
    });
    next.unwrap_or(records.len())
}
