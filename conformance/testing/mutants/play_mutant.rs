//! Plays one mutant of the engine's rules and prints the requirements that it breaks.
//!
//! `examples/mutants` puts this file into a copy of the workspace whose engine contains all mutants, each behind a
//! switch. Only the device under test is a mutant: the switch is on while that device handles an input.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use atm_adapter_protocol::AdapterError;
use atm_engine::{Decision, Device, Directory, Input, KeyId, Level, Origin, switch};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::run::Options;
use atm_simulator::scenario::{DeviceName, Scenario};
use atm_simulator::search::generate::Bounds;
use atm_suite::cases::{CaseLog, Engine, Implementation, LoadedScenario, Scene, Verdict, cases, play_with_variations};
use atm_suite::fuzz::{Attempt, ImplementationTarget, Target};
use atm_suite::library;
use atm_suite::messages::Wire;
use atm_suite::variations::VariationChoice;

/// The number of random scenarios to try if no scenario of the library shows the mutant.
const SEEDS: u64 = 3_000;

#[derive(Clone, Copy)]
struct Mutant(usize);

struct MutantDevice {
    device: Device,
    mutant: usize,
}

impl MutantDevice {
    fn with<R>(&mut self, happen: impl FnOnce(&mut Device) -> R) -> R {
        let before = switch::turn_on(self.mutant);
        let result = catch_unwind(AssertUnwindSafe(|| happen(&mut self.device)));
        switch::turn_on(before);
        result.unwrap_or_else(|_| {
            println!("panic");
            std::process::exit(0)
        })
    }
}

impl Endpoint for MutantDevice {
    fn apply(&mut self, input: &Input, context: InputContext<'_>, out: &mut Observation) -> Result<(), Failure> {
        self.with(|device| Endpoint::apply(device, input, context, out))
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        Endpoint::level(&self.device, key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        Endpoint::origin(&self.device, key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        self.with(|device| Endpoint::restart(device, names))
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.with(|device| Endpoint::undergo(device, occurrence, context, out))
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        Endpoint::postponed(&self.device, sender)
    }
}

impl Implementation for Mutant {
    fn begin(&mut self, _: &mut Scenario, _: &[DeviceName], _: bool) -> Result<(), AdapterError> {
        Ok(())
    }

    fn join(&mut self, scene: &Scene<'_>, _: &Wire) -> Box<dyn Endpoint> {
        Box::new(MutantDevice { device: Engine::device(scene), mutant: self.0 })
    }

    fn end(&mut self) -> CaseLog {
        CaseLog::default()
    }
}

/// The requirements with a failure, advice or an error in the cases of the library.
fn shown(mutant: Mutant) -> BTreeSet<&'static str> {
    let load = |file: library::LibraryFile| {
        let scenario = file.load().expect("the library has no mistakes");
        Arc::new(LoadedScenario { id: file.id().to_owned(), path: file.path.to_owned(), scenario })
    };
    let scenarios: Vec<_> = library::files().into_iter().map(load).collect();
    let mut broken = BTreeSet::new();
    for case in cases(&scenarios) {
        let mut implementations: [Box<dyn Implementation>; 1] = [Box::new(mutant)];
        let rules = (Options::default(), &VariationChoice::Pairs);
        let result = play_with_variations(&case, &mut implementations, rules, false);
        let is_broken = |verdict| matches!(verdict, Verdict::Fail | Verdict::Advice | Verdict::Error);
        let judgements = result.judgements.iter().filter(|judgement| is_broken(judgement.verdict));
        broken.extend(judgements.map(|judgement| judgement.requirement.id));
    }
    broken
}

/// The first attribution in random scenarios.
fn found(mutant: Mutant) -> Option<String> {
    let bounds = Bounds { accounts: 3, devices: 3, steps: 12, ..Bounds::default() };
    let command = "atm conformance".to_owned();
    let mut target = ImplementationTarget::new(Box::new(mutant), bounds, Options::default(), command);
    (0..SEEDS).find_map(|seed| match target.attempt(seed) {
        Attempt::Played { suspects, .. } => suspects.into_iter().next().map(|suspect| suspect.cause.0),
        _ => None,
    })
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let number = std::env::args().nth(1).and_then(|number| number.parse().ok()).expect("the number of a mutant");
    let mutant = Mutant(number);
    let shown = shown(mutant);
    for requirement in &shown {
        println!("scenarios {requirement}");
    }
    if shown.is_empty() && let Some(cause) = found(mutant) {
        println!("fuzzing {cause}");
    }
}
