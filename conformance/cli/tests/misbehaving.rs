//! A fault of an adapter fails the cases in which it occurs, and no others.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use atm_suite::cases::Verdict;
use atm_suite::run_file::RunFile;

/// The cases that are played. The scenario has A1, A2 and A3 of Alice, and B1 of Bob.
const CASES: &str = "test-cases/manual-b1-authenticate@*";

/// The device whose creation triggers the misdeed.
const DEVICE: &str = "alice/a2";

/// Much more than any of these runs takes, and much less than a hanging run would take.
const LONG: Duration = Duration::from_secs(60);

fn adapter() -> PathBuf {
    let atm = Path::new(env!("CARGO_BIN_EXE_atm"));
    let adapter = atm.with_file_name("examples").join("misbehaving_adapter");
    assert!(adapter.exists(), "`cargo test` builds {}; so does `cargo build --examples`", adapter.display());
    adapter
}

fn run(misdeed: &str, more: &[&str]) -> Output {
    run_at(&format!("\"command\":\"create\",\"device\":\"{DEVICE}\""), misdeed, more)
}

/// Runs the cases with an adapter that misbehaves at lines with the mark.
fn run_at(mark: &str, misdeed: &str, more: &[&str]) -> Output {
    let command = format!("{} {misdeed} '{mark}'", adapter().display());
    let mut atm = Command::new(env!("CARGO_BIN_EXE_atm"));
    atm.args(["conformance", "--adapter", &command, "--case", CASES, "--timeout", "1"]).args(more);
    atm.output().expect("the command runs")
}

/// Plays the cases with a misdeed at [`DEVICE`], and reads the run file.
fn played(misdeed: &str) -> RunFile {
    #[expect(clippy::disallowed_methods, reason = "wall time is what is measured")]
    let begin = Instant::now();
    let file = std::env::temp_dir().join(format!("atm-misbehaving-{misdeed}-{}.jsonl", std::process::id()));
    let output = run(misdeed, &["--run-file", file.to_str().expect("a path in UTF-8")]);
    assert!(begin.elapsed() < LONG, "{misdeed} holds the run up");
    let text = std::fs::read(&file).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    std::fs::remove_file(&file).expect("the file is there");
    RunFile::read(&*text).expect("a whole run file")
}

/// Asserts that the cases with [`DEVICE`] end with an error that contains `says`, and that all others pass.
fn costs_its_cases(misdeed: &str, says: &str) {
    let file = played(misdeed);
    let mut errors = 0;
    for case in &file.cases {
        let hosts_it = case.hosts.iter().any(|host| host.device == DEVICE);
        let expected = if hosts_it { Verdict::Error } else { Verdict::Pass };
        assert!(case.judgements.iter().all(|judgement| judgement.verdict == expected), "{case:#?}");
        assert_eq!(case.error.is_some(), hosts_it, "{case:#?}");
        if let Some(error) = &case.error {
            assert!(error.what.contains(says), "{}", error.what);
            errors += 1;
        }
    }
    assert!(errors == 2 && file.cases.len() > 4, "the device alone, all together, and others without it");
}

#[test]
fn no_answer() {
    costs_its_cases("hang", "no answer to `create` within 1 s");
}

#[test]
fn the_end_of_the_program() {
    costs_its_cases(
        "exit",
        "it ended with exit code 3 before it answered `create`; it wrote to standard error:",
    );
    costs_its_cases("exit", "something broke");
}

#[test]
fn the_end_of_the_program_without_a_word() {
    costs_its_cases(
        "exit-silently",
        "it ended with exit code 4 before it answered `create`; it wrote nothing to standard error",
    );
}

#[test]
#[cfg(unix)]
fn a_crash() {
    costs_its_cases("crash", "it was ended by signal 6 (SIGABRT) before it answered `create`");
}

#[test]
fn a_line_that_is_no_answer() {
    costs_its_cases("print-a-log-line", "INFO: about to answer");
}

#[test]
fn a_second_answer() {
    costs_its_cases("answer-twice", "but the command's is");
}

#[test]
fn the_likely_mistake_fits() {
    for (misdeed, mistake) in [
        ("print-a-log-line", "something else prints to standard output: send logging to standard error"),
        ("answer-twice", "an earlier answer came twice: print exactly one line for each command"),
        ("answer-another-command", "`id` was not copied from the command"),
        ("answer-in-latin-1", "set standard output to UTF-8"),
        ("answer-another-type", "in `ok` belongs an object"),
        ("answer-nothing", "what was asked for goes into `ok`"),
        ("exit", "look at what it wrote to standard error"),
    ] {
        let file = played(misdeed);
        let error = file.cases.iter().find_map(|case| case.error.as_ref()).expect("it costs a case");
        let told = error.likely_mistake.as_deref().unwrap_or_default();
        assert!(told.contains(mistake), "{misdeed}: {told}");
    }
}

