//! The command of a report repeats the case that it names.

use atm_suite::run_file::RunFile;

use crate::atm::{Scratch, atm, served};

fn run(arguments: &[&str]) -> RunFile {
    let file = Scratch::new("repeated.jsonl");
    let done = atm(&[arguments, &["--run-file", file.name()]].concat());
    assert!(done.err.is_empty(), "{}", done.err);
    RunFile::read(file.read().as_bytes()).expect("a whole run file")
}

/// Runs the command that repeats the first case of a run, and gives both runs.
fn repeated(arguments: &[&str]) -> (RunFile, RunFile) {
    let first = run(arguments);
    let command = format!("{} --case {}", first.run.command, shell_words::quote(&first.cases[0].case));
    let words = shell_words::split(&command).expect("a command line");
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let again = run(&words);
    (first, again)
}

#[test]
fn a_mix_is_repeated_with_its_rules() {
    let (one, other) = (format!("one={}", served("")), format!("other={}", served(" --announcement direct")));
    let options = ["--announcement", "direct", "--conflict", "cautious", "--seed", "7", "--timeout", "5"];
    let roles = ["--assign", "alice=one", "--assign", "bob=other", "--case", "test-cases/manual-b1-auth*"];
    let begin = ["conformance", "--adapter", &one, "--adapter", &other];
    let (first, again) = repeated(&[&begin[..], &roles, &options].concat());
    assert_eq!(first.run, again.run);
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
    assert_eq!((&first.run, &first.cases[..1]), (&again.run, &again.cases[..]));
}

#[test]
fn what_is_as_always_is_not_said() {
    assert_eq!(run(&["conformance", "--case", "readme/*@all"]).run.command, "atm conformance");
}
