//! `atm check` says whether the specifications explain a log.

use crate::atm::{Done, Scratch, atm, served};

/// Records a case of the engine, and returns it as the log of a client: one exchange on each line.
fn client_log() -> String {
    let (recording, adapter) = (Scratch::new("recording.jsonl"), served(""));
    let case = "xep-0450/authenticate-contact-tells-own-endpoints@alice/phone";
    let record = ["--record", recording.name(), "--case", case, "--variations", "none"];
    assert_eq!(atm(&[&["conformance", "--adapter", &adapter][..], &record].concat()).code, Some(0));
    let done = atm(&["check", recording.name()]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.starts_with("EXPLAINED"), "{}", done.out);
    let case: serde_json::Value = serde_json::from_str(&recording.read()).expect("one case");
    let hello = serde_json::json!({
        "command": { "command": "hello", "protocol": 1 },
        "answer": { "ok": case["hello"] },
    });
    let exchanges = case["exchanges"].as_array().expect("exchanges");
    std::iter::once(&hello).chain(exchanges).map(|line| format!("{line}\n")).collect()
}

/// The log after its last decision was told to nobody.
fn silent(log: &str) -> String {
    let decides = |line: &str| line.contains(r#""command":"decide""#);
    let last = log.lines().filter(|line| decides(line)).count().checked_sub(1).expect("a decision");
    let mut decisions = 0;
    let forget = |line: &str| {
        let mut exchange: serde_json::Value = serde_json::from_str(line).expect("an exchange");
        if decides(line) && decisions == last {
            exchange["answer"]["ok"]["sent"] = serde_json::json!([]);
        }
        decisions += usize::from(decides(line));
        format!("{exchange}\n")
    };
    log.lines().map(forget).collect()
}

fn check(log: &str, more: &[&str]) -> Done {
    let file = Scratch::new("log.jsonl");
    file.write(log);
    let done = atm(&[&["check", file.name()][..], more].concat());
    Done { out: done.out.replace(file.name(), "LOG"), err: done.err.replace(file.name(), "LOG"), ..done }
}

#[test]
fn the_log_of_the_engine_is_explained() {
    let done = check(&client_log(), &[]);
    assert_eq!(done.code, Some(0));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(done.out, format!("EXPLAINED LOG: alice/phone (atm-engine {version}): 6 of 6 steps\n"));
}

#[test]
fn a_step_that_is_not_explained_is_named_with_its_requirement() {
    let page = Scratch::new("page.html");
    let done = check(&silent(&client_log()), &["--html", page.name()]);
    assert_eq!(done.code, Some(1));
    insta::assert_snapshot!(done.out);
    let html = page.read();
    assert!(html.contains("xep-0450/ac-s/own-endpoints"), "the page shows the finding");
    assert!(html.contains(r#""result":"fail""#), "the page shows the result");
}

#[test]
fn nothing_is_said_about_steps_after_the_first_that_is_not_explained() {
    let log = silent(&client_log());
    let restart = r#"{"command":{"command":"restart","device":"alice/phone","now":"2020-01-01T12:01:00Z"},"answer":{"ok":{"sent":[]}}}"#;
    let lost = |line: &str| line.replace("\"authenticated\"]", "\"undecided\"]");
    let last = lost(log.lines().last().expect("a reading"));
    let done = check(&format!("{log}{restart}\n{last}\n"), &[]);
    assert!(done.out.contains("5 of 7 steps"), "{}", done.out);
    assert_eq!(done.out.matches("because").count(), 1, "{}", done.out);
}

#[test]
fn a_bad_log_is_refused_with_its_line() {
    let log = client_log();
    let without = |part: &str| -> String {
        log.lines().filter(|line| !line.contains(part)).map(|line| format!("{line}\n")).collect()
    };
    let cut = &log[..log.len() - 20];
    let lines = log.lines().count();
    for (text, expected) in [
        ("", "LOG: it is empty: a log begins with a `hello`".to_owned()),
        (cut, format!("LOG: line {lines}: it is cut off: the JSON object does not end")),
        ("{\"command\":}\n", "LOG: line 1: it is no JSON object: expected value at column 12".to_owned()),
        ("[1]\n", "LOG: line 1: it is no JSON object".to_owned()),
        (&*without("\"hello\""), "LOG: line 1: `create` comes before `hello`, which begins a log".to_owned()),
        (
            &*without("\"create\""),
            "LOG: line 2: `discover` is for the device \"alice/phone\", which no `create` before it made"
                .to_owned(),
        ),
        (&*log.replace("\"decide\"", "\"decides\""), "LOG: line 7: this is not a command".to_owned()),
        (
            &*log.replace("[\"authenticated\"", "[\"perhaps\""),
            "`hello` does not say what the level \"perhaps\" means".to_owned(),
        ),
        (&*log.replace("\"levels\":[", "\"levels\":[\"undecided\","), "levels for".to_owned()),
        (&*format!("{log}{}", log.lines().nth(1).expect("a line")), "is created twice".to_owned()),
    ] {
        let done = check(text, &[]);
        assert_eq!(done.code, Some(66), "{expected}: {}", done.err);
        assert!(done.err.contains(&expected), "{expected}: {}", done.err);
        assert_eq!(done.out, "");
    }
}

#[test]
fn the_example_of_a_client_writes_a_log_that_is_explained() {
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let log = Scratch::new("client.jsonl");
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapters/client_log.py");
    let ended = std::process::Command::new("python3").args([example, log.name()]).status();
    assert!(ended.expect("it starts").success());
    let text = log.read();
    let done = check(&text, &[]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.contains("3 of 3 steps"), "{}", done.out);
    // The tablet's word about Bob's key had to count.
    let done = check(
        &text.replace(r#"["authenticated", "authenticated"]"#, r#"["authenticated", "undecided"]"#),
        &[],
    );
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert!(done.out.contains("xep-0450/ac-r/own-endpoint"), "{}", done.out);
}

#[test]
fn a_case_and_a_device_can_be_chosen() {
    let log = client_log();
    assert_eq!(check(&log, &["--device", "alice/phone"]).code, Some(0));
    let done = check(&log, &["--device", "alice/phon"]);
    assert_eq!((done.code, &*done.err), (Some(64), "atm: LOG: it has no such case or device\n"));
    assert_eq!(check(&log, &["--case", "another"]).code, Some(64));
}
