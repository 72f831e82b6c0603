use std::collections::BTreeSet;

use atm_engine::KeyId;
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::checks::{Check, Class, Conduct};
use atm_simulator::invariants::{Invariant, Violation};
use atm_simulator::scenario::Scenario;
use atm_suite::monitor::{MonitorFinding, Subject};
use atm_suite::run_file::{CaseLine, HostLine};
use atm_suite::step_number;
use serde::Serialize;

use super::moments::{Moment, Moments, presence_name};
use crate::escape::readable;
use crate::pictures::position::{DevicePresence, columns};
use crate::runs::PlayedScenario;

/// A run as the page shows it. Devices, keys and moments are named by their positions in the lists.
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
    /// Whether it is there before the first step.
    presence: &'static str,
    /// The name of the implementation under test, if that hosts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    tested: Option<String>,
}

#[derive(Debug, Serialize)]
struct RecordedKey {
    name: String,
    account: String,
}

/// An expectation and whether it is true.
#[derive(Debug, Serialize)]
struct RecordedCheck {
    class: &'static str,
    requirement: Option<String>,
    /// The moment after which it was checked.
    moment: usize,
    expected: String,
    outcome: CheckOutcome,
    observed: Vec<RecordedContradiction>,
    /// The device that did not send a message, and the one that waits for it.
    missing_message: Option<(usize, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum CheckOutcome {
    Holds,
    Fails,
    /// It is otherwise here, and may be. Or it only comes of something else that is wrong.
    Differs,
}

/// Something that is otherwise than expected, with the device and the cells that are wrong.
#[derive(Debug, Serialize)]
struct RecordedContradiction {
    text: String,
    device: Option<usize>,
    cells: Vec<(usize, usize)>,
}

/// Something that the suite found besides what the scenario expects.
#[derive(Debug, Serialize)]
struct RecordedFinding {
    requirement: String,
    moment: usize,
    expected: String,
    observed: Vec<String>,
    device: Option<usize>,
    cells: Vec<(usize, usize)>,
    /// The devices between which there should have been a message.
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

/// Where the participants of a run stand in the lists of the page.
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

    /// The position of the device with a key of its own.
    fn holder(&self, key: KeyId) -> Option<usize> {
        self.devices.iter().position(|device| self.cast.member(*device).key == key)
    }

    /// The position of a key; `None` if it is nobody's in this run.
    pub(super) fn key(&self, key: KeyId) -> Option<usize> {
        self.keys.iter().position(|other| *other == key)
    }
}

impl RecordedRun {
    /// The title of the scenario.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// The run of a scenario.
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

    /// A case of the suite: only what was found in the devices under test is wrong. The invariants are not watched in cases.
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
            if recorded.outcome == CheckOutcome::Fails && !is_judged(check, played.scenario, line) {
                recorded.outcome = CheckOutcome::Differs;
            }
        }
        recorded.findings = findings(line, (played, monitored), &moments, &positions);
        recorded
    }

    /// The run without its first steps, in each of which nothing else happens. Steps are counted from the next one.
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
    RecordedCheck {
        class: check.class.name(),
        requirement: check.requirement.as_ref().map(|id| id.as_str().to_owned()),
        moment: moments.before_step(check.step),
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

/// That a promise is kept, though the scenario says that it breaks it.
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

/// Whether a check that is not true was held against the implementation under test.
fn is_judged(check: &Check, scenario: &Scenario, line: &CaseLine) -> bool {
    let step = check.step.map(|step| step_number(scenario, step));
    let seen = line.judgements.iter().filter(|judgement| {
        check.requirement.as_ref().is_some_and(|id| id.as_str() == judgement.requirement)
    });
    let mut broken = seen.flat_map(|judgement| &judgement.seen).filter(|seen| !seen.observed.is_empty());
    broken.any(|seen| seen.expected == check.expected && seen.step == step)
}

/// The findings of a case, except those that fail an expectation of the scenario itself.
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
            findings.push(RecordedFinding {
                requirement: judgement.requirement.clone(),
                moment: moments.after_step(seen.step),
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

/// Which keys a device regards in a way that a monitor found unlawful.
fn unlawful_cells(
    (device, found): (DeviceId, &MonitorFinding),
    positions: &Positions<'_>,
) -> Vec<(usize, usize)> {
    let Subject::Levels(levels) = &found.subject else { return Vec::new() };
    let at = positions.device(device);
    levels.iter().filter_map(|level| Some((at, positions.key(level.key)?))).collect()
}

/// To whom a device should have written.
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

/// Which device regards which keys otherwise than it should.
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

/// A text without characters that turn the direction of what stands around it.
pub(super) fn shown(text: &str) -> String {
    readable(text).into_owned()
}
