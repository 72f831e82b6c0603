//! Runs a scenario and says how it ended.

use std::sync::Arc;

use atm_engine::{Device, KeyId, Rules};

use crate::cast::{Cast, DeviceId, Miscast};
use crate::checks::{Check, Evidence};
use crate::endpoint::{Endpoint, Failure};
use crate::expectations::Expected;
use crate::invariants::{self, Invariant, ObserverPair, Violation, Watch};
pub use crate::options::Options;
use crate::scenario::{Breaks, Scenario};
use crate::script::{self, Action, Script};
use crate::trace::Trace;
use crate::trust_graph::{Tally, WorldView};
use crate::world::{Choice, World};

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Who took part.
    pub cast: Arc<Cast>,
    /// What happened.
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
    let watch = Watch::new(script);
    let world = World::of_devices(script.clone(), options.rules(), options.seed);
    let mut running = WatchedRun::new(world, options, Some(watch));
    let played = running.play();
    let mut run = running.conclude(played, WatchedRun::broken_invariants);
    run.breaks = breaks_under(&script.breaks, options);
    run.is_hazard = !script.breaks.is_empty();
    run
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
    let mut running = WatchedRun::new(world, options, None);
    let played = running.play();
    Ok(running.conclude(played, |_, _| Ok(Vec::new())))
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
/// one never become quiet.
const MOST_DELIVERIES: usize = 5_000;

/// A run that goes on: a world with those who watch it.
struct WatchedRun<'a, E> {
    world: World<E>,
    options: &'a Options,
    trace: Trace,
    watch: Option<Watch>,
    checks: Vec<Check>,
}

impl<'a, E: Endpoint> WatchedRun<'a, E> {
    fn new(world: World<E>, options: &'a Options, watch: Option<Watch>) -> Self {
        // Keys become known and levels change; a step makes a message or two.
        let events = 4 * world.cast().pairs() + 8 * world.script().actions.len();
        Self { world, options, trace: Trace::with_capacity(events), watch, checks: Vec::new() }
    }

    /// Lets everything happen in the order of time, and checks what is expected on the way.
    fn play(&mut self) -> Result<(), Failure> {
        self.world.begin(&mut ObserverPair(&mut self.watch, &mut self.trace))?;
        let (mut checked, mut delivered) = (0, 0);
        while let Some(choice) = self.world.next() {
            delivered += usize::from(choice != Choice::Act);
            // The engine becomes quiet by itself.
            if self.watch.is_none() && delivered > MOST_DELIVERIES {
                return Err(Failure(format!("the devices do not stop: {MOST_DELIVERIES} deliveries")));
            }
            if choice == Choice::Act
                && let (step, Some(Action::Expect(expected))) = self.world.next_action()
            {
                let evidence =
                    Evidence { view: &WorldView::of(&self.world), since: &self.trace.records()[checked..] };
                evidence.check(applying(expected, self.options), Some(step), &mut self.checks)?;
                checked = self.trace.records().len();
            }
            self.world.step(choice, &mut ObserverPair(&mut self.watch, &mut self.trace))?;
            if let Some(watch) = &mut self.watch {
                watch.check_levels(&self.world)?;
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
            let evidence = Evidence { view: &end, since: self.trace.records() };
            let expected = applying(&self.world.script().expect, self.options);
            evidence.check(expected, None, &mut checks)?;
            violations = judge(&self, &end)?;
            end.trust_graph()
        });
        let (tally, missing, failure) = match judged {
            Ok(graph) => (graph.tally(), graph.missing(), None),
            Err(failure) => (Tally::default(), Vec::new(), Some(failure)),
        };
        let Self { world, trace, .. } = self;
        Run {
            cast: world.cast().clone(),
            trace,
            checks,
            violations,
            breaks: Vec::new(),
            is_hazard: false,
            tally,
            missing,
            messages: world.messages_sent(),
            failure,
        }
    }
}

impl WatchedRun<'_, Device> {
    /// The invariants that were broken on the way, and those that do not hold at the end.
    fn broken_invariants(&self, end: &WorldView<'_, Device>) -> Result<Vec<Violation>, Failure> {
        let Some(watch) = &self.watch else { return Ok(Vec::new()) };
        let mut violations = watch.violations().to_vec();
        let (records, ledger) = (self.trace.records(), watch.ledger());
        violations.extend(invariants::at_quiescence(end, self.options, records, ledger)?);
        if let Some((faults, calm)) = self.world.script().without_faults() {
            let mut world = World::of_devices(calm, self.options.rules(), self.options.seed);
            let mut trace = Trace::default();
            world.begin(&mut trace)?;
            while let Some(choice) = world.next() {
                world.step(choice, &mut trace)?;
            }
            let calm = (&world, trace.records());
            violations.extend(invariants::confluence(faults, (&self.world, records, ledger), calm)?);
        }
        Ok(violations)
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
