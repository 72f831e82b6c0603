use std::collections::BTreeSet;

use atm_engine::KeyId;
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::checks::{Check, Class, Conduct};
use atm_simulator::invariants::{Invariant, Violation};
use atm_simulator::run::Options;
use atm_simulator::scenario::Scenario;
use atm_suite::logs::{CheckedDevice, End, LoggedDevice};
use atm_suite::monitor::{MonitorFinding, Subject};
use atm_suite::run_file::{CaseLine, HostLine};
use atm_suite::step_number;
use serde::Serialize;

use super::moments::{Moment, Moments, presence_name};
use crate::escape::readable;
use crate::pictures::position::{DevicePresence, columns};
use crate::runs::PlayedScenario;

/// A run as the page shows it. Devices, keys and moments are positions in the lists.
#[derive(Debug, Serialize)]
pub struct RecordedRun {
    scenario: String,
    title: String,
    about: Option<String>,
    result: &'static str,
    options: Vec<(&'static str, String)>,
    devices: Vec<RecordedDevice>,
    keys: Vec<RecordedKey>,
    moments: Vec<Moment>,
    checks: Vec<RecordedCheck>,
    findings: Vec<RecordedFinding>,
    /// Whether the invariants were watched.
    watched: bool,
    violations: Vec<RecordedViolation>,
    /// The error of an endpoint that ended the run early.
    failure: Option<String>,
}

#[derive(Debug, Serialize)]
struct RecordedDevice {
    name: String,
    account: String,
    key: usize,
    /// The presence of the device before the first step.
    presence: &'static str,
    /// The name of the implementation under test, if it hosts the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    tested: Option<String>,
}

#[derive(Debug, Serialize)]
struct RecordedKey {
    name: String,
    account: String,
}

/// An expectation and its outcome.
#[derive(Debug, Serialize)]
struct RecordedCheck {
    class: &'static str,
    requirement: Option<String>,
    /// The moment after which it was checked.
    moment: usize,
    expected: String,
    outcome: CheckOutcome,
    observed: Vec<RecordedContradiction>,
    /// The device that did not send an expected message, and the device that waits for it.
    missing_message: Option<(usize, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum CheckOutcome {
    Holds,
    Fails,
    /// The expectation is a fact, and false.
    Differs,
    /// The expectation is false, and no judgement of the case counts it: it is a consequence of another failure, or about
    /// a device that is not under test.
    Unjudged,
}

/// An observation that contradicts an expectation, with the device and the wrong cells of the matrix.
#[derive(Debug, Serialize)]
struct RecordedContradiction {
    text: String,
    device: Option<usize>,
    cells: Vec<(usize, usize)>,
}

/// A finding of the suite that is not about an expectation of the scenario.
#[derive(Debug, Serialize)]
struct RecordedFinding {
    requirement: String,
    moment: usize,
    expected: String,
    observed: Vec<String>,
    device: Option<usize>,
    cells: Vec<(usize, usize)>,
    /// The pairs of devices between which a message is missing.
    missing_messages: Vec<(usize, usize)>,
}

/// A broken invariant.
#[derive(Debug, Serialize)]
struct RecordedViolation {
    invariant: Invariant,
    moment: usize,
    device: usize,
    key: usize,
    text: String,
    chain: Vec<String>,
    /// Whether the scenario says that it breaks this invariant.
    known: bool,
}

/// The positions of the participants in the lists of the page.
pub(super) struct Positions<'a> {
    pub(super) cast: &'a Cast,
    devices: Vec<DeviceId>,
    keys: Vec<KeyId>,
}

impl<'a> Positions<'a> {
    fn new(cast: &'a Cast) -> Self {
        let devices = columns(cast);
        let mut keys: Vec<KeyId> = Vec::new();
        let of_devices = devices.iter().map(|device| cast.member(*device).key);
        for key in of_devices.chain(cast.keys()) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Self { cast, devices, keys }
    }

    pub(super) fn device(&self, device: DeviceId) -> usize {
        let position = self.devices.iter().position(|other| *other == device);
        position.expect("the cast knows every device")
    }

