//! Runs one scenario and judges it.

use std::sync::Arc;

use atm_engine::{Device, KeyId, Rules, Stamp};

use crate::cast::{Cast, DeviceId, Miscast};
use crate::checks::{Check, Evidence, Log, LogPosition};
use crate::endpoint::{Endpoint, Failure};
use crate::expectations::Expected;
use crate::invariants::{self, History, Invariant, Violation, Watch};
pub use crate::options::{Options, Watching};
use crate::scenario::{Breaks, Scenario};
use crate::script::{self, Action, Script};
use crate::trace::{Event, Observer, Trace};
use crate::trust_graph::{Tally, WorldView};
use crate::world::{Choice, World};

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The participants.
    pub cast: Arc<Cast>,
    /// The events; empty if an observer of the caller received them.
    pub trace: Trace,
    /// The expectations with their results.
    pub checks: Vec<Check>,
    /// The violated invariants.
    pub violations: Vec<Violation>,
    /// The invariants that the scenario declares as broken under these rules.
    pub breaks: Vec<Invariant>,
    /// Whether the scenario declares a broken invariant under any rules. Under other rules, it shows that the invariant
    /// holds.
    pub is_hazard: bool,
    /// The number of authentications at the end.
    pub tally: Tally,
    /// The pairs of a device and a key that the complete graph has and the final graph lacks.
    pub missing: Vec<(DeviceId, KeyId)>,
    /// The number of trust messages that were sent.
    pub messages: u64,
    /// The failure that ended the run early, if any.
    pub failure: Option<Failure>,
}

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunResult {
    /// All expectations hold.
    Pass,
    /// An expectation or an invariant does not hold.
    Fail,
    /// The scenario expects nothing, so the run shows nothing.
    Inconclusive,
    /// An endpoint failed.
    Error,
}

impl RunResult {
    /// A stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
        }
    }
}

impl Run {
    /// The result of the run.
    #[must_use]
    pub fn result(&self) -> RunResult {
        let unkept = self.unexpected_violations().next().is_some() || self.unbroken().next().is_some();
        if self.failure.is_some() {
            RunResult::Error
        } else if unkept || self.checks.iter().any(Check::failed) {
            RunResult::Fail
        } else if self.checks.is_empty() && !self.is_hazard {
            RunResult::Inconclusive
        } else {
            RunResult::Pass
        }
    }

    /// The violations that the scenario does not declare.
    pub fn unexpected_violations(&self) -> impl Iterator<Item = &Violation> {
        self.violations.iter().filter(|violation| !self.breaks.contains(&violation.invariant))
    }

    /// The invariants that the scenario declares as broken although they hold.
    pub fn unbroken(&self) -> impl Iterator<Item = Invariant> {
        let broken =
            |invariant: &Invariant| self.violations.iter().any(|other| other.invariant == *invariant);
        self.breaks.iter().copied().filter(move |invariant| !broken(invariant))
    }
}

/// Runs a scenario in which all devices are the reference engine, and watches the invariants.
///
/// # Errors
///
/// If a name in the scenario is undefined, or the scenario cannot be prepared for another reason.
pub fn run(scenario: &Scenario, options: &Options) -> Result<Run, Miscast> {
    Ok(run_script(&Script::new(scenario)?, options))
}

/// Runs a prepared scenario as [`run`] does. Callers that run it several times, such as under several rules, prepare it
/// only once.
#[must_use]
pub fn run_script(script: &Script, options: &Options) -> Run {
    // Keys are discovered and levels change; each step sends about two messages.
    let mut trace = Trace::with_capacity(4 * script.cast.pairs() + 8 * script.actions.len());
    let run = observe(script, options, Watching::All, &mut trace);
    Run { trace, ..run }
}

/// Runs a scenario as [`run_script`] does and passes each event to `observer`. The events are kept nowhere else, so the
/// memory of a run depends on the size of its world and not on the length of its history. If no invariants are watched,
/// `breaks` is empty.
pub fn observe(script: &Script, options: &Options, watching: Watching, observer: &mut impl Observer) -> Run {
    let world = World::of_devices(script.clone(), options.rules(), options.seed);
    let watch = match watching {
        Watching::All => Some(Watch::new(script, options)),
        Watching::None => None,
    };
    let mut running = WatchedRun::new(world, options, watch, observer);
    let played = running.play(None);
    let run = running.conclude(played, WatchedRun::broken_invariants);
    match watching {
        Watching::All => {
            let (breaks, is_hazard) = (breaks_under(&script.breaks, options), !script.breaks.is_empty());
            Run { breaks, is_hazard, ..run }
        }
        Watching::None => run,
    }
}

