//! A path is a file, or a folder whose scenario files run in the order of their names.

use serde_json::Value;

use crate::atm::{Folder, atm};

/// The paths of the scenarios that ran, relative to `folder`.
fn ran<const N: usize>(folder: &Folder, paths: [&str; N]) -> Vec<String> {
    let arguments = ["run", "--format", "json"].into_iter().chain(paths).map(str::to_owned);
    let output = crate::atm::command().args(arguments).output().expect("the command can be started");
    let reports: Vec<Value> = serde_json::from_slice(&output.stdout).expect("a JSON array");
    let below = folder.path("");
    let paths = reports.iter().map(|report| report["scenario"].as_str().expect("a path"));
    paths.map(|path| path.strip_prefix(&below).expect("below the folder").to_owned()).collect()
}

#[test]
fn a_folder_stands_for_all_scenarios_in_it_and_below() {
    let folder = Folder::new("folder");
    for name in ["b.yaml", "a.yml", "c/d.yaml", "c/a/e.yaml"] {
        folder.write_passing(name);
    }
    folder.write("notes.txt", "no scenario");
    assert_eq!(ran(&folder, [&folder.path("")]), ["a.yml", "b.yaml", "c/a/e.yaml", "c/d.yaml"]);
}

#[test]
fn what_is_hidden_in_a_folder_is_left_alone() {
    let folder = Folder::new("hidden");
    folder.write_passing("a.yaml");
    folder.write(".a.yaml", "what an editor left");
    folder.write(".backup/a.yaml", "what an editor left");
    assert_eq!(ran(&folder, [&folder.path("")]), ["a.yaml"]);
}

#[test]
fn a_file_may_have_any_name() {
    let folder = Folder::new("any-name");
    let file = folder.write_passing(".scenario.txt");
    assert_eq!(ran(&folder, [&file]), [".scenario.txt"]);
}

#[test]
fn paths_keep_their_order() {
    let folder = Folder::new("order");
    let (a, b) = (folder.write_passing("a.yaml"), folder.write_passing("b.yaml"));
    assert_eq!(ran(&folder, [&b, &a]), ["b.yaml", "a.yaml"]);
}

#[test]
fn a_scenario_that_is_named_twice_runs_once() {
    let folder = Folder::new("twice");
    let (a, b) = (folder.write_passing("a.yaml"), folder.write_passing("b.yaml"));
    assert_eq!(ran(&folder, [&b, &folder.path("./b.yaml"), &folder.path(""), &a]), ["b.yaml", "a.yaml"]);
}

#[test]
fn a_folder_without_scenarios_is_refused() {
    let folder = Folder::new("no-scenario");
    folder.write("folder/notes.txt", "no scenario");
    let good = folder.write_passing("good.yaml");
    let ran = atm(["run", &good, &folder.path("folder")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (66, ""), "nothing is no pass");
    assert!(ran.stderr.contains("there is no scenario file"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_do_no_harm() {
    let folder = Folder::new("circle");
    folder.write_passing("a.yaml");
    folder.write_passing("b/c.yaml");
    std::os::unix::fs::symlink(folder.path(""), folder.path("b/up")).unwrap();
    std::os::unix::fs::symlink(folder.path("a.yaml"), folder.path("b/z.yaml")).unwrap();
    assert_eq!(ran(&folder, [&folder.path("")]), ["a.yaml", "b/c.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_cannot_be_read() {
    let folder = Folder::new("nowhere");
    folder.write_passing("a.yaml");
    std::os::unix::fs::symlink(folder.path("absent.yaml"), folder.path("b.yaml")).unwrap();
    let ran = atm(["run", &folder.path("")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (66, ""));
    assert!(ran.stderr.contains("b.yaml"), "{}", ran.stderr);
}
