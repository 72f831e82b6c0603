//! `atm requirements` lists the requirements of the specifications and their tests.

use atm_suite::requirements::find;
use serde_json::{Value, json};

use crate::atm::atm;

#[test]
fn requirements_stand_under_their_documents_with_their_scenarios() {
    let ran =
        atm(["requirements", "--id", "xep-0450/ook", "--id", "xep-0450/gui/*", "--id", "xep-0420/rules/s*"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    insta::assert_snapshot!("requirements", ran.stdout);
}

#[test]
fn all_are_listed_without_options_each_once() {
    let listed = list(["requirements", "--format", "json"]);
    let ids: Vec<_> = listed.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert_eq!(ids, atm_suite::requirements::ids().collect::<Vec<_>>());
}

#[test]
fn document_and_level_choose_and_each_entry_tells_all() {
    let listed = list([
        "requirements",
        "--format",
        "json",
        "--document",
        "xep-0280",
        "--document",
        "readme",
        "--level",
        "must",
    ]);
    let mutants = find("xep-0280/inbound/own-bare-jid").unwrap().mutants();
    assert!(mutants > 0);
    assert_eq!(
        listed,
        [json!({
            "id": "xep-0280/inbound/own-bare-jid",
            "document": "xep-0280",
            "title": "Message Carbons",
            "version": "1.0.1",
            "level": "MUST",
            "weight": "security",
            "summary": "A carbon copy that comes from another JID than the own account's bare one is not accepted.",
            "url": "https://xmpp.org/extensions/xep-0280.html#security",
            "tested_by": "scenarios",
            "scenarios": ["attacks/forged-carbon"],
            "mutants": mutants,
        })]
    );
}

#[test]
fn a_choice_of_nothing_and_words_that_nobody_knows_are_mistakes() {
    let ran = atm(["requirements", "--id", "xep-0450/nothing"]);
    assert_eq!((ran.code, &*ran.stdout), (64, ""));
    assert!(
        ran.stderr.starts_with("atm: no requirement has an id like `xep-0450/nothing`\n"),
        "{}",
        ran.stderr
    );
    let ran = atm(["requirements", "--level", "might"]);
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("must, should, recommended, may, derived, ours"), "{}", ran.stderr);
    let ran = atm(["requirements", "--document", "xep-9999"]);
    assert!(ran.stderr.contains("xep-0450, xep-0434, xep-0420, xep-0280"), "{}", ran.stderr);
    let ran = atm(["requirements", "--id", "["]);
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("is not a pattern"), "{}", ran.stderr);
}

fn list<const N: usize>(arguments: [&str; N]) -> Vec<Value> {
    let ran = atm(arguments);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    serde_json::from_str(&ran.stdout).expect("one JSON array and nothing else")
}
