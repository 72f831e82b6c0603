use std::cell::RefCell;
use std::rc::Rc;

use atm_adapter_protocol::AdapterError;
use atm_simulator::endpoint::Endpoint;
use atm_simulator::run::{Options, run_with};
use atm_simulator::scenario::{DeviceName, LimitsSpec, RequirementId, Scenario, ScenarioExpectations, Step};

use super::case::Case;
use super::consequences::Shown;
use super::examined::{Examination, Examined};
use super::implementation::{CaseLog, Engine, Implementation, Scene};
use super::judge::{CaseResult, Judged, judge};
use super::verdict::Verdict;
use crate::layer::Layered;
use crate::messages::Wire;
use crate::messages::findings;
use crate::monitor::{Capacity, JUDGED, Monitor, MonitorFinding, Monitored};
use crate::requirements::{self, Observability, Requirement};
use crate::variations::{Attacked, Axis, Forgeries, Restarting, Variation, Varied, with_odd_resources};

/// Plays a case with these implementations. A failing case is played again; failures that do not repeat are
/// inconclusive.
#[must_use]
pub fn play(
    case: &Case,
    implementations: &mut [Box<dyn Implementation>],
    options: Options,
    record: bool,
) -> CaseResult {
    let mut first = play_once(case, implementations, &Playing::new(options, &[]).recorded(record));
    if first.verdict() != Verdict::Fail {
        return first;
    }
    let second = play_once(case, implementations, &Playing::new(options, &[]));
    for judgement in &mut first.judgements {
        let again = second.judgements.iter().find(|other| other.requirement.id == judgement.requirement.id);
        if judgement.verdict == Verdict::Fail && again.is_none_or(|again| again.verdict != Verdict::Fail) {
            judgement.verdict = Verdict::Inconclusive;
        }
    }
    first
}

/// Plays a case once with all these variations.
pub(crate) fn play_with_row(
    case: &Case,
    implementations: &mut [Box<dyn Implementation>],
    options: Options,
    variations: &[Variation],
) -> CaseResult {
    play_once(case, implementations, &Playing::new(options, variations))
}

/// The parameters of a play.
pub(super) struct Playing<'a> {
    pub(super) options: Options,
    pub(super) record: bool,
    pub(super) variations: &'a [Variation],
    pub(super) forgeries: Forgeries,
}

impl<'a> Playing<'a> {
    /// A play with these variations, which is not recorded.
    pub(super) fn new(options: Options, variations: &'a [Variation]) -> Self {
        Self { options, record: false, variations, forgeries: Forgeries::Delivered }
    }

    fn recorded(self, record: bool) -> Self {
        Self { record, ..self }
    }
}

pub(super) fn play_once(
    case: &Case,
    implementations: &mut [Box<dyn Implementation>],
    playing: &Playing<'_>,
) -> CaseResult {
    let &Playing { options, record, variations, forgeries } = playing;
    let mut scenario = case.scenario.scenario.clone();
    if variations.contains(&Variation::OddResources) {
        scenario = with_odd_resources(scenario);
    }
    if let Err(error) = begin(case, implementations, &mut scenario, record) {
        end(implementations, case);
        let hosted: Vec<DeviceName> = case.line_up.iter().map(|(device, _)| device.clone()).collect();
        return CaseResult::not_begun(demanded_of(&scenario, &hosted).into_iter(), error);
    }
    let wire = Wire::default();
    let mut monitors = Vec::new();
    let seen = Rc::new(RefCell::new(Examination::default()));
    let played = run_with(&scenario, &options, |cast, device| {
        let scene = Scene { scenario: &scenario, options, cast: cast.clone(), device };
        let endpoint = endpoint(&scene, case, implementations, (&wire, &seen), variations);
        let member = cast.member(device);
        if !case.line_up.iter().any(|(hosted, _)| *hosted == member.name) {
            return endpoint;
        }
        let monitor = Monitor::new(cast.clone(), member.clone(), capacity(&scenario));
        let monitor = Rc::new(RefCell::new(monitor));
        monitors.push(monitor.clone());
        let monitored = Layered::new(endpoint, Monitored::new(monitor, wire.clone()));
        if variations.iter().any(|variation| variation.axis() == Axis::Attack) {
            let attacked = Attacked::new(cast.clone(), member.clone(), &case.id, variations).with(forgeries);
            Box::new(Layered::new(monitored, attacked)) as Box<dyn Endpoint>
        } else if variations.contains(&Variation::Restarts) {
            Box::new(Layered::new(monitored, Restarting::default()))
        } else {
            Box::new(monitored)
        }
    });
    let run = match played {
        Ok(run) => run,
        Err(miscast) => unreachable!("a scenario of the suite was checked when it was loaded: {miscast}"),
    };
    let logs = end(implementations, case);
    let mut findings = std::mem::take(&mut seen.borrow_mut().findings);
    let (mut error, mut exchanges) = (None, Vec::new());
    for (position, log) in logs {
        findings.extend(log.findings);
        error = error.or(log.error);
        exchanges.push((position, log.exchanges));
    }
    // Unchecked expectations have not passed, for whatever reason the case ended.
    let broken_off =
        run.failure.as_ref().map(|failure| AdapterError::BrokenOff { reason: failure.to_string() });
    error = error.or(broken_off);
    let hosted: Vec<DeviceName> = case.line_up.iter().map(|(device, _)| device.clone()).collect();
    let is_confirmed = case.line_up.iter().all(|(_, host)| implementations[*host].learns_what_was_sent());
    let is_asked = |about: &&Requirement| is_confirmed || about.coverage != Observability::Confirmations;
    let about = demanded_of(&scenario, &hosted).into_iter().filter(is_asked);
    let monitored: Vec<MonitorFinding> =
        monitors.iter().flat_map(|monitor| monitor.borrow().findings().to_vec()).collect();
    let at_work = monitors.iter().flat_map(|monitor| monitor.borrow().at_work().clone()).collect();
    let messages = seen.borrow().messages;
    let shown = Shown {
        run: &run,
        hosted: &hosted,
        messages: &findings,
        monitored: &monitored,
        error: error.as_ref(),
        sent: messages,
        at_work: &at_work,
        is_confirmed,
    };
    let Judged { judgements, kept, unjudged } = judge(&shown, about);
    CaseResult { judgements, kept, unjudged, monitored, error, messages, run: Some(run), exchanges }
}