    /// The position of the device that alone holds a key.
    fn holder(&self, key: KeyId) -> Option<usize> {
        self.devices.iter().position(|device| self.cast.member(*device).key == key)
    }

    /// The position of a key; `None` if the key does not occur in this run.
    pub(super) fn key(&self, key: KeyId) -> Option<usize> {
        self.keys.iter().position(|other| *other == key)
    }
}

impl RecordedRun {
    /// The title of the scenario.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// Records the run of a scenario.
    #[must_use]
    pub fn of(played: &PlayedScenario<'_>) -> Self {
        let PlayedScenario { path, scenario, options, run } = *played;
        let cast = &*run.cast;
        let positions = Positions::new(cast);
        let moments = Moments::of(scenario, run, &positions);
        let checks = run.checks.iter().map(|check| recorded_check(check, &moments, &positions));
        let checks =
            checks.chain(run.unbroken().map(|invariant| kept_promise(invariant, &moments))).collect();
        let violation = |violation| recorded_violation(violation, &run.breaks, &moments, &positions);
        let violations = run.violations.iter().filter_map(violation).collect();
        let account = |key| shown(&cast.account_name(cast.directory().owner(key)));
        Self {
            scenario: shown(path),
            title: shown(&scenario.title),
            about: scenario.about.as_deref().map(shown),
            result: run.result().name(),
            options: vec![
                ("announcement", atm_suite::rule_name(&options.announcement)),
                ("conflict", atm_suite::rule_name(&options.conflict)),
                ("seed", options.seed.to_string()),
            ],
            devices: positions.devices.iter().map(|device| recorded_device(*device, &positions)).collect(),
            keys: positions
                .keys
                .iter()
                .map(|key| RecordedKey { name: shown(&cast.key_name(*key)), account: account(*key) })
                .collect(),
            checks,
            violations,
            findings: Vec::new(),
            watched: true,
            moments: moments.into_inner(),
            failure: run.failure.as_ref().map(|failure| shown(&failure.to_string())),
        }
    }

    /// Records a case of the suite. Only findings about devices under test are failures, and invariants are not
    /// watched.
    pub(crate) fn of_case(
        played: &PlayedScenario<'_>,
        line: &CaseLine,
        monitored: &[MonitorFinding],
    ) -> Self {
        let mut recorded = Self::of(played);
        let positions = Positions::new(&played.run.cast);
        let moments = Moments::of(played.scenario, played.run, &positions);
        recorded.watched = false;
        recorded.checks.truncate(played.run.checks.len());
        for HostLine { device, implementation } in &line.hosts {
            let hosted = recorded.devices.iter_mut().find(|other| other.name == shown(device));
            hosted.into_iter().for_each(|hosted| hosted.tested = Some(shown(implementation)));
        }
        for (check, recorded) in played.run.checks.iter().zip(&mut recorded.checks) {
            if recorded.outcome != CheckOutcome::Holds && !is_judged(check, played.scenario, line) {
                recorded.outcome = CheckOutcome::Unjudged;
            }
        }
        recorded.findings = findings(line, (played, monitored), &moments, &positions);
        recorded
    }

    /// The log of a device, up to the first step that the specifications do not explain.
    #[must_use]
    pub fn of_log(path: &str, device: &LoggedDevice, checked: &CheckedDevice) -> Self {
        let options = Options::default();
        let played =
            PlayedScenario { path, scenario: &device.scenario, options: &options, run: &checked.run };
        let positions = Positions::new(&checked.run.cast);
        let moments = Moments::of(played.scenario, played.run, &positions);
        let mut recorded = Self::of(&played);
        (recorded.watched, recorded.options) = (false, Vec::new());
        recorded.about = device.case.as_deref().map(|case| shown(&format!("Recorded in the case {case}.")));
        for tested in &mut recorded.devices {
            tested.tested = Some(shown(&device.hello.implementation.name));
        }
        recorded.result = match &checked.end {
            End::Whole => "pass",
            End::Unexplained(_) => "fail",
            End::Lost(place, reason) => {
                recorded.failure = Some(shown(&format!("{place}: {reason}")));
                "inconclusive"
            }
        };
        if let End::Unexplained(found) = &checked.end {
            let (id, _) = checked.run.cast.devices().next().expect("the log has a device");
            let monitored = found.monitored.as_ref().map(|monitored| (id, monitored));
            recorded.findings.push(RecordedFinding {
                requirement: found.requirement.id.to_owned(),
                moment: moments.after_step(Some(step_number(&device.scenario, found.step))),
                expected: shown(&found.expected),
                observed: found.observed.iter().map(|observed| shown(observed)).collect(),
                device: Some(positions.device(id)),
                cells: monitored.map(|found| unlawful_cells(found, &positions)).unwrap_or_default(),
                missing_messages: monitored
                    .map(|found| missing_messages(found, &positions))
                    .unwrap_or_default(),
            });
        }
        recorded
    }

