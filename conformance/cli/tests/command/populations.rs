//! A population has many accounts in one file, and is played in parts.

use crate::atm::{Folder, Ran, atm, command};

const HEAD: &str = "format: 1\ntitle: A small town\nrequirements: [xep-0450/details/complete-graph]\n";

fn town(folder: &Folder, settings: &str) -> String {
    folder.write("town.yaml", format!("{HEAD}population: {settings}\n"))
}

/// A population that keeps all invariants.
fn calm(folder: &Folder) -> String {
    town(folder, "{ accounts: 100, part: 20 }")
}

/// A population in which decisions to distrust race with others.
fn broken(folder: &Folder) -> String {
    town(folder, "{ accounts: 100, part: 20, decisions: { lost-of-1000: 300 } }")
}

fn run(arguments: &[&str]) -> Ran {
    command().arg("run").args(arguments).output().expect("the command can be started").into()
}

#[test]
fn counts_and_the_verdict_are_told() {
    let folder = Folder::new("population-counts");
    let ran = atm(["run", &calm(&folder)]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("calm", ran.stdout.replace(&folder.path(""), ""));
}

#[test]
fn a_part_that_breaks_a_promise_is_told_and_written_and_can_be_played() {
    let folder = Folder::new("population-broken");
    let (file, parts) = (broken(&folder), folder.path("parts"));
    let ran = atm(["run", &file, "--seed", "1", "--output", &parts]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("broken", ran.stdout.replace(&folder.path(""), ""));
    let written: Vec<&str> =
        ran.stderr.lines().map(|line| line.strip_prefix("atm: wrote ").unwrap()).collect();
    assert!(!written.is_empty() && written.iter().all(|path| path.starts_with(&parts)), "{}", ran.stderr);
    let (smallest, whole): (Vec<&str>, Vec<&str>) =
        written.into_iter().partition(|path| path.ends_with("-smallest.yaml"));
    assert_eq!(smallest.len(), whole.len());
    for path in whole {
        let (number, told) =
            (path.rsplit('-').next().unwrap().trim_end_matches(".yaml"), ran.stdout.as_str());
        let line =
            told.lines().find(|line| line.starts_with(&format!("  part {number}: broken promise"))).unwrap();
        let violation = line.split_once(": ").unwrap().1;
        let by_file = atm(["run", path, "--seed", "1"]);
        let by_number = atm(["run", &file, "--seed", "1", "--part", number]);
        for again in [by_file, by_number] {
            assert_eq!(again.code, 1);
            assert!(again.stdout.contains(violation), "{violation}\n{}", again.stdout);
        }
        // Few of the 20 accounts are left, and they break the same invariant.
        let smallest = path.replace(".yaml", "-smallest.yaml");
        let steps = std::fs::read_to_string(&smallest).unwrap().matches("\n  - ").count();
        assert!(steps < 20, "{smallest} has {steps} steps");
        let (promise, again) = (violation.split(',').next().unwrap(), atm(["run", &smallest, "--seed", "1"]));
        assert_eq!(again.code, 1);
        assert!(again.stdout.contains(promise), "{promise}\n{}", again.stdout);
    }
}

#[test]
fn the_same_bytes_come_out_for_any_number_of_jobs() {
    let folder = Folder::new("population-jobs");
    let file = broken(&folder);
    for format in ["text", "json"] {
        let [one, two, seven] =
            ["1", "2", "7"].map(|jobs| run(&[&file, "--format", format, "--jobs", jobs]).stdout);
        assert!(one == two && two == seven, "{one}\n{two}\n{seven}");
    }
}

#[test]
fn programs_are_told_what_people_are() {
    let folder = Folder::new("population-json");
    let ran = atm(["run", &calm(&folder), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let told = &json[0];
    assert_eq!(
        (&told["verdict"], &told["parts"], &told["accounts"]),
        (&"pass".into(), &5.into(), &100.into())
    );
    assert_eq!((&told["authenticated"], &told["failed"]), (&told["possible"], &0.into()));
    let text = atm(["run", &calm(&folder)]).stdout;
    let line = format!("{} manual + {} automatic", told["manual"], told["automatic"]);
    assert!(text.replace(',', "").contains(&line), "{line}\n{text}");
}

#[test]
fn without_promises_nothing_is_shown() {
    let folder = Folder::new("population-unwatched");
    let ran = atm(["run", &broken(&folder), "--invariants", "none"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.ends_with("INCONCLUSIVE no promise was watched\n"), "{}", ran.stdout);
}

#[test]
fn it_stands_beside_scenarios() {
    let folder = Folder::new("population-beside");
    calm(&folder);
    folder.write_passing("a-good.yaml");
    folder.write_failing("z-bad.yaml");
    let ran = atm(["run", &folder.path("")]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("PASS ") && ran.stdout.contains("town.yaml  A small town\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with("3 scenarios: 2 passed, 1 failed\n"), "{}", ran.stdout);
    let quiet = atm(["run", &calm(&folder), "--quiet"]);
    assert_eq!((quiet.code, quiet.stdout.as_str()), (0, ""));
}

#[test]
fn options_that_look_at_each_event_are_refused() {
    let folder = Folder::new("population-options");
    let (file, picture) = (calm(&folder), folder.path("p.svg"));
    for options in [
        &["--graph", &picture][..],
        &["--sequence", &picture],
        &["--format", "jsonl"],
        &["--format", "trace"],
        &["--verbose"],
        &["--check-determinism"],
    ] {
        let ran = run(&[&[file.as_str()], options].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{options:?}");
        let told = ran.stderr.replace(&folder.path(""), "");
        assert!(told.starts_with("town.yaml: `--"), "{told}");
        assert!(told.contains("looks at each event") && told.contains("--part N"), "{told}");
        let part = run(&[&[file.as_str(), "--part", "2"], options].concat());
        assert_eq!(part.code, 2, "{options:?}: {}", part.stderr);
    }
    assert!(std::path::Path::new(&picture).exists());
}

#[test]
fn options_for_populations_are_refused_without_one() {
    let folder = Folder::new("population-none");
    let (scenario, population) = (folder.write_passing("good.yaml"), calm(&folder));
    let told = |arguments: &[&str]| {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{arguments:?}");
        ran.stderr.replace(&folder.path(""), "")
    };
    let none = |option| format!("atm: `{option}` is for populations, and none is to be played\n");
    assert_eq!(told(&[&scenario, "--jobs", "2"]), none("--jobs"));
    assert_eq!(told(&[&population, "--part", "1", "--jobs", "2"]), none("--jobs"));
    assert_eq!(told(&[&scenario, "--output", "parts"]), none("--output"));
    assert_eq!(told(&[&scenario, "--part", "1"]), "good.yaml: this is no population, so it has no parts\n");
    assert_eq!(told(&[&population, "--part", "6"]), "town.yaml: there are 5 parts, and no part 6\n");
    let both = told(&[&scenario, &population, "--part", "1"]);
    assert_eq!(both, "atm: `--part` chooses from one population, but there are 2 files\n");
}

#[test]
fn other_commands_say_that_they_play_scenarios_only() {
    let folder = Folder::new("population-elsewhere");
    let file = calm(&folder);
    for arguments in [&["explore", &file][..], &["conformance", &file], &["explain", &file, "a1/d1", "a1/d1"]]
    {
        let ran: Ran = command().args(arguments).output().unwrap().into();
        assert_eq!(ran.code, 64, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("a population is not one scenario, but many"), "{}", ran.stderr);
    }
}