/// Runs a scenario with the endpoints that `endpoint` makes. The invariants are not watched, because they need the
/// explanations of the reference engine. Only the expectations judge other endpoints.
///
/// # Errors
///
/// If a name in the scenario is undefined, or the scenario cannot be prepared for another reason.
pub fn run_with<E: Endpoint>(
    scenario: &Scenario,
    options: &Options,
    endpoint: impl FnMut(&Arc<Cast>, DeviceId) -> E,
) -> Result<Run, Miscast> {
    let world = World::new(Script::new(scenario)?, options.seed, endpoint);
    let mut trace = Trace::default();
    let mut running = WatchedRun::new(world, options, None, &mut trace);
    let played = running.play(Some(MOST_DELIVERIES));
    let run = running.conclude(played, |_, _| Ok(Vec::new()));
    Ok(Run { trace, ..run })
}

/// A device of the reference engine in a run of `scenario`, with the rules of `options`.
#[must_use]
pub fn reference(scenario: &Scenario, options: &Options, cast: &Cast, device: DeviceId) -> Device {
    cast.engine(device, rules(scenario, options))
}

/// The rules of a device of the reference engine in a run of `scenario`.
#[must_use]
pub fn rules(scenario: &Scenario, options: &Options) -> Rules {
    let (policy, limits) = (script::policy(scenario.policy), script::limits(&scenario.limits));
    Rules { policy, limits, ..options.rules() }
}

/// The limit of deliveries in a run with other implementations: devices that answer every message with another one
/// never become quiet. The engine always does.
const MOST_DELIVERIES: usize = 5_000;

/// A run in progress: a world with its observers.
struct WatchedRun<'a, E, O> {
    world: World<E>,
    options: &'a Options,
    watch: Option<Watch>,
    log: Log,
    /// The observer of the caller.
    observer: &'a mut O,
    checks: Vec<Check>,
}

impl<'a, E: Endpoint, O: Observer> WatchedRun<'a, E, O> {
    fn new(world: World<E>, options: &'a Options, watch: Option<Watch>, observer: &'a mut O) -> Self {
        let log = Log::of(world.script());
        Self { world, options, watch, log, observer, checks: Vec::new() }
    }

    /// Plays all events in the order of time and checks the expectations on the way. It fails when there are more than
    /// `most_deliveries`.
    fn play(&mut self, most_deliveries: Option<usize>) -> Result<(), Failure> {
        let Self { world, watch, log, observer, .. } = self;
        world.begin(&mut Observers { watch, log, observer: *observer })?;
        let (mut checked, mut delivered) = (LogPosition::default(), 0);
        while let Some(choice) = self.world.next() {
            delivered += usize::from(choice != Choice::Act);
            if let Some(most) = most_deliveries.filter(|most| delivered > *most) {
                return Err(Failure(format!("the devices do not stop: {most} deliveries")));
            }
            if choice == Choice::Act
                && let (step, Some(Action::Expect(expected))) = self.world.next_action()
            {
                let evidence = Evidence { view: &WorldView::of(&self.world), since: self.log.since(checked) };
                evidence.check(applying(expected, self.options), Some(step), &mut self.checks)?;
                checked = self.log.position();
            }
            let Self { world, watch, log, observer, .. } = self;
            world.step(choice, &mut Observers { watch, log, observer: *observer })?;
            if let Some(watch) = &mut self.watch {
                watch.check_levels(&self.world)?;
                if self.world.is_silent() {
                    watch.forget_messages();
                }
            }
        }
        Ok(())
    }

    /// Checks the final expectations and the invariants in the quiet world.
    fn conclude(
        mut self,
        played: Result<(), Failure>,
        judge: impl FnOnce(&Self, &WorldView<'_, E>) -> Result<Vec<Violation>, Failure>,
    ) -> Run {
        let mut checks = std::mem::take(&mut self.checks);
        let mut violations = Vec::new();
        let end = WorldView::of(&self.world);
        let judged = played.and_then(|()| {
            let evidence = Evidence { view: &end, since: self.log.since(LogPosition::default()) };
            let expected = applying(&self.world.script().expect, self.options);
            evidence.check(expected, None, &mut checks)?;
            violations = judge(&self, &end)?;
            end.trust_graph()
        });
        let (tally, missing, failure) = match judged {
            Ok(graph) => (graph.tally(), graph.missing(), None),
            Err(failure) => (Tally::default(), Vec::new(), Some(failure)),
        };
        Run {
            cast: self.world.cast().clone(),
            trace: Trace::default(),
            checks,
            violations,
            breaks: Vec::new(),
            is_hazard: false,
            tally,
            missing,
            messages: self.world.messages_sent(),
            failure,
        }
    }
}

impl<O: Observer> WatchedRun<'_, Device, O> {
    /// The invariants that were broken during the run, and those that do not hold at the end.
    fn broken_invariants(&self, end: &WorldView<'_, Device>) -> Result<Vec<Violation>, Failure> {
        let Some(watch) = &self.watch else { return Ok(Vec::new()) };
        let mut violations = watch.violations().to_vec();
        violations.extend(invariants::at_quiescence(end, self.options, watch)?);
        if let Some((faults, calm)) = self.world.script().without_faults() {
            let mut history = History::new(&calm);
            let mut world = World::of_devices(calm, self.options.rules(), self.options.seed);
            world.begin(&mut history)?;
            while let Some(choice) = world.next() {
                world.step(choice, &mut history)?;
            }
            violations.extend(invariants::confluence(faults, (&self.world, watch), (&world, &history))?);
        }
        Ok(violations)
    }
}

