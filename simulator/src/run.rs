//! Runs a scenario and says how it ended.

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
    /// Who took part.
    pub cast: Arc<Cast>,
    /// What happened; nothing if an observer of the caller saw it.
    pub trace: Trace,
    /// What was expected, and whether it was true.
    pub checks: Vec<Check>,
    /// The invariants that were broken.
    pub violations: Vec<Violation>,
    /// The invariants that the scenario says it breaks under these rules.
    pub breaks: Vec<Invariant>,
    /// Whether the scenario says that it breaks an invariant under some rules: under others it shows that the
    /// invariant holds.
    pub is_hazard: bool,
    /// How many authentications there are at the end.
    pub tally: Tally,
    /// The pairs of a device and a key that lack in the complete graph at the end.
    pub missing: Vec<(DeviceId, KeyId)>,
    /// How many trust messages were sent.
    pub messages: u64,
    /// The failure that ended the run early, if one did.
    pub failure: Option<Failure>,
}

/// Whether a run came out as it had to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunResult {
    /// Everything that was expected is true.
    Pass,
    /// Something that was expected is not true, or an invariant was broken.
    Fail,
    /// Nothing was expected, so nothing is shown.
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
    /// Whether it came out as it had to.
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

    /// The violations of invariants that the scenario does not say it breaks.
    pub fn unexpected_violations(&self) -> impl Iterator<Item = &Violation> {
        self.violations.iter().filter(|violation| !self.breaks.contains(&violation.invariant))
    }

    /// The invariants that the scenario says it breaks, but does not.
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
/// If a name in the scenario is nobody's, or something else in it cannot be made ready.
pub fn run(scenario: &Scenario, options: &Options) -> Result<Run, Miscast> {
    Ok(run_script(&Script::new(scenario)?, options))
}

/// Runs a scenario that was made ready before, as [`run`] does. Whoever runs one again and again, such as under
/// several rules, makes it ready once.
#[must_use]
pub fn run_script(script: &Script, options: &Options) -> Run {
    // Keys become known and levels change; a step makes a message or two.
    let mut trace = Trace::with_capacity(4 * script.cast.pairs() + 8 * script.actions.len());
    let run = observe(script, options, Watching::All, &mut trace);
    Run { trace, ..run }
}

/// Runs a scenario as [`run_script`] does, under the eyes of an observer. Nothing else keeps what happened, so a run
/// takes as much memory as its world and not as its history. If no invariants are watched, the scenario breaks none.
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

/// Runs a scenario with the endpoints that `endpoint` makes, whatever they are. The invariants are not watched,
/// since they go by what the reference engine tells of itself: it is the expectations that judge others.
///
/// # Errors
///
/// If a name in the scenario is nobody's, or something else in it cannot be made ready.
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

/// A device of the reference engine as it takes part in a run of `scenario`, with the rules of `options`.
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

/// How many deliveries a run with other people's endpoints may have: devices that answer every message with another
/// one never become quiet. The engine becomes quiet by itself.
const MOST_DELIVERIES: usize = 5_000;

/// A run that goes on: a world with those who watch it.
struct WatchedRun<'a, E, O> {
    world: World<E>,
    options: &'a Options,
    watch: Option<Watch>,
    log: Log,
    /// Who else watches.
    observer: &'a mut O,
    checks: Vec<Check>,
}

impl<'a, E: Endpoint, O: Observer> WatchedRun<'a, E, O> {
    fn new(world: World<E>, options: &'a Options, watch: Option<Watch>, observer: &'a mut O) -> Self {
        let log = Log::of(world.script());
        Self { world, options, watch, log, observer, checks: Vec::new() }
    }

    /// Lets everything happen in the order of time, and checks what is expected on the way. More deliveries than there may be
    /// are a failure.
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

    /// Checks what is expected at the end and which invariants are broken, now that nothing more happens.
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
    /// The invariants that were broken on the way, and those that do not hold at the end.
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

/// All who watch a run.
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

/// Those of the expectations that apply under the chosen rules.
fn applying<'a>(all: &'a [Arc<Expected>], options: &Options) -> impl Iterator<Item = &'a Arc<Expected>> {
    all.iter().filter(move |expected| expected.applies(options))
}

/// The invariants that a scenario says it breaks under the chosen rules.
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

    /// Counts who came to know whose keys.
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
