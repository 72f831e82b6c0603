use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::invariants::Invariant;
use atm_simulator::run::{Options, Run, run};
use atm_simulator::scenario::{Breaks, Scenario};
use atm_simulator::search::canonical::canonical;
use atm_simulator::search::generate::{self, Bounds, Dice};
use atm_simulator::search::shrink::shrink;

use super::fuzz_finding::{Demonstration, FuzzFinding, Shown};
use super::known::Known;
use super::target::{Attempt, Attribution, Suspect, Target};
use crate::coverage::Exercised;
use crate::library;
use crate::rule_name;

/// The reference engine, checked against the invariants.
#[derive(Clone, Debug)]
pub struct EngineTarget {
    bounds: Bounds,
    rules: Vec<(AnnouncementRule, ConflictRule)>,
    hazards: Arc<[KnownHazard]>,
}

/// A scenario of the library in which the protocol itself breaks an invariant.
#[derive(Debug)]
struct KnownHazard {
    /// The id of the scenario.
    scenario: &'static str,
    form: String,
    breaks: Vec<Breaks>,
}

impl EngineTarget {
    /// Creates the target for scenarios within these bounds. Each scenario uses one of these pairs of rules.
    #[must_use]
    pub fn new(bounds: Bounds, rules: Vec<(AnnouncementRule, ConflictRule)>) -> Self {
        let files = library::files().into_iter().filter(|file| file.path.starts_with("hazards/"));
        let hazards = files.filter_map(|file| {
            let scenario = file.load().ok().filter(|scenario| !scenario.breaks.is_empty())?;
            let form = canonical(&scenario);
            Some(KnownHazard { scenario: file.id(), form, breaks: scenario.breaks })
        });
        Self { bounds, rules, hazards: hazards.collect() }
    }

    /// The scenario of a seed and the rules for it.
    fn drawn(&self, seed: u64) -> (Scenario, Options) {
        let mut dice = Dice::new(seed);
        let scenario = generate::scenario(&mut dice, &self.bounds);
        let (announcement, conflict) = self.rules[dice.below(self.rules.len())];
        (scenario, Options { announcement, conflict, seed: 0 })
    }

    /// The scenario of the library that breaks the invariant in the same way.
    fn known(
        &self,
        smallest: &Scenario,
        (invariant, run): (Invariant, &Run),
        options: &Options,
    ) -> Option<Known> {
        let form = canonical(smallest);
        let declares = |breaks: &Breaks| {
            breaks.invariant == invariant && breaks.applies(options.announcement, options.conflict)
        };
        let mut hazards = self.hazards.iter();
        let same = hazards.find(|hazard| hazard.form == form && hazard.breaks.iter().any(declares))?;
        Some(Known {
            cause: cause(invariant),
            by: same.scenario.to_owned(),
            observed: observed(run, invariant),
        })
    }
}

impl Target for EngineTarget {
    fn draw(&self, seed: u64) -> Scenario {
        self.drawn(seed).0
    }

    fn attempt(&mut self, seed: u64) -> Attempt {
        let (scenario, options) = self.drawn(seed);
        let run = played(&scenario, &options);
        let exercised = Exercised::in_run(&scenario, &run.cast, run.trace.records());
        let (mut suspects, mut known) = (Vec::new(), explained(&run));
        for invariant in broken(&run) {
            let smallest =
                shrink(&scenario, |candidate| broken(&played(candidate, &options)).contains(&invariant));
            if let Some(same) = self.known(&smallest, (invariant, &run), &options) {
                known.push(same);
                continue;
            }
            let (cause, hosted, variations) = (cause(invariant), Vec::new(), Vec::new());
            let (scenario, as_drawn) = (smallest, None);
            suspects.push(Suspect { cause, seed, scenario, options, hosted, variations, as_drawn });
        }
        Attempt::Played { exercised, suspects, known }
    }

    /// Describes a suspect. [`attempt`](Target::attempt) has shrunk it already, to compare it with the known hazards.
    fn reduce(&mut self, suspect: &Suspect, _: &dyn Fn() -> bool) -> Option<FuzzFinding> {
        let Suspect { cause, seed, scenario, options, .. } = suspect;
        let run = played(scenario, options);
        let invariant = broken(&run).into_iter().find(|broken| self::cause(*broken) == *cause)?;
        let of_it = run.violations.iter().filter(|violation| violation.invariant == invariant);
        let observed = of_it.map(|violation| violation.describe(&run.cast)).collect();
        let demonstration = Demonstration { shown: Shown::ByWhatHappens, observed, variations: Vec::new() };
        let mut found = scenario.clone();
        found.title = format!("A random world that breaks {invariant}");
        found.requirements = vec![cause.0.parse().expect("a valid id")];
        let replay = format!(
            "atm run --announcement {} --conflict {}",
            rule_name(&options.announcement),
            rule_name(&options.conflict)
        );
        Some(FuzzFinding::new(cause.clone(), *seed, &found, demonstration, replay))
    }
}

/// The attribution of a broken invariant. It does not depend on the rules, since most mistakes do not.
fn cause(invariant: Invariant) -> Attribution {
    Attribution(format!("atm/invariants/{invariant}"))
}

fn played(scenario: &Scenario, options: &Options) -> Run {
    run(scenario, options).expect("a drawn scenario, or a part of one, can be cast")
}

/// The invariants that the protocol itself breaks in a run, each with the responsible hazard.
fn explained(run: &Run) -> Vec<Known> {
    let mut explained: Vec<Known> = Vec::new();
    for violation in &run.violations {
        let Some(hazard) = violation.hazard else { continue };
        let (by, observed) = (hazard.name().to_owned(), Some(violation.describe(&run.cast)));
        let known = Known { cause: cause(violation.invariant), by, observed };
        if explained.iter().all(|other| other.kind() != known.kind()) {
            explained.push(known);
        }
    }
    explained
}

/// The first device and key at which a run breaks an invariant.
fn observed(run: &Run, invariant: Invariant) -> Option<String> {
    let violation = run.violations.iter().find(|violation| violation.invariant == invariant)?;
    Some(violation.describe(&run.cast))
}

/// The invariants that a run breaks without a known hazard.
fn broken(run: &Run) -> BTreeSet<Invariant> {
    let unexplained = run.violations.iter().filter(|violation| violation.hazard.is_none());
    unexplained.map(|violation| violation.invariant).collect()
}
