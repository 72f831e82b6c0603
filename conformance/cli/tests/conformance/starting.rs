//! The start of an adapter has a limit of its own.

use crate::atm::{atm, served};

/// The command of an adapter of the engine that starts after so many seconds.
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

/// The command of an adapter whose `hello` describes this implementation.
fn about(implementation: &str) -> String {
    let edit = format!(r#"s/"implementation":{{[^}}]*}}/"implementation":{implementation}/"#);
    shell_words::join(["sh", "-c", &format!("{} | sed -u '{edit}'", served(""))])
}

#[test]
fn what_an_adapter_says_of_the_implementation_has_a_limit() {
    for (member, text, length, most) in
        [("name", "é", 101, "1 to 100"), ("version", "1", 101, "0 to 100"), ("url", "u", 2_001, "0 to 2000")]
    {
        let is_told = |length: usize| {
            let members = ["name", "version", "url"].map(|name| {
                format!(
                    "\"{name}\":\"{}\"",
                    if name == member { text.repeat(length) } else { "x".to_owned() }
                )
            });
            let adapter = about(&format!("{{{}}}", members.join(",")));
            let done = atm(&["conformance", "--adapter", &adapter, "--case", "nothing"]);
            let place =
                format!("at `ok.implementation.{member}`: it has {length} characters, but {most} are");
            assert_eq!(done.err.contains(&place), done.code == Some(66), "{}", done.err);
            done.code == Some(66)
        };
        assert!(is_told(length), "{member}");
        assert!(!is_told(length - 1), "{member}");
        assert_eq!(is_told(0), member == "name");
    }
}

/// An adapter that answered before does flush its output.
#[test]
fn an_adapter_that_stops_answering_is_not_told_to_flush() {
    let script = format!("{} | (sed -u 2q; sleep 30)", served(""));
    let adapter = shell_words::join(["sh", "-c", &script]);
    let done = atm(&["adapter", "check", &adapter, "--timeout", "0.5"]);
    assert!(done.out.contains("no answer to `create` within 0.5 s"), "{}", done.out);
    assert!(done.out.contains("it answered the commands before this one"), "{}", done.out);
    assert!(!done.out.contains("flush") && done.out.contains("--timeout"), "{}", done.out);
    assert_eq!(done.code, Some(1));
}
