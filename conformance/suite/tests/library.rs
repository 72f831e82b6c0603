//! The scenarios in the binary are the files of the project.

use std::collections::BTreeSet;
use std::path::Path;

use atm_simulator::invariants::Invariant;
use atm_suite::cases::Expectations;
use atm_suite::library;

#[test]
fn every_file_of_the_project_is_inside_the_command() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let files = library::files();
    let mut on_disk = 0;
    for folder in std::fs::read_dir(&root).expect("the folder of scenarios") {
        for file in std::fs::read_dir(folder.expect("a folder").path()).expect("a folder of scenarios") {
            let path = file.expect("a file").path();
            let relative =
                path.strip_prefix(&root).expect("a path below the root").to_string_lossy().into_owned();
            let inside = files.iter().find(|inside| inside.path == relative);
            let text = std::fs::read_to_string(&path).expect("a text");
            assert_eq!(inside.map(|inside| inside.text), Some(&*text), "{relative}");
            on_disk += 1;
        }
    }
    assert_eq!(files.len(), on_disk);
}

#[test]
fn every_file_inside_loads() {
    for file in library::files() {
        assert!(file.load().is_ok(), "{}", file.path);
    }
}

/// Others may leave out the requirements, but each scenario of the library tests some.
#[test]
fn every_file_inside_names_its_requirements() {
    for file in library::files() {
        assert!(!file.load().expect("a scenario").requirements.is_empty(), "{}", file.path);
    }
}

#[test]
fn every_kind_of_step_is_in_some_scenario() {
    let schema: serde_json::Value = serde_json::from_str(atm_simulator::scenario::SCHEMA).unwrap();
    let kinds = schema["$defs"]["Step"]["oneOf"].as_array().expect("the kinds of steps");
    let mut unused: BTreeSet<&str> = kinds.iter().filter_map(|kind| kind["required"][0].as_str()).collect();
    assert!(unused.contains("authenticate"), "kinds are found");
    for file in library::files() {
        let scenario = file.load().expect("a scenario");
        for step in &scenario.steps {
            let step = serde_json::to_value(step).expect("a step can be written");
            for kind in step.as_object().into_iter().flat_map(|step| step.keys()) {
                unused.remove(kind.as_str());
            }
        }
    }
    assert!(unused.is_empty(), "no scenario has these steps: {unused:?}");
}

#[test]
fn every_promise_has_a_scenario_that_is_about_it() {
    let about: BTreeSet<String> = library::files()
        .iter()
        .flat_map(|file| file.load().expect("a scenario").requirements)
        .map(|requirement| requirement.as_str().to_owned())
        .collect();
    for invariant in Invariant::ALL {
        assert!(about.contains(&format!("atm/invariants/{invariant}")), "{invariant}");
    }
}

/// Only one of the files is used in the checks: the other clients cannot be installed there.
#[test]
fn the_expectations_of_all_adapters_can_be_read() {
    let adapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters");
    let mut read = 0;
    for adapter in std::fs::read_dir(adapters).expect("the folder of adapters") {
        let Ok(files) = std::fs::read_dir(adapter.expect("an entry").path()) else { continue };
        for path in files.map(|file| file.expect("an entry").path()) {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("expectations")) {
                let text = std::fs::read(&path).expect("a file");
                Expectations::parse(&path, &text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
                read += 1;
            }
        }
    }
    assert!(read >= 6, "{read}");
}
