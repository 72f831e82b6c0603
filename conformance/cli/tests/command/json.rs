//! `--format json` prints one array with an object for each scenario.

use serde_json::{Value, json};

use crate::atm::{Folder, TWENTY_TO_EIGHT, atm};

fn reports<const N: usize>(arguments: [&str; N]) -> Vec<Value> {
    let ran = atm(arguments);
    assert_eq!(ran.stderr, "");
    serde_json::from_str(&ran.stdout).expect("one JSON array and nothing else")
}

fn report_under(announcement: &str) -> Value {
    let reports = reports(["run", TWENTY_TO_EIGHT, "--format", "json", "--announcement", announcement]);
    let [report] = <[Value; 1]>::try_from(reports).expect("one object");
    report
}

#[test]
fn direct_stops_two_short_and_names_them() {
    let report = report_under("direct");
    assert_eq!(report["scenario"], TWENTY_TO_EIGHT);
    assert_eq!(report["verdict"], "pass");
    assert_eq!(report["announcement"], "direct");
    assert_eq!(report["manual"], 8);
    assert_eq!(report["automatic"], 10);
    assert_eq!(report["authenticated"], 18);
    assert_eq!(report["possible"], 20);
    assert_eq!(report["messages"], 6);
    assert_eq!(
        report["missing"],
        json!([["alice/notebook", "bob/notebook"], ["alice/tablet", "bob/notebook"]])
    );
}

#[test]
fn cascade_and_relay_reach_all_twenty() {
    for (announcement, messages) in [("cascade", 6), ("relay", 20)] {
        let report = report_under(announcement);
        assert_eq!(report["announcement"], announcement);
        assert_eq!(report["verdict"], "pass");
        assert_eq!((&report["manual"], &report["automatic"]), (&json!(8), &json!(12)));
        assert_eq!((&report["authenticated"], &report["possible"]), (&json!(20), &json!(20)));
        assert_eq!(report["messages"], messages);
        assert_eq!(report["missing"], json!([]));
    }
}

#[test]
fn the_choices_and_the_requirements_are_told() {
    let arguments = ["run", TWENTY_TO_EIGHT, "--format", "json", "--conflict", "cautious", "--seed", "7"];
    let report = &reports(arguments)[0];
    assert_eq!((&report["conflict"], &report["seed"]), (&json!("cautious"), &json!(7)));
    assert_eq!(report["title"], "Eight scans instead of twenty");
    assert_eq!(report["requirements"][0], "readme/eight-and-twelve");
}

#[test]
fn every_expectation_has_an_outcome_and_its_place() {
    let folder = Folder::new("json-expectations");
    let file = folder.write("outcomes.yaml", OUTCOMES);
    let report = &reports(["run", &file, "--format", "json"])[0];
    assert_eq!(report["verdict"], "fail");
    assert_eq!(
        report["expectations"],
        json!([
            {
                "class": "reference", "requirement": null, "step": 0, "outcome": "pass",
                "expected": "manual: 0", "observed": [],
            },
            {
                "class": "required", "requirement": "xep-0450/introduction/security-level",
                "step": 1, "outcome": "pass",
                "expected": "authenticated: alice/phone -> alice/tablet", "observed": [],
            },
            {
                "class": "fact", "requirement": "atm/facts/tie", "step": null, "outcome": "holds",
                "expected": "authenticated: alice/phone -> alice/tablet", "observed": [],
            },
            {
                "class": "fact", "requirement": "atm/facts/tie", "step": null, "outcome": "differs",
                "expected": "authenticated: alice/tablet -> alice/phone",
                "observed": ["alice/tablet -> alice/phone is automatically-trusted"],
            },
            {
                "class": "reference", "requirement": null, "step": null, "outcome": "fail",
                "expected": "manual: 7", "observed": ["manual: 1"],
            },
        ])
    );
}

#[test]
fn the_verdict_of_each_scenario_is_told_in_the_order_of_the_paths() {
    let folder = Folder::new("json-verdicts");
    let files = [
        folder.write_failing("fails.yaml"),
        folder.write_passing("passes.yaml"),
        folder.write_expecting_nothing("expects-nothing.yaml"),
    ];
    let reports = reports(["run", &files[0], &files[1], &files[2], "--format", "json"]);
    let verdicts: Vec<_> = reports.iter().map(|report| report["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["fail", "pass", "inconclusive"]);
    let scenarios: Vec<_> = reports.iter().map(|report| report["scenario"].as_str().unwrap()).collect();
    assert_eq!(scenarios, files);
}

const OUTCOMES: &str = "
format: 1
title: Some of this is true
requirements: [xep-0450/introduction/security-level, atm/facts/tie]
accounts:
  alice: { devices: { phone: , tablet: } }
steps:
  - expect: { reference: [counts: { manual: 0 }] }
  - authenticate: alice/phone -> alice/tablet
  - expect:
      required:
        xep-0450/introduction/security-level:
          - levels: { authenticated: [alice/phone -> alice/tablet] }
expect:
  facts:
    atm/facts/tie:
      - levels: { authenticated: [alice/phone -> alice/tablet] }
      - levels: { authenticated: [alice/tablet -> alice/phone] }
  cascade: [counts: { manual: 7 }]
  direct: [counts: { manual: 8 }]
";
