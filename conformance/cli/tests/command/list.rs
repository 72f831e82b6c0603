//! `atm list` lists the built-in scenarios.

use serde_json::Value;

use crate::atm::{Folder, Ran, atm, command, root};

fn list(arguments: &[&str]) -> Vec<Value> {
    let all = [&["list", "--format", "json"], arguments].concat();
    let ran = Ran::from(command().args(all).output().unwrap());
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    serde_json::from_str(&ran.stdout).unwrap()
}

fn names(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

#[test]
fn all_files_are_listed_without_options() {
    let mut files = Vec::new();
    for folder in std::fs::read_dir(root().join("scenarios")).unwrap() {
        let folder = folder.unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let (folder, file) = (folder.file_name(), file.unwrap().path());
            let (folder, name) = (folder.to_str().unwrap(), file.file_stem().unwrap().to_str().unwrap());
            files.push(format!("{folder}/{name}"));
        }
    }
    files.sort();
    let listed = list(&[]);
    let mut listed = names(&listed);
    listed.sort_unstable();
    assert_eq!(listed, files);
}

#[test]
fn names_and_requirements_choose() {
    let readme = list(&["readme/*"]);
    assert!(!readme.is_empty() && names(&readme).iter().all(|name| name.starts_with("readme/")));
    let latch = list(&["--requirement", "xep-0450/toakafa/latch"]);
    let is_about = |entry: &Value| {
        entry["requirements"].as_array().unwrap().iter().any(|id| id == "xep-0450/toakafa/latch")
    };
    assert!(!latch.is_empty() && latch.iter().all(is_about));
    assert_eq!(list(&[]).into_iter().filter(is_about).collect::<Vec<_>>(), latch);
}

#[test]
fn a_name_stands_in_its_folder_with_its_title() {
    let ran = atm(["list", "readme/20-to-8"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let [folder, entry] = ran.stdout.lines().collect::<Vec<_>>()[..] else { panic!("{}", ran.stdout) };
    assert_eq!(folder, "readme");
    assert!(entry.starts_with("  readme/20-to-8  "), "{entry}");
}

#[test]
fn every_command_that_plays_scenarios_takes_their_names() {
    let folder = Folder::new("names");
    let elsewhere = |arguments: &[&str]| {
        let mut command = command();
        command.current_dir(folder.path("")).args(arguments);
        Ran::from(command.output().unwrap())
    };
    for arguments in [
        &["run", "readme/20-to-8", "xep-0450/authenticate-own-tells-all-others"][..],
        &["conformance", "readme/20-to-8", "--variations", "none"],
        &["explain", "readme/20-to-8", "bob/notebook", "alice/tablet"],
        &["explore", "readme/20-to-8", "--deliveries", "drained", "--format", "json"],
    ] {
        let ran = elsewhere(arguments);
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{arguments:?}");
    }
    let ran = elsewhere(&["run", "readme/20-to-9"]);
    assert_eq!(ran.code, 66);
    assert!(ran.stderr.contains("did you mean `readme/20-to-8`?"), "{}", ran.stderr);
    // A file of that name takes precedence.
    folder.write("readme/20-to-8", "format: 1");
    assert_eq!(elsewhere(&["run", "readme/20-to-8"]).code, 64);
}

#[test]
fn a_name_that_no_scenario_has_is_a_mistake() {
    let ran = atm(["list", "attack/*"]);
    assert_eq!((ran.code, &*ran.stdout), (64, ""));
    assert!(ran.stderr.contains("no scenario has an id like `attack/*`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `attacks/*`?"), "{}", ran.stderr);
}

/// A folder of built-in scenarios can be named like a scenario.
#[test]
fn a_folder_of_the_list_can_be_played() {
    let folder = Folder::new("folder-of-the-list");
    let mut atm = command();
    atm.current_dir(folder.path("")).args(["run", "one-key", "--format", "json"]);
    let ran = Ran::from(atm.output().unwrap());
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let listed = list(&["one-key/*"]);
    assert!(listed.len() > 1);
    for name in names(&listed) {
        assert!(ran.stdout.contains(name), "{name}");
    }
}
