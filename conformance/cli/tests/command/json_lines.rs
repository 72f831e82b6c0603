//! `--format jsonl` prints a header, a line for each event, and the report. The output is always the same.

use serde_json::Value;

use crate::atm::{TWENTY_TO_EIGHT, atm};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[test]
fn the_same_file_and_seed_give_the_same_bytes() {
    for announcement in ["direct", "cascade", "relay"] {
        let run =
            || atm(["run", "scenarios", "--format", "jsonl", "--seed", "7", "--announcement", announcement]);
        let (first, second) = (run(), run());
        assert_eq!(first.code, 0);
        assert!(!first.stdout.is_empty());
        assert!(first.stdout == second.stdout, "two runs under {announcement} differ");
    }
}

#[test]
fn a_run_begins_with_its_header_and_ends_with_its_report() {
    let ran = atm(["run", TWENTY_TO_EIGHT, "--format", "jsonl", "--seed", "7"]);
    assert!(ran.stdout.ends_with('\n'));
    let lines = lines(&ran.stdout);
    let [header, events @ .., report] = &*lines else { panic!("too few lines") };

    let header = &header["header"];
    assert_eq!(header["format"], 1);
    assert_eq!(header["scenario"], TWENTY_TO_EIGHT);
    assert_eq!((&header["announcement"], &header["conflict"]), (&"cascade".into(), &"newest".into()));
    assert_eq!(header["seed"], 7);
    assert!(header["rng"].is_string());

    assert!(events.iter().enumerate().all(|(number, event)| event["event"] == number));
    let sent = events.iter().filter(|event| event.get("sent").is_some());
    assert_eq!(sent.count(), 6);
    let steps: Vec<_> = events.iter().filter_map(|event| event["step"].as_u64()).collect();
    assert_eq!(steps, (1..=8).collect::<Vec<u64>>());

    let json = atm(["run", TWENTY_TO_EIGHT, "--format", "json", "--seed", "7"]).stdout;
    let json: Value = serde_json::from_str(&json).expect("an array");
    assert_eq!(report["report"], json[0], "the report is the object of --format json");
}

#[test]
fn events_tell_when_who_and_what() {
    let ran = atm(["run", TWENTY_TO_EIGHT, "--format", "jsonl"]);
    let of_interest = [r#""sent""#, r#""postponed""#, r#""manual""#];
    let decisive = ran
        .stdout
        .lines()
        .filter(|line| line.contains(r#""event""#) && of_interest.iter().any(|name| line.contains(name)));
    insta::assert_snapshot!("events", decisive.collect::<Vec<_>>().join("\n"));
}

#[test]
fn each_scenario_has_a_header_and_a_report() {
    let ran = atm(["run", "scenarios/readme", "--format", "jsonl"]);
    let lines = lines(&ran.stdout);
    for name in ["header", "report"] {
        let scenarios: Vec<_> = lines.iter().filter_map(|line| line[name]["scenario"].as_str()).collect();
        assert_eq!(
            scenarios,
            [
                "scenarios/readme/20-to-8.yaml",
                "scenarios/readme/one-key-three-contacts.yaml",
                "scenarios/readme/without-atm.yaml"
            ]
        );
    }
}
