//! `atm findings`, and the page with its measurements.

use crate::atm::{Ran, atm, command, root};

const PROMISES: [&str; 5] = ["completeness", "revocation", "agreement", "reauthentication", "resistance"];

fn page() -> String {
    std::fs::read_to_string(root().join("conformance/FINDINGS.md")).unwrap()
}

/// The tables of a promise on the page, which stand between two comments.
fn on_the_page(promise: &str) -> String {
    let page = page();
    let begin = format!("<!-- atm findings {promise} --format markdown -->\n");
    let table = page.split(&begin).nth(1).unwrap_or_else(|| panic!("the page lacks {begin}"));
    table.split("<!-- end -->").next().unwrap().trim().to_owned()
}

fn measured(arguments: &[&str]) -> String {
    let ran: Ran =
        command().args(["findings", "--format", "markdown"]).args(arguments).output().unwrap().into();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let tables = ran.stdout.split("-->\n").nth(1).unwrap();
    tables.trim().to_owned()
}

#[test]
fn the_page_says_what_is_measured() {
    for promise in PROMISES {
        assert_eq!(measured(&[promise]), on_the_page(promise), "{promise}");
    }
}

#[test]
fn each_promise_can_be_asked_about_alone() {
    let ran = atm(["findings", "reauthentication", "--format", "json"]);
    let answers: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let answers = answers.as_array().unwrap();
    assert!(answers.iter().all(|answer| answer["promise"] == "reauthentication"), "{answers:?}");
    let of_named: Vec<_> = answers.iter().filter(|answer| answer["conflict"] == "named").collect();
    assert!(!of_named.is_empty() && of_named.iter().all(|answer| answer["held"] == answer["of"]));
    assert_eq!(atm(["findings", "riches"]).code, 64);
}
