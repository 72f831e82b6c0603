//! Runs of devices behind adapters, as pages show them.

use atm_suite::run_file::RunFile;
use serde_json::Value;

use crate::atm::{Scratch, atm, served};

/// Plays a case with the engine behind an adapter, which gives no reasons, and returns the run that pages show.
fn recorded(case: &str) -> Value {
    let file = Scratch::new("recorded.jsonl");
    let adapter = served("");
    let done = atm(&["conformance", "--adapter", &adapter, "--case", case, "--run-file", file.name()]);
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    let file = RunFile::read(file.read().as_bytes()).expect("a whole run file");
    file.pictures[0].run.clone()
}

fn position(run: &Value, list: &str, name: &str) -> usize {
    let list = run[list].as_array().expect("a list");
    list.iter().position(|one| one["name"] == name).expect("the name is in the list")
}

/// The origin of the decision by which a device authenticated a key.
fn origin(run: &Value, device: &str, key: &str) -> Value {
    let (device, key) = (position(run, "devices", device), position(run, "keys", key));
    let moments = run["moments"].as_array().expect("moments");
    let mut changes = moments.iter().flat_map(|moment| moment["changes"].as_array().expect("changes"));
    let change = changes.find(|change| {
        change["device"] == device && change["key"] == key && change["level"] == "authenticated"
    });
    change.expect("the device authenticates the key")["by"].clone()
}

/// The example tells who authenticates whom on whose word.
#[test]
fn decisions_have_the_origins_that_the_run_shows() {
    let run = recorded("readme/20-to-8@bob/notebook");
    assert_eq!(origin(&run, "bob/notebook", "bob/phone"), "person", "it scans the code");
    for (key, speaker) in [("alice/phone", "bob/phone"), ("alice/tablet", "alice/phone")] {
        let speaker = position(&run, "keys", speaker);
        assert_eq!(origin(&run, "bob/notebook", key)["message"], speaker, "{key}");
    }
}

#[test]
fn stanzas_made_by_hand_tell_what_they_say() {
    let run = recorded("attacks/replayed-trust-after-a-backup@alice/phone");
    let moments = run["moments"].as_array().expect("moments");
    let told = moments.iter().filter_map(|moment| moment["text"].as_str());
    let told: Vec<&str> = told.filter(|text| text.starts_with("a stanza made by hand")).collect();
    assert!(told.iter().any(|text| text.ends_with(": trust bob/tablet")), "{told:?}");
    assert!(told.iter().any(|text| text.ends_with(": distrust bob/tablet")), "{told:?}");
}
