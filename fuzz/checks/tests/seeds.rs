//! Replays the seeds, without libFuzzer and without a sanitizer.
//!
//! After a change to the drawing of scenarios, `ATM_UPDATE_SEEDS=1 cargo test -p atm-fuzz-checks --test seeds` updates
//! the seeds of the target `scenario`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use atm_fuzz_checks::{TARGETS, draw_scenario};
use atm_simulator::scenario::{SCHEMA, Scenario, Step};
use atm_simulator::search::generate::Dice;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_seed_of_every_target_passes() {
    for (target, check) in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target} has no seed");
        for seed in seeds {
            println!("{target}: {}", seed.display());
            check(&std::fs::read(&seed).expect("a seed can be read"));
        }
    }
}

/// The seeds of a target, from the folders that libFuzzer reads.
fn seeds(target: &str) -> Vec<PathBuf> {
    let folders =
        Command::new("fuzz/seeds.sh").arg(target).current_dir(repository()).output().expect("a shell");
    assert!(folders.status.success(), "{folders:?}");
    let folders = String::from_utf8(folders.stdout).expect("names of folders");
    let mut seeds = Vec::new();
    for folder in folders.lines() {
        collect(&repository().join(folder), &mut seeds);
    }
    seeds.sort();
    seeds
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// A search that starts with every kind of step finds more interactions between them.
#[test]
fn there_is_a_seed_for_each_kind_of_step() {
    let folder = repository().join("fuzz/seeds/scenario");
    if std::env::var_os("ATM_UPDATE_SEEDS").is_some() {
        write_seeds(&folder);
    }
    let mut expected = kinds();
    expected.remove("expect");
    for kind in expected {
        let seed = std::fs::read(folder.join(&kind)).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(
            drawn_by(&seed).steps.iter().map(kind_of).any(|drawn| drawn == kind),
            "{kind} does not draw one"
        );
    }
}

fn drawn_by(bytes: &[u8]) -> Scenario {
    draw_scenario(bytes).1
}

fn kind_of(step: &Step) -> String {
    let step = serde_json::to_value(step).expect("a step can be written");
    step.as_object().and_then(|step| step.keys().next()).cloned().expect("a step has a kind")
}

/// The kinds of steps, from the schema of the format.
fn kinds() -> BTreeSet<String> {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let kinds = schema["$defs"]["Step"]["oneOf"].as_array().expect("the kinds of steps");
    kinds.iter().map(|kind| kind["required"][0].as_str().expect("a name").to_owned()).collect()
}

/// Writes for each kind of step the bytes that draw the smallest of many scenarios with it.
fn write_seeds(folder: &Path) {
    let scenarios = (0..3_000).map(|seed| {
        let mut dice = Dice::new(seed);
        let bytes: Vec<u8> = (0..512).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
        let scenario = drawn_by(&bytes);
        let kinds: BTreeSet<String> = scenario.steps.iter().map(kind_of).collect();
        (scenario, kinds, bytes)
    });
    let mut scenarios: Vec<_> = scenarios.collect();
    scenarios.sort_by_key(|(scenario, ..)| scenario.steps.len());
    std::fs::create_dir_all(folder).expect("the folder of seeds can be made");
    for kind in kinds() {
        if let Some((scenario, _, bytes)) = scenarios.iter().find(|(_, kinds, _)| kinds.contains(&kind)) {
            let enough =
                (0..).find(|length| drawn_by(&bytes[..*length]) == *scenario).expect("all bytes are enough");
            std::fs::write(folder.join(kind), &bytes[..enough]).expect("a seed can be written");
        }
    }
}
