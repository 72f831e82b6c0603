//! The command of a report repeats the case that it names.

use atm_suite::run_file::{RunFile, RunLine};

use crate::atm::{Scratch, atm, served};

fn run(arguments: &[&str]) -> RunFile {
    let file = Scratch::new("repeated.jsonl");
    let done = atm(&[arguments, &["--run-file", file.name()]].concat());
    assert!(done.err.is_empty(), "{}", done.err);
    RunFile::read(file.read().as_bytes()).expect("a whole run file")
}

/// Runs the command that repeats the first case of a run. Returns both runs.
fn repeated(arguments: &[&str]) -> (RunFile, RunFile) {
    let first = run(arguments);
    let command = first.run.command_for(&first.cases[0]);
    let words = shell_words::split(&command).expect("a command line");
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let again = run(&words);
    (first, again)
}

/// The parts of a run that do not depend on the choice of cases.
fn setting(file: &RunFile) -> RunLine {
    RunLine { requirements: Vec::new(), command: String::new(), ..file.run.clone() }
}

#[test]
fn a_mix_is_repeated_with_its_rules() {
    let (one, other) = (format!("one={}", served("")), format!("other={}", served(" --announcement direct")));
    let options = ["--announcement", "direct", "--conflict", "cautious", "--seed", "7", "--timeout", "5"];
    let roles = ["--assign", "alice=one", "--assign", "bob=other", "--case", "test-cases/manual-b1-auth*"];
    let begin = ["conformance", "--adapter", &one, "--adapter", &other];
    let (first, again) = repeated(&[&begin[..], &roles, &options].concat());
    assert_eq!(setting(&first), setting(&again));
    assert_eq!(first.cases[..1], again.cases[..]);
    for option in [
        "--assign 'alice=one' --assign 'bob=other'",
        "--announcement direct --conflict cautious --seed 7 --timeout 5",
    ] {
        assert!(first.run.command.contains(option), "{}", first.run.command);
    }
}

#[test]
fn a_scenario_of_ones_own_is_repeated_from_its_file() {
    let file = Scratch::new("my own.yaml");
    file.write(include_str!("../../../../scenarios/test-cases/manual-b1-authenticate.yaml"));
    let (first, again) = repeated(&["conformance", file.name()]);
    assert_eq!((setting(&first), &first.cases[..1]), (setting(&again), &again.cases[..]));
}

#[test]
fn a_case_is_repeated_without_the_scenarios_of_other_cases() {
    let file = Scratch::new("another one.yaml");
    file.write(include_str!("../../../../scenarios/test-cases/manual-b1-authenticate.yaml"));
    let paths = ["readme", "test-cases", "one-key", "xep-0450/toakafa-new-keys", file.name()];
    let (first, again) = repeated(&[&["conformance"], &paths[..]].concat());
    assert_eq!((setting(&first), &first.cases[..1]), (setting(&again), &again.cases[..]));
    let scenario = &first.cases[0].scenario;
    let case = &first.cases[0].case;
    assert_eq!(first.run.command_for(&first.cases[0]), format!("atm conformance {scenario} --case {case}"));
    assert!(first.run.command.ends_with(&shell_words::join(paths)), "{}", first.run.command);
    for case in &first.cases {
        let own = if case.scenario == file.name() { 2 * file.name().len() } else { 0 };
        assert!(first.run.command_for(case).len() < 200 + own, "{}", first.run.command_for(case));
    }
}

#[test]
fn what_is_as_always_is_not_said() {
    assert_eq!(run(&["conformance", "--case", "readme/*@all"]).run.command, "atm conformance");
}
