use atm_suite::cases::Verdict;
use atm_suite::run_file::{JudgementLine, RunFile};

use crate::atm::{Scratch, atm, served};

#[test]
fn the_engine_keeps_every_requirement() {
    let done = atm(&["conformance", "--quiet"]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.starts_with("AS EXPECTED atm-engine"), "{}", done.out);
}

#[test]
fn the_engine_behind_an_adapter_comes_out_as_the_engine() {
    let (bare, behind) = (Scratch::new("bare.jsonl"), Scratch::new("behind.jsonl"));
    assert_eq!(atm(&["conformance", "--run-file", bare.name()]).code, Some(0));
    let adapter = served("");
    let done = atm(&["conformance", "--adapter", &adapter, "--run-file", behind.name()]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    let read = |file: &Scratch| RunFile::read(file.read().as_bytes()).expect("a whole run file");
    let (bare, behind) = (read(&bare), read(&behind));
    assert_eq!(bare.cases.len(), behind.cases.len());
    for (bare, behind) in bare.cases.iter().zip(&behind.cases) {
        assert_eq!(bare.case, behind.case);
        assert_eq!(behind.error, None, "{}", behind.case);
        // Behind an adapter, nobody learns which messages were sent, so nobody is asked.
        let about_the_pipe = |judgement: &JudgementLine| judgement.requirement == "atm/rules/outbox";
        let without = |judgements: &[JudgementLine]| -> Vec<JudgementLine> {
            judgements.iter().filter(|judgement| !about_the_pipe(judgement)).cloned().collect()
        };
        assert_eq!(without(&bare.judgements), behind.judgements, "{}", behind.case);
    }
}

#[test]
fn an_adapter_that_announces_less_is_lawful() {
    let adapter = served(" --announcement direct");
    let done = atm(&["conformance", "--adapter", &adapter, "--quiet"]);
    assert_eq!(done.code, Some(0), "{}", done.out);
}

#[test]
fn the_run_file_is_the_same_for_any_number_of_jobs() {
    let adapter = served("");
    let run = |jobs: &str| {
        let file = Scratch::new("jobs.jsonl");
        let select = ["--case", "xep-0450/*", "--jobs", jobs, "--run-file", file.name()];
        let done = atm(&[&["conformance", "--adapter", &adapter][..], &select].concat());
        assert_eq!(done.code, Some(0), "{}", done.out);
        file.read()
    };
    assert_eq!(run("1"), run("4"));
}

#[test]
fn a_program_that_does_not_start_is_a_mistake_of_the_set_up() {
    let done = atm(&["conformance", "--adapter", "/nonexistent/adapter"]);
    assert_eq!(done.code, Some(66));
    assert!(done.err.contains("/nonexistent/adapter cannot be started"), "{}", done.err);
    assert!(done.err.contains("atm adapter check"), "{}", done.err);
}

#[test]
fn a_program_that_is_no_adapter_is_told_what_is_wrong_with_it() {
    let done = atm(&["conformance", "--adapter", "cat"]);
    assert_eq!(done.code, Some(66));
    assert!(done.err.contains("none of `ok`, `unsupported` and `error`"), "{}", done.err);
}

#[test]
fn the_template_is_short() {
    let template = include_str!("../../../adapters/template.py");
    assert!(template.lines().count() < 150);
}

#[test]
fn what_an_adapter_lacks_is_unsupported_and_no_failure() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapters/template.py");
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let file = Scratch::new("lacks.jsonl");
    let select = ["--case", "xep-0450/initial-authentication-by-uri@alice/phone", "--run-file", file.name()];
    let adapter = format!("python3 '{template}'");
    let done = atm(&[&["conformance", "--adapter", &adapter][..], &select].concat());
    assert_eq!(done.code, Some(0), "{}", done.out);
    let file = RunFile::read(file.read().as_bytes()).expect("a whole run file");
    assert!(file.cases[0].judgements.iter().all(|judgement| judgement.verdict == Verdict::Unsupported));
    assert_eq!(file.cases[0].error.as_ref().and_then(|error| error.unsupported.as_deref()), Some("scan"));
}
