//! Runs a scenario and says what came of it.

use atm_engine::{AnnouncementRule, ConflictRule, Device, KeyId, Rules};

use crate::cast::{Cast, DeviceId, Miscast};
use crate::checks::{Check, Class, Evidence, Uncheckable};
use crate::endpoint::{Endpoint, Failure};
use crate::scenario::{Expectations, Reference, Scenario};
use crate::script::{Action, Script};
use crate::trace::Trace;
use crate::trust_graph::{Tally, TrustGraph};
use crate::world::World;

/// What can be chosen about a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What devices announce.
    pub announcement: AnnouncementRule,
    /// Which of two decisions about a key counts.
    pub conflict: ConflictRule,
    /// The seed of the random number generator.
    pub seed: u64,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Who took part.
    pub cast: Cast,
    /// What happened.
    pub trace: Trace,
    /// What was expected, and whether it was true.
    pub checks: Vec<Check>,
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
pub enum Verdict {
    /// Everything that was expected is true.
    Pass,
    /// Something that was expected is not true.
    Fail,
    /// Nothing was expected, so nothing is shown.
    Inconclusive,
    /// An endpoint failed.
    Error,
}

impl Verdict {
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
    pub fn verdict(&self) -> Verdict {
        if self.failure.is_some() {
            Verdict::Error
        } else if self.checks.iter().any(|check| !check.passed()) {
            Verdict::Fail
        } else if self.checks.is_empty() {
            Verdict::Inconclusive
        } else {
            Verdict::Pass
        }
    }
}

/// Runs a scenario in which all devices are the reference engine.
///
/// # Errors
///
/// If a name in the scenario is nobody's, or something else in it cannot be made ready.
pub fn run(scenario: &Scenario, options: &Options) -> Result<Run, Miscast> {
    let script = Script::new(scenario)?;
    let rules = Rules { announcement: options.announcement, conflict: options.conflict, ..Rules::default() };
    let expect = script.expect.clone();
    let mut world = World::<Device>::of_devices(script, rules, options.seed);
    run_world(&mut world, &expect, options)
}

/// Runs a world in the order of time and checks what is expected on the way and at the end.
///
/// # Errors
///
/// If a name in an expectation is nobody's.
pub fn run_world<E: Endpoint>(
    world: &mut World<E>,
    expect: &Expectations,
    options: &Options,
) -> Result<Run, Miscast> {
    let mut trace = Trace::default();
    let mut checks = Vec::new();
    let outcome = act_out(world, expect, options, &mut trace, &mut checks);
    let graph = outcome.and_then(|()| Ok(TrustGraph::of(world)?));
    let (tally, missing, failure) = match graph {
        Ok(graph) => (graph.tally(), graph.missing(), None),
        Err(Uncheckable::Failure(failure)) => (Tally::default(), Vec::new(), Some(failure)),
        Err(Uncheckable::Miscast(miscast)) => return Err(miscast),
    };
    let messages = world.messages_sent();
    Ok(Run { cast: world.cast().clone(), trace, checks, tally, missing, messages, failure })
}

fn act_out<E: Endpoint>(
    world: &mut World<E>,
    expect: &Expectations,
    options: &Options,
    trace: &mut Trace,
    checks: &mut Vec<Check>,
) -> Result<(), Uncheckable> {
    world.begin(trace)?;
    let (mut step, mut checked) = (0, 0);
    while let Some(choice) = world.next() {
        if choice == crate::world::Choice::Act {
            if let Some(Action::Expect(expectations)) = world.next_action() {
                let since = &trace.records()[checked..];
                check(&Evidence { world, since }, expectations, options, Some(step), checks)?;
                checked = trace.records().len();
            }
            step += 1;
        }
        world.step(choice, trace)?;
    }
    check(&Evidence { world, since: trace.records() }, expect, options, None, checks)
}

fn check<E: Endpoint>(
    evidence: &Evidence<'_, E>,
    expectations: &Expectations,
    options: &Options,
    step: Option<usize>,
    checks: &mut Vec<Check>,
) -> Result<(), Uncheckable> {
    for required in &expectations.required {
        let observed = evidence.required(required)?;
        let expected = crate::scenario::describe(&Reference::from(required.clone()));
        checks.push(Check { class: Class::Required, step, expected, observed });
    }
    for reference in reference_under(expectations, options) {
        let observed = evidence.reference(reference)?;
        checks.push(Check {
            class: Class::Reference,
            step,
            expected: crate::scenario::describe(reference),
            observed,
        });
    }
    Ok(())
}

/// What the reference engine is expected to do under the chosen rules.
fn reference_under<'a>(
    expectations: &'a Expectations,
    options: &Options,
) -> impl Iterator<Item = &'a Reference> {
    let by_announcement = match options.announcement {
        AnnouncementRule::Direct => &expectations.direct,
        AnnouncementRule::Cascade => &expectations.cascade,
        AnnouncementRule::Relay => &expectations.relay,
    };
    let by_conflict = match options.conflict {
        ConflictRule::Newest => &expectations.newest,
        ConflictRule::Cautious => &expectations.cautious,
    };
    expectations.reference.iter().chain(by_announcement).chain(by_conflict)
}