/// All observers of a run.
struct Observers<'a, O> {
    watch: &'a mut Option<Watch>,
    log: &'a mut Log,
    observer: &'a mut O,
}

impl<O: Observer> Observer for Observers<'_, O> {
    fn observe(&mut self, at: Stamp, event: &Event) {
        if let Some(watch) = self.watch {
            watch.watch(at, event);
        }
        self.log.note(event);
        self.observer.observe(at, event);
    }
}

/// The expectations that apply under the chosen rules.
fn applying<'a>(all: &'a [Arc<Expected>], options: &Options) -> impl Iterator<Item = &'a Arc<Expected>> {
    all.iter().filter(move |expected| expected.applies(options))
}

/// The invariants that a scenario declares as broken under the chosen rules.
pub(crate) fn breaks_under(breaks: &[Breaks], options: &Options) -> Vec<Invariant> {
    let broken = breaks.iter().filter(|breaks| breaks.applies(options.announcement, options.conflict));
    broken.map(|breaks| breaks.invariant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::Contacts;
    use crate::scenario::Catalog;
    use crate::script::contacts_in;

    /// Alice and Bob, and Carol, whom only Bob knows.
    const CHAIN: &str = "
format: 1
title: A chain of contacts
requirements: [xep-0450/ac-s/own-endpoints]
accounts:
  alice: { devices: { phone: , tablet: } }
  bob: { devices: { phone: , tablet: } }
  carol: { devices: { phone: , tablet: } }
steps:
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/tablet -> alice/phone
  - authenticate: bob/phone -> alice/phone
  - authenticate: alice/phone -> bob/phone
  - authenticate: bob/tablet -> carol/phone
  - authenticate: carol/phone -> bob/tablet
  - add-device: { account: carol, name: laptop }
  - authenticate: bob/phone -> bob/tablet
  - authenticate: bob/tablet -> bob/phone
  - distrust: bob/phone -> alice/tablet
  - authenticate: carol/laptop -> carol/phone
  - authenticate: carol/phone -> carol/laptop
";

    /// Counts the discoveries between strangers and between others.
    struct Meetings {
        cast: Arc<Cast>,
        strangers: usize,
        others: usize,
    }

    impl Observer for Meetings {
        fn observe(&mut self, _: Stamp, event: &Event) {
            let Event::Discovered { device, key } = event else { return };
            let owners = [self.cast.member(*device).account, self.cast.directory().owner(*key)];
            let names = owners.map(|account| self.cast.account_name(account));
            if names.contains(&"alice".to_owned()) && names.contains(&"carol".to_owned()) {
                self.strangers += 1;
            } else {
                self.others += 1;
            }
        }
    }

    #[test]
    fn strangers_make_no_difference_to_each_other() {
        let scenario = Scenario::parse("chain.yaml", CHAIN, &Catalog::unchecked()).unwrap();
        let everybody = Script::new(&scenario).unwrap();
        assert!(matches!(*everybody.contacts, Contacts::Everybody));
        let contacts = Arc::new(contacts_in(&everybody.actions, &everybody.cast));
        let some = Script { contacts, ..everybody.clone() };
        let [(run, met), (other_run, others_met)] = [&everybody, &some].map(|script| {
            let mut met = Meetings { cast: script.cast.clone(), strangers: 0, others: 0 };
            (observe(script, &Options::default(), Watching::All, &mut met), met)
        });
        // Each of Alice's two devices meets each of Carol's three in both directions.
        assert_eq!((met.strangers, others_met.strangers), (12, 0));
        assert_eq!(met.others, others_met.others);
        assert_eq!((run.tally, &run.missing), (other_run.tally, &other_run.missing));
        assert_eq!((run.messages, &run.violations), (other_run.messages, &other_run.violations));
        assert!(run.tally.automatic > 0);
    }
}