/// The room for postponed decisions. A scenario that sets limits tests the lack of room.
fn capacity(scenario: &Scenario) -> Capacity {
    if scenario.limits == LimitsSpec::default() { Capacity::Ample } else { Capacity::Scarce }
}

fn begin(
    case: &Case,
    implementations: &mut [Box<dyn Implementation>],
    scenario: &mut Scenario,
    record: bool,
) -> Result<(), AdapterError> {
    for (position, implementation) in implementations.iter_mut().enumerate() {
        let hosted = hosted(case, position);
        if !hosted.is_empty() {
            implementation.begin(scenario, &hosted, record)?;
        }
    }
    Ok(())
}

fn end(implementations: &mut [Box<dyn Implementation>], case: &Case) -> Vec<(usize, CaseLog)> {
    let taking_part =
        implementations.iter_mut().enumerate().filter(|(position, _)| !hosted(case, *position).is_empty());
    taking_part.map(|(position, implementation)| (position, implementation.end())).collect()
}

fn hosted(case: &Case, implementation: usize) -> Vec<DeviceName> {
    let devices = case.line_up.iter().filter(|(_, host)| *host == implementation);
    devices.map(|(device, _)| device.clone()).collect()
}

fn endpoint(
    scene: &Scene<'_>,
    case: &Case,
    implementations: &mut [Box<dyn Implementation>],
    (wire, seen): (&Wire, &Rc<RefCell<Examination>>),
    variations: &[Variation],
) -> Box<dyn Endpoint> {
    let member = scene.cast.member(scene.device);
    match case.line_up.iter().find(|(device, _)| *device == member.name) {
        None => Box::new(Engine::device(scene)),
        Some((_, host)) => {
            let implementation = &mut implementations[*host];
            let tolerance = implementation.clock_tolerance();
            let varied = Varied::new(member.name.clone(), variations);
            let endpoint = Layered::new(implementation.join(scene, wire), varied);
            let (cast, member) = (scene.cast.clone(), member.clone());
            Box::new(Layered::new(endpoint, Examined::new(cast, member, tolerance, seen.clone())))
        }
    }
}

/// The requirements that a case can judge: those under which its scenario has expectations about devices under test. If
/// it has no expectations, those that it names and that every run is judged by.
#[must_use]
pub fn demanded(case: &Case) -> Vec<&'static Requirement> {
    let hosted: Vec<DeviceName> = case.line_up.iter().map(|(device, _)| device.clone()).collect();
    demanded_of(&case.scenario.scenario, &hosted)
}

fn demanded_of(scenario: &Scenario, hosted: &[DeviceName]) -> Vec<&'static Requirement> {
    let on_the_way = scenario.steps.iter().filter_map(|step| match step {
        Step::Expect(expectations) => Some(expectations),
        _ => None,
    });
    let mut ids: Vec<&RequirementId> = Vec::new();
    let mut has_expectations = false;
    for expectations in on_the_way.chain([&scenario.expect]) {
        has_expectations |= *expectations != ScenarioExpectations::default();
        for (id, demand) in expectations.demands().chain(expectations.answers()) {
            let concerns = demand.concerns();
            if concerns.is_empty() || concerns.iter().any(|device| hosted.contains(device)) {
                ids.push(id);
            }
        }
    }
    if !has_expectations {
        let is_judged = |id: &str| JUDGED.contains(&id) || findings::are_about(id);
        ids.extend(scenario.requirements.iter().filter(|id| is_judged(id.as_str())));
    }
    requirements::all().filter(|requirement| ids.iter().any(|id| id.as_str() == requirement.id)).collect()
}
