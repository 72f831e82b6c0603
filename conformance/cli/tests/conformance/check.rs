//! The output of the walk through the protocol.

use std::path::Path;

use crate::atm::{Done, atm, served};

/// Walks with the reference engine, which misbehaves once a line contains the mark.
fn walk(misdeed: &str, mark: &str, edit: &[&str]) -> Done {
    let adapter = Path::new(env!("CARGO_BIN_EXE_atm")).with_file_name("examples").join("misbehaving_adapter");
    assert!(adapter.exists(), "`cargo test` builds {}; so does `cargo build --examples`", adapter.display());
    let mut command = vec![adapter.to_str().expect("a path in UTF-8"), misdeed, mark];
    command.extend(edit);
    atm(&["adapter", "check", "--timeout", "1", &shell_words::join(command)])
}

/// The first word of each line about a part.
fn marks(done: &Done) -> Vec<&str> {
    let parts = done.out.lines().filter(|line| !line.starts_with(' ') && line.contains("  "));
    parts.map(|line| line.split_whitespace().next().unwrap_or_default()).collect()
}

/// The time at which the phone announces Bob's key.
const ANNOUNCED: &str = "12:00:06";

#[test]
fn the_check_passes_for_the_engine() {
    let done = atm(&["adapter", "check", &served("")]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert_eq!(done.out.matches("ok    ").count(), 18, "{}", done.out);
}

#[test]
fn the_check_shows_the_template_what_it_lacks() {
    // Not every machine with cargo has Python.
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapters/template.py");
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let done = atm(&["adapter", "check", &format!("python3 '{template}'")]);
    assert_eq!(done.code, Some(1), "{}", done.out);
    let failed: Vec<&str> = done.out.lines().filter(|line| line.starts_with("FAIL")).collect();
    assert_eq!(failed.len(), 2, "{}", done.out);
    assert!(failed[0].contains("nothing was sent"), "{}", done.out);
    assert!(done.out.contains("      command: {\"id\":"), "the offending line is shown: {}", done.out);
    assert!(done.out.contains("      likely:  "), "{}", done.out);
}

#[test]
fn what_fails_once_costs_no_other_part() {
    let done = walk("exit-silently", "\"command\":\"discover\"", &[]);
    assert_eq!(done.code, Some(1));
    assert!(done.out.contains("FAIL  `discover` shows them keys: it ended with exit code 4"), "{}", done.out);
    assert!(done.out.contains("then:    the program was ended and is started anew"), "{}", done.out);
    assert!(done.out.contains("not tried, since `discover` does not work"), "{}", done.out);
    assert!(!done.out.contains("no such device"), "{}", done.out);
    assert_eq!(done.out.matches("FAIL").count(), 1, "{}", done.out);
}

#[test]
fn after_a_crash_the_next_part_has_what_it_needs() {
    // Two parts need a key of Carol's.
    let done = walk("exit-silently", "carol@example.org", &[]);
    let failed: Vec<&str> = done.out.lines().filter(|line| line.starts_with("FAIL")).collect();
    assert_eq!(failed.len(), 2, "{}", done.out);
    assert!(failed[0].contains("`read` tells levels") && failed[1].contains("of plaintext"), "{}", done.out);
    assert!(marks(&done).iter().all(|mark| ["ok", "FAIL"].contains(mark)), "{}", done.out);
}

#[test]
fn what_no_adapter_may_lack_is_a_failure() {
    let done = walk(
        "edit",
        "\"command\":\"create\"",
        &["\"ok\":{", "}", "\"unsupported\":{\"feature\":\"create\"}"],
    );
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert!(done.out.contains("FAIL  `create` makes devices: unsupported: create"), "{}", done.out);
}

#[test]
fn how_the_program_ends_is_told() {
    let done = walk("exit-silently", "\"command\":\"stop\"", &[]);
    assert!(done.out.contains("FAIL  `stop` ends it: it ended with exit code 4 before"), "{}", done.out);
    assert!(!done.out.contains("started anew"), "it was the last part: {}", done.out);
    let done = walk("answer-and-exit", "\"command\":\"stop\"", &[]);
    assert!(done.out.contains("FAIL  `stop` ends it: it ended with exit code 5\n"), "{}", done.out);
    let done = walk("answer-and-hang", "\"command\":\"stop\"", &[]);
    assert!(done.out.contains("FAIL  `stop` ends it: it did not end within 2 s\n"), "{}", done.out);
}

#[test]
fn what_an_envelope_must_have_is_told() {
    for (from, to, element) in [("<rpad", "</rpad>", "rpad"), ("<time", "/>", "time")] {
        let done = walk("edit", ANNOUNCED, &[from, to, ""]);
        assert_eq!(done.code, Some(1), "{element}: {}", done.out);
        let told = format!("FAIL  what `decide` sends is told: an envelope has no <{element}/>");
        assert!(done.out.contains(&told), "{}", done.out);
    }
}

#[test]
fn what_stands_in_the_clear_is_told() {
    let clear = "<envelope xmlns='urn:xmpp:sce:1'/><encrypted";
    let done = walk("edit", ANNOUNCED, &["<encrypted", "", clear]);
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert!(done.out.contains("in the clear, `stanza` holds"), "{}", done.out);
}

#[test]
fn what_is_only_recommended_is_a_note() {
    for (from, to, with, note) in [
        ("<from", "/>", "", "an envelope has no <from/>"),
        ("<to ", "/>", "", "an envelope has no <to/>"),
        ("<store", "/>", "", "a stanza has no <store/> hint"),
        (" type='", "chat'", " type='normal'", "a stanza is of the type normal, not chat"),
    ] {
        let done = walk("edit", ANNOUNCED, &[from, to, with]);
        assert_eq!(done.code, Some(0), "{note}: {}", done.out);
        assert!(done.out.contains(&format!("note:    {note}: XEP-0434 recommends it")), "{}", done.out);
        assert_eq!(done.out.matches("note:").count(), 1, "once is enough: {}", done.out);
    }
}

#[test]
fn a_program_that_does_not_start_is_a_mistake_of_the_set_up() {
    let done = atm(&["adapter", "check", "no-such-program"]);
    assert_eq!(done.code, Some(66), "{}{}", done.out, done.err);
    assert!(done.out.contains("no-such-program cannot be started"), "{}", done.out);
}
