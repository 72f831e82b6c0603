//! Random worlds keep the invariants of the protocol.
//!
//! Each case draws a scenario with faults and adversaries from a seed, and runs it under one announcement rule and one
//! conflict rule. `ATM_CASES` in the environment sets the number of cases. The same cases are drawn every time, so that
//! only a change of the code changes the result. `ATM_SEED`, a number, draws others. A case that breaks an invariant is
//! shrunk to its smallest scenario. Unless `scenarios/hazards/` contains that scenario up to renaming, it is written to
//! `scenarios/regressions/`, where `atm run` replays it without randomness. A violation with a [`Hazard`] does not
//! count, because the protocol cannot keep the invariant there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::invariants::{Hazard, Invariant};
use atm_simulator::run::{Options, run};
use atm_simulator::scenario::{Breaks, Catalog, Scenario};
use atm_simulator::search::canonical::canonical;
use atm_simulator::search::generate::{self, Bounds, Dice};
use atm_simulator::search::shrink::shrink;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

fn cases() -> u32 {
    std::env::var("ATM_CASES").map_or(2_000, |cases| cases.parse().expect("ATM_CASES is a number"))
}

fn runner() -> TestRunner {
    let config = Config { cases: cases(), failure_persistence: None, ..Config::default() };
    let rng = match std::env::var("ATM_SEED") {
        Ok(seed) => {
            let seed: u64 = seed.parse().expect("ATM_SEED is a number");
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&seed.to_le_bytes());
            TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
        }
        Err(_) => TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    };
    TestRunner::new_with_rng(config, rng)
}

fn options() -> impl Strategy<Value = Options> {
    let announcement = prop::sample::select(vec![
        AnnouncementRule::Direct,
        AnnouncementRule::Cascade,
        AnnouncementRule::Relay,
    ]);
    let conflict =
        prop::sample::select(vec![ConflictRule::Newest, ConflictRule::Cautious, ConflictRule::Named]);
    (announcement, conflict).prop_map(|(announcement, conflict)| Options { announcement, conflict, seed: 0 })
}

#[test]
fn random_scenarios_keep_their_promises() {
    let hazards = hazards();
    // The scenario is shrunk instead of the seed.
    let case = (any::<u64>().no_shrink(), options().no_shrink());
    let outcome = runner().run(&case, |(seed, options)| {
        let scenario = generate::scenario(&mut Dice::new(seed), &Bounds::default());
        for invariant in broken(&scenario, &options) {
            let smallest = shrink(&scenario, |candidate| broken(candidate, &options).contains(&invariant));
            let form = canonical(&smallest);
            let known = hazards
                .iter()
                .any(|(hazard, breaks)| *hazard == form && declares(breaks, invariant, &options));
            if !known {
                let path = record(&smallest, invariant, &options, seed);
                return Err(TestCaseError::fail(format!("{invariant} is broken: see {}", path.display())));
            }
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Each hazard occurs in a scenario of the folder, and each violation in the folder is explained by a hazard.
#[test]
fn each_hazard_has_its_smallest_examples() {
    let mut shown = BTreeSet::new();
    for scenario in hazard_files() {
        for announcement in [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay] {
            for conflict in [ConflictRule::Newest, ConflictRule::Cautious, ConflictRule::Named] {
                let options = Options { announcement, conflict, seed: 0 };
                let run = run(&scenario, &options).expect("a hazard can be cast");
                for violation in &run.violations {
                    assert!(violation.hazard.is_some(), "{}: {}", scenario.title, violation.what);
                }
                shown.extend(run.violations.iter().filter_map(|violation| violation.hazard));
            }
        }
    }
    assert_eq!(shown.into_iter().collect::<Vec<_>>(), Hazard::ALL);
}

/// The broken invariants without a known hazard.
fn broken(scenario: &Scenario, options: &Options) -> Vec<Invariant> {
    let run = run(scenario, options).expect("a drawn scenario can be cast");
    assert_eq!(run.failure, None);
    let unexplained = run.violations.iter().filter(|violation| violation.hazard.is_none());
    let mut broken: Vec<Invariant> = unexplained.map(|violation| violation.invariant).collect();
    broken.sort_unstable();
    broken.dedup();
    broken
}

fn declares(breaks: &[Breaks], invariant: Invariant, options: &Options) -> bool {
    let applies = |breaks: &&Breaks| breaks.applies(options.announcement, options.conflict);
    breaks.iter().filter(applies).any(|breaks| breaks.invariant == invariant)
}

/// The canonical forms of the documented hazards, with the invariants that they break.
fn hazards() -> Vec<(String, Vec<Breaks>)> {
    let breaking = hazard_files().into_iter().filter(|scenario| !scenario.breaks.is_empty());
    breaking.map(|scenario| (canonical(&scenario), scenario.breaks)).collect()
}

fn hazard_files() -> Vec<Scenario> {
    let folder = std::fs::read_dir(scenarios().join("hazards")).expect("the folder of hazards can be read");
    let paths = folder.map(|file| file.expect("a file of the folder").path());
    let load = |path: PathBuf| Scenario::load(&path, &Catalog::unchecked()).expect("a hazard has no mistake");
    let files: Vec<Scenario> = paths.map(load).collect();
    assert!(!files.is_empty());
    files
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Writes a counterexample to a file.
fn record(smallest: &Scenario, invariant: Invariant, options: &Options, seed: u64) -> PathBuf {
    let rules =
        format!("--announcement {} --conflict {}", name(&options.announcement), name(&options.conflict));
    let mut found = smallest.clone();
    found.title = format!("A random world that breaks {invariant}");
    found.requirements = vec![format!("atm/invariants/{invariant}").parse().expect("a valid id")];
    let comment = format!(
        "# Found by a random search and shrunk: no step, device or account can be left out.\n\
         # It breaks the promise `{invariant}` when it is run with {rules}.\n\
         # (Seed {seed} of the search; nothing here depends on a random number any more.)\n"
    );
    let folder = scenarios().join("regressions");
    std::fs::create_dir_all(&folder).expect("the folder of regressions can be made");
    let path = folder.join(format!("{invariant}-{seed:016x}.yaml"));
    std::fs::write(&path, comment + &found.to_yaml()).expect("the counterexample can be written");
    path
}

fn name(rule: &impl serde::Serialize) -> String {
    serde_json::to_value(rule).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
