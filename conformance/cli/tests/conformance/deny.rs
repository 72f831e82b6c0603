//! Advice as a failure, and the replay of what a campaign found.

use std::path::Path;

use crate::atm::{Scratch, atm, served};

/// The command of an adapter that does not look at the sender in an envelope, which is advice.
fn credulous() -> String {
    let engine = served("");
    let command = format!("sed -u \"s/<from jid=[^>]*>//g\" | {engine}");
    format!("sh -c '{command}'")
}

const ADVICE: [&str; 6] = [
    "conformance",
    "--variations",
    "other-from",
    "--case",
    "xep-0450/contact-key-learned-from-own-endpoint@*",
    "--quiet",
];

#[test]
fn advice_fails_a_run_only_if_it_is_denied() {
    let adapter = credulous();
    let run = |more: &[&str]| atm(&[&ADVICE[..], &["--adapter", &adapter], more].concat());
    let allowed = run(&[]);
    assert_eq!(allowed.code, Some(0), "{}{}", allowed.out, allowed.err);
    assert!(allowed.out.contains("1 advice"), "{}", allowed.out);
    let (written, known) = (Scratch::new("deny.jsonl"), Scratch::new("deny.yaml"));
    let denied =
        run(&["--deny", "advice", "--run-file", written.name(), "--write-expectations", known.name()]);
    assert_eq!(denied.code, Some(1), "{}{}", denied.out, denied.err);
    assert!(denied.out.contains("1 fail"), "{}", denied.out);
    let again = written.read();
    assert!(again.lines().next().is_some_and(|line| line.contains("--deny advice")), "{again}");
    // A known failure can be expected, as any other.
    let expected = run(&["--deny", "advice", "--expectations", known.name()]);
    assert_eq!(expected.code, Some(0), "{}{}", expected.out, expected.err);
    assert_eq!(run(&["--deny", "difference"]).code, Some(64));
}

#[test]
fn what_a_campaign_finds_passes_after_the_repair() {
    let (adapter, folder) = (credulous(), Scratch::new("found"));
    let seeds = ["fuzz", "--seeds", "0..150", "--variations", "other-from", "--output", folder.name()];
    let fuzz = |more: &[&str]| atm(&[&seeds[..], &["--adapter", &adapter], more].concat());
    let found = fuzz(&["--deny", "advice"]);
    assert_eq!(found.code, Some(1), "{}{}", found.out, found.err);
    let files = std::fs::read_dir(Path::new(folder.name())).expect("there is advice");
    let files: Vec<String> =
        files.map(|file| file.expect("a file").path().to_str().expect("a path").to_owned()).collect();
    assert!(!files.is_empty(), "{}", found.out);
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a file");
        let case = text.split("--case '").nth(1).and_then(|rest| rest.split('\'').next()).expect("a case");
        let replayed = |adapter: &str| {
            let varied = if text.contains("--variations") { "other-from" } else { "none" };
            let selected = ["--variations", varied, "--case", case, "--deny", "advice"];
            atm(&[&["conformance", "--adapter", adapter, file][..], &selected].concat())
        };
        let (broken, repaired) = (replayed(&adapter), replayed(&served("")));
        assert_eq!(broken.code, Some(1), "{file}: {}{}", broken.out, broken.err);
        assert_eq!(repaired.code, Some(0), "{file}: {}{}", repaired.out, repaired.err);
    }
    std::fs::remove_dir_all(folder.name()).expect("it can be removed");
    let allowed = fuzz(&["--quiet"]);
    assert_eq!(allowed.code, Some(0), "{}{}", allowed.out, allowed.err);
    std::fs::remove_dir_all(folder.name()).expect("it can be removed");
}
