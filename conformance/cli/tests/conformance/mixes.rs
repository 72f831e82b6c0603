use atm_suite::run_file::RunFile;

use crate::atm::{Scratch, atm, served};

#[test]
fn implementations_play_together() {
    let file = Scratch::new("mix.jsonl");
    let (one, other) = (format!("one={}", served("")), format!("other={}", served(" --announcement direct")));
    let done = atm(&[
        "conformance",
        "--adapter",
        &one,
        "--adapter",
        &other,
        "--assign",
        "alice=one",
        "--assign",
        "alice/a2=other",
        "--assign",
        "bob/b1=other",
        "--case",
        "test-cases/manual-b1-authenticate@*",
        "--run-file",
        file.name(),
    ]);
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    let file = RunFile::read(file.read().as_bytes()).expect("a whole run file");
    assert_eq!(file.cases.len(), 1);
    let hosts: Vec<String> =
        file.cases[0].hosts.iter().map(|host| format!("{}={}", host.device, host.implementation)).collect();
    let all = hosts.join(",");
    assert!(all.starts_with("alice/a1=one,alice/a2=other,"), "a device counts more than its account: {all}");
    assert!(all.contains("bob/b1=other"), "{all}");
    assert_eq!(file.cases[0].case, format!("test-cases/manual-b1-authenticate@{all}"));
}

#[test]
fn several_adapters_need_to_be_assigned() {
    let done = atm(&[
        "conformance",
        "--adapter",
        &format!("one={}", served("")),
        "--adapter",
        &format!("two={}", served("")),
    ]);
    assert_eq!(done.code, Some(64));
    assert!(done.err.contains("--assign"), "{}", done.err);
}

#[test]
fn an_unknown_name_is_a_mistake() {
    let one = format!("one={}", served(""));
    let done = atm(&["conformance", "--adapter", &one, "--assign", "alice=two"]);
    assert_eq!(done.code, Some(64));
    assert!(done.err.contains("there is no adapter two, only one"), "{}", done.err);
}

#[test]
fn a_role_that_nobody_can_play_is_a_mistake() {
    let one = format!("one={}", served(""));
    let done = atm(&["conformance", "--adapter", &one, "--assign", "zoe/phone=one"]);
    assert_eq!(done.code, Some(64));
    assert!(done.err.contains("zoe/phone"), "{}", done.err);
}
