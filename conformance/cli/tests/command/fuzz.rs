//! `atm fuzz` searches random scenarios, as a whole or in parts.

use crate::atm::{
    Folder, Ran, SEED_OF_A_MESSAGE, atm, broken_adapter, command, engine_adapter, once_broken_adapter,
};

#[test]
fn the_engine_keeps_its_promises() {
    let ran = atm(["fuzz", "--seeds", "0..3000"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(
        ran.stdout.ends_with("\nPASS nothing new was found; `known:` lists what was broken\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("18 of 18 rules exercised\n"), "{}", ran.stdout);
    // The duration is for people; programs read standard output, which does not contain it.
    assert!(!ran.stdout.contains("a second") && ran.stderr.contains("3000 scenarios in "), "{}", ran.stderr);
}

/// Under `newest`, a device undoes a distrust that it has not heard of when it restates its trust.
#[test]
fn what_the_protocol_cannot_keep_is_counted() {
    let folder = Folder::new("fuzz-hazards");
    let fuzz = |partition: &str| {
        let report = folder.path(&format!("{}.json", partition.replace('/', "-of-")));
        let ran = atm(["fuzz", "--seeds", "500..1000", "--partition", partition, "--report", &report]);
        assert_eq!(ran.code, 0, "{}", ran.stdout);
        (ran, report)
    };
    let (whole, _) = fuzz("1/1");
    let known = "\nknown: atm/invariants/revocation in 1 scenario, by restated-trust\n";
    assert!(whole.stdout.contains(known), "{}", whole.stdout);
    assert!(
        whole.stdout.ends_with("\nPASS nothing new was found; `known:` lists what was broken\n"),
        "{}",
        whole.stdout
    );
    let [(_, one), (_, other)] = ["1/2", "2/2"].map(fuzz);
    assert_eq!(atm(["report", "merge", &one, &other]).stdout, whole.stdout);
}

#[test]
fn any_number_of_workers_find_the_same() {
    let folder = Folder::new("fuzz-jobs");
    let run = |jobs: &str| {
        let report = folder.path(&format!("{jobs}.json"));
        let ran = atm(["fuzz", "--seeds", "7..1507", "--jobs", jobs, "--report", &report]);
        (ran.stdout, std::fs::read_to_string(report).unwrap())
    };
    assert_eq!(run("1"), run("3"));
}

#[test]
fn what_it_finds_is_a_scenario_that_fails() {
    let folder = Folder::new("fuzz-found");
    let (output, adapter) = (folder.path("found"), broken_adapter());
    let ran = atm(["fuzz", "--quiet", "--seeds", "0..200", "--adapter", &adapter, "--output", &output]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let files: Vec<String> = std::fs::read_dir(&output)
        .unwrap()
        .map(|file| file.unwrap().path().to_str().unwrap().to_owned())
        .collect();
    let about =
        |id: &str| files.iter().find(|file| file.contains(id)).unwrap_or_else(|| panic!("{id}: {files:?}"));
    let file = about("xep-0434-structure-chat-written");
    let replayed = atm(["conformance", "--quiet", "--adapter", &adapter, file]);
    assert_eq!(replayed.code, 1, "{}{}", replayed.stdout, replayed.stderr);
    let good = atm(["conformance", "--quiet", file]);
    assert_eq!(good.code, 0, "{}", good.stdout);
    // The case has no expectations. The requirement that it names judges the form of messages, which the engine gets right.
    let plain = atm(["conformance", "--quiet", "--variations", "none", file]);
    assert_eq!(plain.code, 0, "{}", plain.stdout);
}

#[test]
fn what_does_not_come_again_is_no_pass() {
    let folder = Folder::new("fuzz-once");
    let (adapter, report) = (once_broken_adapter(&folder), folder.path("report.json"));
    let seeds = ["--quiet", "--seeds", SEED_OF_A_MESSAGE, "--jobs", "1"];
    let options = ["fuzz", "--adapter", &adapter, "--report", &report];
    let ran = Ran::from(command().args(options).args(seeds).output().unwrap());
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    let found = "\ninconclusive: xep-0434/structure/chat-written, ";
    assert!(ran.stdout.contains(found) && ran.stdout.contains("\nINCONCLUSIVE "), "{}", ran.stdout);
    assert_eq!(atm(["report", "merge", &report]).code, 2);
}

#[test]
fn an_adapter_has_as_long_for_an_answer_when_what_is_found_is_replayed() {
    let (folder, adapter) = (Folder::new("fuzz-timeout"), broken_adapter());
    let [long, usual] = [&["--timeout", "60"][..], &[]].map(|timeout| {
        let report = folder.path(&format!("{}.json", timeout.len()));
        let options =
            ["fuzz", "--quiet", "--seeds", SEED_OF_A_MESSAGE, "--adapter", &adapter, "--report", &report];
        let mut command = command();
        command.args(options).args(["--output", &folder.path("found")]).args(timeout);
        let ran = Ran::from(command.output().unwrap());
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert_eq!(ran.stdout.contains(" --timeout 60 --case "), !timeout.is_empty(), "{}", ran.stdout);
        report
    });
    let ran = atm(["report", "merge", &long, &usual]);
    assert_eq!(ran.code, 64);
    assert!(
        ran.stderr.contains("the options differ") && ran.stderr.contains("--timeout 60"),
        "{}",
        ran.stderr
    );
}

#[test]
fn parts_say_together_what_the_whole_says() {
    let folder = Folder::new("fuzz-parts");
    let adapter = broken_adapter();
    let fuzz = |partition: &str, report: &str| {
        let mut command = command();
        command.args(["fuzz", "--quiet", "--seeds", "0..240", "--adapter", &adapter]);
        command.args(["--partition", partition, "--report", report, "--output", &folder.path("found")]);
        command.output().unwrap().status.code()
    };
    let whole = folder.path("whole.json");
    assert_eq!(fuzz("1/1", &whole), Some(1));
    let parts = [3, 1, 2].map(|part| {
        let report = folder.path(&format!("part-{part}.json"));
        assert_eq!(fuzz(&format!("{part}/3"), &report), Some(1));
        report
    });
    let merged = folder.path("merged.json");
    let [third, first, second] = &parts;
    let ran = atm(["report", "merge", third, first, second, "--report", &merged]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(merged).unwrap(), std::fs::read_to_string(whole).unwrap());
    let twice = atm(["report", "merge", first, second, first]);
    assert_eq!((twice.code, twice.stderr.contains("the part 1/3")), (64, true), "{}", twice.stderr);
}

#[test]
fn a_campaign_without_a_part_is_inconclusive() {
    let folder = Folder::new("fuzz-incomplete");
    let [first, second, third] = [1, 2, 3].map(|part| {
        let (report, found) = (folder.path(&format!("{part}.json")), folder.path("found"));
        let partition = format!("{part}/3");
        let options = ["--partition", &partition, "--report", &report, "--output", &found];
        let mut fuzz = command();
        fuzz.args(["fuzz", "--quiet", "--seeds", "0..48"]).args(options);
        assert_eq!(fuzz.output().unwrap().status.code(), Some(0), "a part that was asked for is all of it");
        report
    });
    let merged = folder.path("merged.json");
    let ran = atm(["report", "merge", &first, &third, "--report", &merged]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    let verdict = "INCONCLUSIVE no failure was found; the part 2/3 is missing\n";
    assert!(ran.stdout.ends_with(verdict), "{}", ran.stdout);
    assert_eq!(atm(["report", "merge", &merged]).code, 2);
    let partial = atm(["report", "merge", "--partial", &first, &third]);
    assert_eq!(partial.code, 0);
    assert!(partial.stdout.ends_with("PASS nothing was found\n"), "{}", partial.stdout);
    assert_eq!(atm(["report", "merge", &second, &merged]).code, 0);
    let one = atm(["report", "merge", &second]);
    assert!(one.stdout.ends_with("; 2 parts are missing: 1/3, 3/3\n") && one.code == 2, "{}", one.stdout);
}

/// A file that expects these requirements to fail, each in a case that no random scenario belongs to.
fn known(folder: &Folder, name: &str, requirements: &[&str]) -> String {
    let entry = |id: &&str| format!("- {{ requirement: {id}, cases: ['readme/*'], reason: It is so. }}\n");
    let entries: String = requirements.iter().map(entry).collect();
    folder.write(name, format!("format: 1\nexpectations:\n{entries}"))
}

const CHAT: &str = "xep-0434/structure/chat-written";
const RECOMMENDED: &str = "xep-0450/use-cases/recommended-by-tm";
const PADDING: &str = "xep-0434/sce-profile/rpad-written";

#[test]
fn what_is_expected_is_counted_and_does_not_hide_anything_else() {
    let folder = Folder::new("fuzz-known");
    let two_mistakes =
        format!("sh -c \"{} | sed -u 's/chat/headline/g; s,<rpad>[^<]*</rpad>,,g'\"", engine_adapter());
    let fuzz = |known: &str, partition: &str| -> (Ran, String) {
        let report = folder.path(&format!("{}.json", partition.replace('/', "-of-")));
        let options = ["--adapter", &two_mistakes, "--expectations", known, "--report", &report];
        let mut fuzz = command();
        fuzz.args(["fuzz", "--quiet", "--seeds", "0..96", "--partition", partition]).args(options);
        (fuzz.args(["--output", &folder.path("found")]).output().unwrap().into(), report)
    };
    let one = known(&folder, "one.yaml", &[CHAT, RECOMMENDED]);
    let (ran, _) = fuzz(&one, "1/1");
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let is_told = |ran: &Ran, id: &str| ran.stdout.contains(&format!("\nknown: {id} in "));
    assert!(is_told(&ran, CHAT) && ran.stdout.contains(&format!("\n{PADDING}, ")), "{}", ran.stdout);
    assert!(!ran.stdout.contains(&format!("\n{CHAT}, ")), "{}", ran.stdout);

    let all = known(&folder, "all.yaml", &[CHAT, RECOMMENDED, PADDING]);
    let (whole, report) = fuzz(&all, "1/1");
    assert_eq!(whole.code, 0, "{}{}", whole.stdout, whole.stderr);
    assert!(is_told(&whole, CHAT) && is_told(&whole, PADDING), "{}", whole.stdout);
    assert!(
        whole.stdout.ends_with("\nPASS nothing new was found; `known:` lists what was broken\n"),
        "{}",
        whole.stdout
    );
    let (_, first) = fuzz(&all, "1/2");
    let (_, second) = fuzz(&all, "2/2");
    let merged = folder.path("merged.json");
    assert_eq!(atm(["report", "merge", &first, &second, "--report", &merged]).code, 0);
    assert_eq!(std::fs::read_to_string(merged).unwrap(), std::fs::read_to_string(report).unwrap());

    let (_, other) = fuzz(&one, "2/2");
    let ran = atm(["report", "merge", &first, &other]);
    assert!(ran.code == 64 && ran.stderr.contains("the expectations differ"), "{}", ran.stderr);
}

#[test]
fn expectations_that_cannot_be_used_are_told_before_anything_is_tried() {
    let folder = Folder::new("fuzz-unusable");
    let fuzz = |known: &str, adapter: &[&str]| {
        let mut fuzz = command();
        Ran::from(
            fuzz.args(["fuzz", "--seeds", "0..1", "--expectations", known]).args(adapter).output().unwrap(),
        )
    };
    let engine = engine_adapter();
    let adapter = ["--adapter", &*engine];
    let good = known(&folder, "good.yaml", &[CHAT]);
    assert_eq!(fuzz(&good, &adapter).code, 0);
    assert_eq!(fuzz(&good, &[]).code, 64, "the engine has none");
    let bad = known(&folder, "bad.yaml", &["xep-0434/no-such"]);
    let ran = fuzz(&bad, &adapter);
    assert!(ran.code == 64 && ran.stderr.contains("there is no such requirement"), "{}", ran.stderr);
    assert_eq!(fuzz(&folder.path("absent.yaml"), &adapter).code, 66);
}

#[test]
fn parts_of_different_campaigns_are_not_merged() {
    let folder = Folder::new("fuzz-different");
    let [one, other] = ["2", "4"].map(|steps| {
        let report = folder.path(&format!("{steps}.json"));
        assert_eq!(atm(["fuzz", "--seeds", "0..32", "--steps", steps, "--report", &report]).code, 0);
        report
    });
    let ran = atm(["report", "merge", &one, &other]);
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("--steps 2") && ran.stderr.contains("--steps 4"), "{}", ran.stderr);
    let no_report = folder.write("other.json", "{}");
    assert_eq!(atm(["report", "merge", &no_report]).code, 66);
    let newer = folder.write("newer.json", r#"{"fuzz-format": 4}"#);
    let ran = atm(["report", "merge", &newer]);
    assert!(ran.code == 66 && ran.stderr.contains("format 4"), "{}", ran.stderr);
}

#[test]
fn mistakes_are_told_before_anything_is_tried() {
    for arguments in [
        ["--steps", "0"],
        ["--partition", "0/4"],
        ["--time", "soon"],
        ["--accounts", "0"],
        ["--devices", "-1"],
        ["--jobs", "0"],
    ] {
        let ran = atm(["fuzz", "--seeds", "0..1", arguments[0], arguments[1]]);
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{arguments:?}");
    }
    let ran = atm(["fuzz", "--adapter", "/nowhere/adapter", "--seeds", "0..1"]);
    assert_eq!(ran.code, 66);
    assert!(ran.stderr.contains("atm adapter check"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_tried() {
    let folder = Folder::new("fuzz-paths");
    let file = folder.write("file", "kept");
    let (below, absent, new) =
        (folder.path("file/found"), folder.path("absent/x.json"), folder.path("new.json"));
    for (option, path) in
        [("--output", &file), ("--output", &below), ("--report", &folder.path("")), ("--report", &absent)]
    {
        let ran = atm(["fuzz", "--seeds", "0..", "--time", "5s", option, path]);
        assert_eq!((ran.code, &*ran.stdout), (66, ""), "{option} {path}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(&format!("atm: {path}: ")), "{}", ran.stderr);
    }
    // An old file stays until there is new content, and a new file is not left behind.
    let ran = atm(["fuzz", "--report", &file, "--output", &file]);
    assert_eq!((ran.code, std::fs::read_to_string(&file).unwrap()), (66, "kept".to_owned()));
    let ran = atm(["fuzz", "--report", &new, "--output", &file]);
    assert_eq!((ran.code, std::fs::exists(&new).unwrap()), (66, false));
}

/// Writing to `/dev/full` fails as on a full disk, and no folder can be created in `/proc`.
#[test]
#[cfg(target_os = "linux")]
fn what_was_found_is_told_though_it_cannot_be_written() {
    let folder = Folder::new("fuzz-full");
    let (found, report, merged) =
        (folder.path("found"), folder.path("report.json"), folder.path("merged.json"));
    let (full, nowhere, adapter) = ("/dev/full", "/proc/nowhere", broken_adapter());
    let is_told = |ran: &Ran, path: &str| {
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stderr.starts_with(&format!("atm: {path}: ")), "{}", ran.stderr);
        assert!(ran.stdout.contains("\nFAIL "), "{}", ran.stdout);
    };
    let fuzz = |output: &str, report: &str| {
        let options = ["fuzz", "--quiet", "--seeds", "6..22", "--adapter", &adapter];
        command().args(options).args(["--output", output, "--report", report]).output().unwrap().into()
    };
    is_told(&fuzz(&found, full), full);
    assert!(std::fs::read_dir(&found).unwrap().count() > 0);
    is_told(&fuzz(nowhere, &report), nowhere);
    is_told(&atm(["report", "merge", &report, "--output", nowhere, "--report", &merged]), nowhere);
    assert_eq!(std::fs::read(&merged).unwrap(), std::fs::read(&report).unwrap());
    is_told(&atm(["report", "merge", &report, "--report", full]), full);
}

#[test]
fn time_ends_it_with_a_report() {
    let ran = atm(["fuzz", "--quiet", "--time", "2s"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("\nseeds 0.."), "{}", ran.stdout);
}

/// Interrupts a campaign with Ctrl-C.
#[cfg(unix)]
fn interrupted(seeds: &str, args: &[&str]) -> std::process::Output {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let mut command = command();
    command.args(["fuzz", "--seeds", seeds]).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    child.wait_with_output().unwrap()
}

#[test]
#[cfg(unix)]
fn an_interruption_ends_it_with_a_report() {
    let output = interrupted("0..", &[]);
    assert_eq!(output.status.code(), Some(0));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("seeds 0..") && stdout.contains("\nPASS nothing "), "{stdout}");
}

#[test]
#[cfg(unix)]
fn an_interruption_before_the_end_that_was_asked_for_is_no_pass() {
    for args in [&[][..], &["--time", "1h"]] {
        let output = interrupted(if args.is_empty() { "0..100000000" } else { "0.." }, args);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("that is no pass"), "{stderr}");
    }
}

/// The adapter is slow, so it still has to answer when Ctrl-C comes. With the first seed it sends a message.
#[test]
#[cfg(unix)]
fn an_interruption_leaves_what_was_found_as_it_is() {
    let folder = Folder::new("fuzz-interrupted");
    let engine = format!("'{}' adapter serve", env!("CARGO_BIN_EXE_atm"));
    let slow = "while read -r line; do sleep 0.01; printf '%s\\n' \"$line\"; done";
    let adapter = shell_words::join(["sh", "-c", &format!("{slow} | {engine} | sed -u s/chat/headline/g")]);
    let (first, _) = SEED_OF_A_MESSAGE.split_once("..").expect("a range of seeds");
    let options = ["--jobs", "1", "--adapter", &adapter, "--output", &folder.path("found")];
    let output = interrupted(&format!("{first}.."), &options);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert!(stdout.contains("\nxep-0434/structure/chat-written, "), "{stdout}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("what was found is told as it is"), "{stderr}");
}