#[test]
fn half_an_answer_at_the_end() {
    costs_its_cases("answer-half-and-exit", "it is not one JSON object");
}

#[test]
fn half_an_answer_and_no_end() {
    costs_its_cases("answer-half-and-hang", "no answer to `create` within 1 s");
}

#[test]
fn an_answer_of_five_megabytes() {
    costs_its_cases("answer-too-much", "longer than 4194304 bytes");
}

#[test]
fn an_answer_to_another_command() {
    costs_its_cases("answer-another-command", "its `id` is 999999");
}

#[test]
fn an_answer_that_is_not_utf_8() {
    costs_its_cases("answer-in-latin-1", "it is not UTF-8");
}

#[test]
fn an_error() {
    costs_its_cases("fail", "out of memory");
}

#[test]
fn a_feature_that_is_claimed_and_denied() {
    costs_its_cases("deny-what-it-claimed", "claims `scan`");
}

#[test]
fn slowness_costs_nothing() {
    let file = played("be-slow");
    assert!(file.cases.iter().all(|case| case.verdict() == Verdict::Pass), "{file:#?}");
}

#[test]
fn an_older_version_is_unsupported_and_no_failure() {
    let file = std::env::temp_dir().join(format!("atm-older-{}.jsonl", std::process::id()));
    let more = ["--run-file", file.to_str().expect("a path in UTF-8")];
    let output = run_at("\"command\":\"decide\"", "speak-an-older-version", &more);
    let played = RunFile::read(&*std::fs::read(&file).expect("a run file")).expect("a whole run file");
    std::fs::remove_file(&file).expect("the file is there");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let spoke = played.cases.iter().filter(|case| case.error.is_some());
    let spoke: Vec<_> = spoke.collect();
    assert!(!spoke.is_empty());
    for case in spoke {
        let error = case.error.as_ref().expect("it was looked for");
        assert_eq!(error.unsupported.as_deref(), Some("urn:xmpp:tm:0"), "{}", error.what);
    }
}

#[test]
fn devices_that_never_stop_are_stopped() {
    let file = std::env::temp_dir().join(format!("atm-endless-{}.jsonl", std::process::id()));
    let command = format!("{} echo '\"command\":'", adapter().display());
    let output = Command::new(env!("CARGO_BIN_EXE_atm"))
        .args(["conformance", "--adapter", &command, "--case", "readme/20-to-8@all", "--run-file"])
        .arg(&file)
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let played = RunFile::read(&*std::fs::read(&file).expect("a run file")).expect("a whole run file");
    std::fs::remove_file(&file).expect("the file is there");
    let error = played.cases[0].error.as_ref().expect("the case was broken off");
    assert!(error.what.contains("the devices do not stop"), "{}", error.what);
}

/// A message may claim a sender that nobody knows.
#[test]
fn whoever_stores_something_for_nobody_is_judged_all_the_same() {
    let postponed = |sender: &str| {
        let told = format!(r#""postponed":[{{"sender":{sender},"trust":[],"distrust":[]}}],"#);
        let edit = format!(r#"edit '"command":"read"' '"postponed":' '"stored"' '{told}"stored"'"#);
        let command = format!("{} {edit}", adapter().display());
        let mut atm = Command::new(env!("CARGO_BIN_EXE_atm"));
        atm.args(["conformance", "--adapter", &command, "--case", CASES]);
        atm.output().expect("the command runs")
    };
    let nobody =
        postponed(r#"{"owner":"nobody@example.net","id":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#);
    assert_eq!(nobody.status.code(), Some(0), "{}", String::from_utf8_lossy(&nobody.stdout));
    let no_key = postponed(r#"{"owner":"nobody@example.net","id":"?"}"#);
    assert_eq!(no_key.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&no_key.stdout).contains("is not Base64"));
}

#[test]
fn an_error_is_not_as_expected() {
    assert_eq!(run("exit", &[]).status.code(), Some(1));
}

#[test]
fn the_number_of_jobs_makes_no_difference() {
    let one = run("exit", &["--jobs", "1"]);
    let four = run("exit", &["--jobs", "4"]);
    assert_eq!(String::from_utf8_lossy(&one.stdout), String::from_utf8_lossy(&four.stdout));
}
