//! The start of an adapter has a limit of its own.

use crate::atm::{atm, served};

/// An adapter of the engine that takes that long to start.
fn slow(seconds: &str) -> String {
    shell_words::join(["sh", "-c", &format!("sleep {seconds}; exec {}", served(""))])
}

#[test]
fn a_start_may_take_longer_than_an_answer() {
    let done = atm(&["adapter", "check", &slow("2"), "--timeout", "1.5"]);
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
}

#[test]
fn a_start_that_takes_too_long_is_told_as_that() {
    let adapter = slow("30");
    let commands: [&[&str]; 3] = [
        &["adapter", "check", &adapter],
        &["conformance", "--adapter", &adapter],
        &["fuzz", "--adapter", &adapter],
    ];
    for command in commands {
        let done = atm(&[command, &["--start-timeout", "0.2"]].concat());
        let told = done.out + &done.err;
        assert!(told.contains("no answer within 0.2 s after it was started"), "{command:?}: {told}");
        assert!(!told.contains("flushed"), "{command:?}: {told}");
        assert!(told.contains("--start-timeout"), "{command:?}: {told}");
        assert_ne!(done.code, Some(0));
    }
}
