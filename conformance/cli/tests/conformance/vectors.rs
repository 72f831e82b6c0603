//! `atm vectors` writes test vectors, and the example plays them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use atm_suite::vectors::TestVector;

use crate::atm::{Done, atm};

/// A folder that does not exist yet.
fn folder(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("vectors").join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// The files of a folder with their contents.
fn files(folder: &str) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file"));
    let read = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().expect("a name in UTF-8");
        (name, std::fs::read_to_string(entry.path()).expect("a text"))
    };
    entries.map(read).collect()
}

/// Writes the vectors of one scenario.
fn written(name: &str, more: &[&str]) -> (String, Done) {
    let folder = folder(name);
    let case = "xep-0450/authenticate-contact-tells-own-endpoints@*";
    let done = atm(&[&["vectors", &folder, "--case", case][..], more].concat());
    (folder, done)
}

#[test]
fn each_device_of_a_case_has_a_file() {
    let (folder, done) = written("files", &[]);
    assert_eq!((done.code, &*done.err), (Some(0), ""));
    assert_eq!(done.out, format!("wrote 4 vectors into {folder}: 16 plays, 0 of them shortened\n"));
    let mut files = files(&folder);
    let schema = files.remove("test-vector.schema.json").expect("the schema");
    assert_eq!(schema, atm(&["schema", "test-vector"]).out);
    let devices = ["alice.notebook", "alice.phone", "alice.tablet", "bob.phone"];
    let names =
        devices.map(|device| format!("xep-0450.authenticate-contact-tells-own-endpoints@{device}.json"));
    assert!(files.keys().eq(&names), "{:?}", files.keys());
    for (name, text) in &files {
        let vector: TestVector = serde_json::from_str(text).expect("a test vector");
        assert_eq!(format!("{}\n", serde_json::to_string_pretty(&vector).expect("JSON")), *text, "{name}");
        assert_eq!(*name, format!("{}.json", vector.case.replace('/', ".")));
        assert!(
            vector.plays[0].variations.is_empty()
                && vector.plays[1..].iter().all(|play| !play.variations.is_empty())
        );
    }
}

#[test]
fn the_demands_of_the_specification_stand_in_the_vector() {
    let (folder, _) = written("demands", &["--variations", "none", "--quiet"]);
    let name = "xep-0450.authenticate-contact-tells-own-endpoints@alice.phone.json";
    let vector: TestVector = serde_json::from_str(&files(&folder)[name]).expect("a test vector");
    let must_tell = vector.plays[0].steps.iter().flat_map(|step| &step.must_tell);
    let told: Vec<String> = must_tell
        .map(|told| format!("{} {:?} {}: {}", told.to, told.verdict, told.key, told.requirement))
        .collect();
    // The phone authenticated the notebook and then Bob's phone. The tablet is only trusted.
    assert_eq!(
        told,
        [
            "alice/notebook Trust bob/phone: xep-0450/ac-s/own-endpoints",
            "bob/phone Trust alice/notebook: xep-0450/ac-s/contact-endpoint",
        ]
    );
    let listed = vector.plays[0].steps.iter().filter(|step| step.levels.contains_key("alice/tablet"));
    assert_eq!(listed.count(), 1, "nothing changes the level of the tablet's key after its discovery");
    let last = vector.plays[0].steps.last().expect("a step");
    assert_eq!(last.input.name(), "own-code");
    assert_eq!(last.code.as_ref().map(|code| &*code.owner), Some("alice@example.org"));
}

#[test]
fn the_same_bytes_are_written_for_any_number_of_jobs() {
    let (one, done) = written("one-job", &["--jobs", "1", "--quiet"]);
    assert_eq!((done.code, &*done.out, &*done.err), (Some(0), "", ""));
    let (three, _) = written("three-jobs", &["--jobs", "3"]);
    assert!(files(&one) == files(&three));
}

#[test]
fn rules_of_the_engine_and_variations_can_be_chosen() {
    let (folder, _) =
        written("rules", &["--announcement", "direct", "--conflict", "cautious", "--variations", "prefixes"]);
    for (name, text) in files(&folder).into_iter().filter(|(name, _)| name.contains('@')) {
        let vector: TestVector = serde_json::from_str(&text).expect("a test vector");
        assert_eq!(atm_suite::rule_name(&vector.rules.announcement), "direct", "{name}");
        assert_eq!(atm_suite::rule_name(&vector.rules.conflict), "cautious", "{name}");
        let variations: Vec<_> = vector.plays.into_iter().map(|play| play.variations).collect();
        assert_eq!(variations, [vec![], vec!["prefixes".to_owned()]], "{name}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let (folder, _) = written("full", &[]);
    let before = files(&folder);
    let again = atm(&["vectors", &folder, "--case", "test-cases/*"]);
    assert_eq!((again.code, &*again.out), (Some(64), ""));
    assert!(again.err.contains("is not empty"), "{}", again.err);
    assert!(files(&folder) == before);
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let (folder, _) = written("unwritable", &[]);
    let file = format!("{folder}/test-vector.schema.json");
    for path in [file.clone(), format!("{file}/below")] {
        let done = atm(&["vectors", &path, "--case", "test-cases/*"]);
        assert_eq!((done.code, &*done.out), (Some(66), ""), "{path}");
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
        assert!(done.err.contains(&path), "{}", done.err);
    }
}

#[test]
fn an_unknown_case_gives_no_vector() {
    let folder = folder("unknown");
    let done = atm(&["vectors", &folder, "--case", "test-cases/b1-for-b3"]);
    assert_eq!((done.code, &*done.out), (Some(64), ""));
    assert!(done.err.contains("no case has an id like"), "{}", done.err);
    assert!(!Path::new(&folder).exists());
}

#[test]
fn the_example_plays_vectors() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let folder = folder("played");
    let written =
        atm(&["vectors", &folder, "--variations", "none", "--case", "xep-0450/*", "--case", "attacks/f*"]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    let adapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters");
    let play = |module: &str, path: &Path| -> (Option<i32>, String) {
        let mut python = Command::new("python3");
        let script = adapters.join("play_vectors.py");
        python.arg("-B").arg(script).args([&folder, module]).env("PYTHONPATH", path).current_dir(&adapters);
        let done = python.output().expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (done.status.code(), text(done.stdout) + &text(done.stderr))
    };
    assert_eq!(play("small_client", &adapters), (Some(0), String::new()));
    for (name, change, requirement) in [
        ("deaf", "def release(self, authenticated): pass", "xep-0450/ac-r/own-endpoint"),
        ("silent", "def send(self, account, readers, decisions): pass", "xep-0450/ac-s/own-endpoints"),
        (
            "chatty",
            "def decide(self, command):\n        super().decide(command)\n        self.sent += [message | {'readers': [(command['owner'], key) for key in command['distrust']]} for message in self.sent if command['distrust']]",
            "xep-0434/encrypted/authenticated-endpoints-written",
        ),
    ] {
        let broken = format!("import small_client\n\nclass Client(small_client.Client):\n    {change}\n");
        std::fs::write(format!("{folder}/{name}.py"), broken).expect("it can be written");
        let (code, out) = play(name, Path::new(&folder));
        assert_eq!(code, Some(1), "{name}: {out}");
        assert!(out.contains(requirement), "{name}: {out}");
    }
}
