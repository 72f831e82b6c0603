//! With `--quiet`, people read only about failures; the output for programs stays complete.

use crate::atm::{Folder, TWENTY_TO_EIGHT, atm};

#[test]
fn one_scenario_that_passes_is_not_told_of() {
    let ran = atm(["run", TWENTY_TO_EIGHT, "--quiet"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), ("", "", 0));
}

#[test]
fn several_that_pass_are_counted() {
    let ran = atm(["run", "scenarios/readme", "--quiet"]);
    assert_eq!((ran.stdout.as_str(), ran.code), ("3 scenarios: 3 passed\n", 0));
}

#[test]
fn what_does_not_pass_is_told_of() {
    let folder = Folder::new("quiet");
    folder.write_passing("good.yaml");
    let bad = folder.write_failing("bad.yaml");
    let ran = atm(["run", &folder.path(""), "-q"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains(&bad), "{}", ran.stdout);
    assert!(!ran.stdout.contains("good.yaml"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("2 scenarios: 1 passed, 1 failed\n"), "{}", ran.stdout);
}

#[test]
fn json_is_the_same_with_and_without_it() {
    for format in ["json", "jsonl"] {
        let loud = atm(["run", "scenarios/readme", "--format", format]);
        let quiet = atm(["run", "scenarios/readme", "--format", format, "--quiet"]);
        assert!(!loud.stdout.is_empty());
        assert_eq!(loud.stdout, quiet.stdout, "{format}");
    }
}
