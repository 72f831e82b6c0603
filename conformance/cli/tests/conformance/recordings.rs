use crate::atm::{Scratch, atm, served};

const CASES: &str = "test-cases/*";

#[test]
fn a_recorded_run_comes_out_the_same_without_the_implementation() {
    let (recording, first, second) =
        (Scratch::new("recording.jsonl"), Scratch::new("first.jsonl"), Scratch::new("second.jsonl"));
    let adapter = served("");
    let select = ["--case", CASES, "--variations", "none"];
    let record = ["--case", CASES, "--record", recording.name(), "--run-file", first.name()];
    let done = atm(&[&["conformance", "--adapter", &adapter][..], &record].concat());
    assert_eq!(done.code, Some(0), "{}", done.out);
    let replay = format!("{} adapter replay {}", env!("CARGO_BIN_EXE_atm"), recording.name());
    let done =
        atm(&[&["conformance", "--adapter", &replay][..], &select, &["--run-file", second.name()]].concat());
    assert_eq!(done.code, Some(0), "{}", done.out);
    // All lines except the first one, which contains the command.
    let cases = |file: &Scratch| file.read().lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(cases(&first), cases(&second));
}

#[test]
fn a_case_that_was_not_recorded_is_an_error() {
    let recording = Scratch::new("recording.jsonl");
    let adapter = served("");
    let record = ["--record", recording.name(), "--case", "test-cases/manual-a2-authenticate@*"];
    assert_eq!(atm(&[&["conformance", "--adapter", &adapter][..], &record].concat()).code, Some(0));
    let replay = format!("{} adapter replay {}", env!("CARGO_BIN_EXE_atm"), recording.name());
    let done = atm(&["conformance", "--adapter", &replay, "--case", "readme/20-to-8@alice/phone"]);
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert!(done.out.contains("the recording has no such"), "{}", done.out);
}

#[test]
fn something_else_is_no_recording() {
    let file = Scratch::new("nothing.jsonl");
    file.write("{\"adapter\":1}\n");
    let done = atm(&["adapter", "replay", file.name()]);
    assert_eq!(done.code, Some(66));
    assert!(done.err.contains("line 1"), "{}", done.err);
}
