use crate::atm::{Scratch, atm, served};

/// The command of an adapter that fails because it announces nothing; `None` without Python.
fn template() -> Option<String> {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapters/template.py");
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return None;
    }
    Some(format!("python3 '{template}'"))
}

const CASES: [&str; 2] = ["--case", "test-cases/manual-b1-authenticate@alice/a1"];

#[test]
fn what_is_expected_to_fail_is_as_expected() {
    let Some(adapter) = template() else { return };
    let known = Scratch::new("known.yaml");
    let run = |more: &[&str]| atm(&[&["conformance", "--adapter", &adapter][..], &CASES, more].concat());
    assert_eq!(run(&[]).code, Some(1));

    assert_eq!(run(&["--write-expectations", known.name()]).code, Some(1), "writing them excuses nothing");
    let written = known.read();
    assert!(written.contains("test-cases/manual-b1/authenticate"), "{written}");
    assert!(written.contains("not explained yet"), "{written}");
    let done = run(&["--expectations", known.name()]);
    assert_eq!(done.code, Some(0), "{}", done.out);

    // A run of one case does not change the expectations about others.
    let others = "- requirement: xep-0450/ac-r/own-endpoint\n  cases: ['xep-0450/*']\n  reason: Known.\n";
    known.write(&(written.clone() + others));
    run(&["--write-expectations", known.name()]);
    assert!(known.read().contains("reason: Known."), "{}", known.read());

    // Reasons and repairs are kept when the file is written again.
    known.write(&written.replace("not explained yet", "It is a template.\n  fix: write the rest."));
    let file = Scratch::new("known.jsonl");
    run(&["--write-expectations", known.name(), "--expectations", known.name(), "--run-file", file.name()]);
    assert!(known.read().contains("reason: It is a template.\n  fix: write the rest."), "{}", known.read());
    assert!(file.read().contains(r#""fix":"write the rest.""#), "{}", file.read());
}

#[test]
fn an_empty_file_is_written_as_a_new_one() {
    let known = Scratch::new("empty.yaml");
    for empty in ["", "\n \n"] {
        known.write(empty);
        let written = ["--write-expectations", known.name()];
        let done = atm(&[&["conformance"][..], &CASES, &written].concat());
        assert_eq!(
            (done.code, known.read().as_str()),
            (Some(0), "format: 1\nexpectations: []\n"),
            "{}",
            done.err
        );
    }
    // Other content is not overwritten, since the name may be a mistake.
    known.write("notes");
    let done = atm(&[&["conformance"][..], &CASES, &["--write-expectations", known.name()]].concat());
    assert_eq!((done.code, known.read().as_str()), (Some(64), "notes"));
}

#[test]
fn what_passes_although_it_should_not_fails() {
    let known = Scratch::new("known.yaml");
    known.write(
        "format: 1\nexpectations:\n  - requirement: test-cases/manual-b1/authenticate\n    cases: ['test-cases/manual-b1-authenticate@alice/a1']\n    reason: It was broken once.\n",
    );
    let done = atm(&[&["conformance"][..], &CASES, &["--expectations", known.name()]].concat());
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert!(done.out.contains("xpass"), "{}", done.out);
}

#[test]
fn what_only_shows_with_variations_can_be_expected_of_any_case() {
    let known = Scratch::new("known.yaml");
    let entry = "requirement: xep-0420/rules/other-content\n    cases: ['xep-0450/sender-not-authenticated-yet@bob/phone']";
    known.write(&format!("format: 1\nexpectations:\n  - {entry}\n    reason: x\n"));
    let case = ["--case", "readme/20-to-8@bob/notebook", "--variations", "none"];
    let done = atm(&[&["conformance", "--expectations", known.name()], &case[..]].concat());
    assert_eq!(done.code, Some(0), "{}", done.err);
}

#[test]
fn an_entry_that_matches_nothing_is_a_mistake() {
    let refused = |entry: &str, says: &str| {
        let known = Scratch::new("known.yaml");
        known.write(&format!("format: 1\nexpectations:\n{entry}"));
        let done = atm(&["conformance", "--expectations", known.name()]);
        assert_eq!(done.code, Some(64), "{}", done.err);
        assert!(done.err.contains(says), "{}", done.err);
    };
    let entry = |requirement: &str, case: &str, reason: &str| {
        format!("  - requirement: {requirement}\n    cases: ['{case}']\n    reason: '{reason}'\n")
    };
    refused(&entry("xep-0450/no-such", "*", "x"), "there is no such requirement");
    refused(&entry("xep-0450/ac-r/own-endpoint", "readme/nothing@*", "x"), "matches no case");
    refused(&entry("test-cases/manual-b1/authenticate", "xep-0450/*", "x"), "matches no case");
    refused(&entry("xep-0450/ac-r/own-endpoint", "*", " "), "it gives no reason");
    refused("  - requirment: x\n", "unknown field");
}

/// The text of a file that expects a requirement to fail in some cases.
fn entry(requirement: &str, cases: &str) -> String {
    format!(
        "format: 1\nexpectations:\n- {{ requirement: {requirement}, cases: ['{cases}'], reason: It was. }}\n"
    )
}

#[test]
fn what_is_kept_is_told_though_no_expectation_is_about_it() {
    let case = ["--case", "test-cases/manual-b1-authenticate@alice/a1", "--variations", "none"];
    let run = |requirement: &str, cases: &str| {
        let known = Scratch::new("known.yaml");
        known.write(&entry(requirement, cases));
        atm(&[&["conformance", "--expectations", known.name()], &case[..]].concat())
    };
    // The device keeps the first one when it tells its sibling, and the second one in each message.
    for requirement in ["xep-0450/ac-s/own-endpoints", "xep-0434/structure/chat-written"] {
        let done = run(requirement, case[1]);
        assert_eq!(done.code, Some(1), "{requirement}: {}", done.out);
        assert!(done.out.contains("xpass") && done.out.contains(requirement), "{}", done.out);
        // A pattern may also be meant for cases that were not played.
        assert_eq!(run(requirement, "*").code, Some(0), "{requirement}");
    }
    // In this case, no carbon arrives, and nobody is distrusted.
    for requirement in ["xep-0280/inbound/own-bare-jid", "xep-0450/dc-s"] {
        let done = run(requirement, case[1]);
        assert_eq!(done.code, Some(0), "{requirement}: {}", done.out);
    }
}

#[test]
fn a_pattern_is_told_if_its_requirement_fails_nowhere() {
    let known = Scratch::new("known.yaml");
    known.write(&entry("xep-0434/structure/chat-written", "test-cases/*"));
    let whole = ["conformance", "--quiet", "--variations", "none", "--expectations", known.name()];
    let done = atm(&whole);
    assert_eq!(done.code, Some(1), "{}", done.out);
    // A failing adapter fails as expected in some of these cases.
    let broken = format!("sh -c \"{} | sed -u s/chat/headline/g\"", served(""));
    let case = ["--case", "test-cases/manual-b1-authenticate@alice/a1", "--adapter", &broken];
    known.write(&entry("xep-0434/structure/chat-written", "*").replace(
        "expectations:\n",
        "expectations:\n- { requirement: xep-0450/use-cases/recommended-by-tm, cases: ['*'], reason: It follows. }\n",
    ));
    let done = atm(&[&whole[..], &case].concat());
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
}

/// Without the limit, parsing takes time that grows with the square of the depth: half a minute for this file.
#[test]
fn a_file_that_is_nested_without_end_is_refused_at_once() {
    let nested = Scratch::new("nested.yaml");
    nested.write(&format!("a: {}", "[".repeat(100_000)));
    #[expect(clippy::disallowed_methods, reason = "wall time is what is measured")]
    let begin = std::time::Instant::now();
    let done = atm(&["conformance", "--expectations", nested.name(), CASES[0], CASES[1]]);
    assert_eq!(done.code, Some(64), "{}", done.err);
    assert!(
        done.err.contains("nested.yaml: line 1: more than 24 lists and maps inside each other"),
        "{}",
        done.err
    );
    assert!(begin.elapsed() < std::time::Duration::from_secs(10), "{:?}", begin.elapsed());
}