    /// The run without its first steps, in which nothing else may happen. The next step becomes step 1.
    pub(super) fn without_first_steps(mut self, steps: usize) -> Self {
        Moment::drop_first_steps(&mut self.moments, steps);
        let checks = self.checks.iter_mut().map(|check| &mut check.moment);
        let violations = self.violations.iter_mut().map(|violation| &mut violation.moment);
        checks.chain(violations).for_each(|moment| *moment = moment.saturating_sub(steps));
        self
    }

    /// The run as JSON.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("a recorded run has no keys but texts")
    }
}

fn recorded_device(device: DeviceId, positions: &Positions<'_>) -> RecordedDevice {
    let member = positions.cast.member(device);
    RecordedDevice {
        name: shown(&member.name.to_string()),
        account: shown(&positions.cast.account_name(member.account)),
        key: positions.key(member.key).expect("the key of a device is in the list"),
        presence: presence_name(DevicePresence::at_start(positions.cast, device)),
        tested: None,
    }
}

fn recorded_check(check: &Check, moments: &Moments, positions: &Positions<'_>) -> RecordedCheck {
    let outcome = match (check.passed(), check.class) {
        (true, _) => CheckOutcome::Holds,
        (false, Class::Required | Class::Reference) => CheckOutcome::Fails,
        (false, Class::Fact) => CheckOutcome::Differs,
    };
    let missing_message = check.told().filter(|_| !check.passed());
    let checked = moments.before_step(check.step);
    let device = check.observed.iter().find_map(|otherwise| otherwise.conduct.as_ref());
    // A failure of a step belongs to the moment at which the device receives something, if it does.
    let moment = match device.filter(|_| check.step.is_some()) {
        Some((device, _)) => moments.arrival(positions.device(*device), checked),
        None => checked,
    };
    RecordedCheck {
        class: check.class.name(),
        requirement: check.requirement.as_ref().map(|id| id.as_str().to_owned()),
        moment,
        expected: shown(&check.expected),
        outcome,
        observed: check
            .observed
            .iter()
            .map(|otherwise| RecordedContradiction {
                text: shown(&otherwise.text),
                device: otherwise.conduct.as_ref().map(|(device, _)| positions.device(*device)),
                cells: otherwise
                    .conduct
                    .as_ref()
                    .map(|(device, conduct)| cells(*device, conduct, positions))
                    .unwrap_or_default(),
            })
            .collect(),
        missing_message: missing_message.map(|(by, to)| (positions.device(by), positions.device(to))),
    }
}

/// A failed check: the scenario says that it breaks an invariant, and it did not.
fn kept_promise(invariant: Invariant, moments: &Moments) -> RecordedCheck {
    RecordedCheck {
        class: "promise",
        requirement: None,
        moment: moments.before_step(None),
        expected: format!("{invariant} is broken, as the scenario says"),
        outcome: CheckOutcome::Fails,
        observed: vec![RecordedContradiction {
            text: "it is kept".to_owned(),
            device: None,
            cells: Vec::new(),
        }],
        missing_message: None,
    }
}

/// Whether a false check was counted against an implementation under test.
fn is_judged(check: &Check, scenario: &Scenario, line: &CaseLine) -> bool {
    let step = check.step.map(|step| step_number(scenario, step));
    let seen = line.judgements.iter().filter(|judgement| {
        check.requirement.as_ref().is_some_and(|id| id.as_str() == judgement.requirement)
    });
    let mut broken = seen.flat_map(|judgement| &judgement.seen).filter(|seen| !seen.observed.is_empty());
    broken.any(|seen| seen.expected == check.expected && seen.step == step)
}

/// The findings of a case, except those about expectations of the scenario.
fn findings(
    line: &CaseLine,
    (played, monitored): (&PlayedScenario<'_>, &[MonitorFinding]),
    moments: &Moments,
    positions: &Positions<'_>,
) -> Vec<RecordedFinding> {
    let PlayedScenario { scenario, run, .. } = *played;
    let is_expectation = |expected: &str| run.checks.iter().any(|check| check.expected == expected);
    let mut findings = Vec::new();
    for judgement in &line.judgements {
        let seen = judgement.seen.iter();
        for seen in seen.filter(|seen| !seen.observed.is_empty() && !is_expectation(&seen.expected)) {
            let is_it = |found: &&MonitorFinding| {
                found.requirement == judgement.requirement
                    && found.expected == seen.expected
                    && found.step.map(|step| step_number(scenario, step)) == seen.step
            };
            let found = monitored
                .iter()
                .find(is_it)
                .and_then(|found| Some((run.cast.device(&found.device).ok()?, found)));
            let after = moments.after_step(seen.step);
            let moment = match found.filter(|_| seen.step.is_some()) {
                Some((device, _)) => moments.arrival(positions.device(device), after),
                None => after,
            };
            findings.push(RecordedFinding {
                requirement: judgement.requirement.clone(),
                moment,
                expected: shown(&seen.expected),
                observed: seen.observed.iter().map(|observed| shown(observed)).collect(),
                device: found.map(|(device, _)| positions.device(device)),
                cells: found.map(|found| unlawful_cells(found, positions)).unwrap_or_default(),
                missing_messages: found.map(|found| missing_messages(found, positions)).unwrap_or_default(),
            });
        }
    }
    findings
}

/// The cells of the matrix whose level a monitor found unlawful.
fn unlawful_cells(
    (device, found): (DeviceId, &MonitorFinding),
    positions: &Positions<'_>,
) -> Vec<(usize, usize)> {
    let Subject::Levels(levels) = &found.subject else { return Vec::new() };
    let at = positions.device(device);
    levels.iter().filter_map(|level| Some((at, positions.key(level.key)?))).collect()
}

/// The pairs of devices between which a monitor missed a message.
fn missing_messages(
    (device, found): (DeviceId, &MonitorFinding),
    positions: &Positions<'_>,
) -> Vec<(usize, usize)> {
    let Subject::NotTold(told) = &found.subject else { return Vec::new() };
    let from = positions.device(device);
    let readers = told.iter().filter_map(|told| positions.holder(told.reader));
    let readers: BTreeSet<usize> = readers.collect();
    readers.into_iter().map(|to| (from, to)).collect()
}

/// The cells of the matrix that contradict an expectation.
fn cells(device: DeviceId, conduct: &Conduct, positions: &Positions<'_>) -> Vec<(usize, usize)> {
    let keys = match conduct {
        Conduct::Level(key, _) | Conduct::Unauthenticated(key, _) => std::slice::from_ref(key),
        Conduct::Encryption(keys) => keys,
        Conduct::Telling | Conduct::Reception => &[],
    };
    let at = positions.device(device);
    keys.iter().filter_map(|key| Some((at, positions.key(*key)?))).collect()
}

fn recorded_violation(
    violation: &Violation,
    breaks: &[Invariant],
    moments: &Moments,
    positions: &Positions<'_>,
) -> Option<RecordedViolation> {
    Some(RecordedViolation {
        invariant: violation.invariant,
        moment: moments.at(violation.step, violation.at),
        device: positions.device(violation.device),
        key: positions.key(violation.key)?,
        text: shown(&violation.what),
        chain: violation.explain(positions.cast).iter().map(|line| shown(line)).collect(),
        known: breaks.contains(&violation.invariant),
    })
}

/// A text in which characters that turn the direction of text are shown as escapes.
pub(super) fn shown(text: &str) -> String {
    readable(text).into_owned()
}
