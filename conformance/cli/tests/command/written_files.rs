//! A file is written as a whole or stays unchanged, whichever option names it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use crate::atm::{
    Folder, Ran, SEED_OF_A_MESSAGE, TWENTY_TO_EIGHT, atm, broken_adapter, command, engine_adapter, root,
};

const CASE: [&str; 2] = ["--case", "test-cases/manual-b1-authenticate@alice/a1"];

/// Runs the command with a limit for the size of files, in blocks of 512 bytes.
fn with_little_room(blocks: u32, arguments: &[&str]) -> Output {
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut sh = Command::new("sh");
    sh.current_dir(root()).args(["-c", &script, env!("CARGO_BIN_EXE_atm")]).args(arguments);
    sh.output().expect("there is a shell")
}

fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_cannot_be_written_whole_stays_as_it_was() {
    let inputs = Folder::new("no-room-inputs");
    let (broken, campaign, run_file) =
        (broken_adapter(), inputs.path("campaign.json"), inputs.path("run.jsonl"));
    atm(["conformance", "--adapter", &broken, CASE[0], CASE[1], "--run-file", &run_file]);
    let fuzz = ["fuzz", "--quiet", "--seeds", SEED_OF_A_MESSAGE, "--adapter", &broken, "--output"];
    command().args(fuzz).args([&inputs.path("found"), "--report", &campaign]).output().unwrap();

    let folder = Folder::new("no-room");
    let conformance = ["conformance", "--adapter", &broken, CASE[0], CASE[1]];
    let run = ["run", TWENTY_TO_EIGHT];
    let explore =
        ["explore", "readme/20-to-8", "--complete", "--announcement", "direct", "--deliveries", "drained"];
    let found = inputs.path("found");
    for (arguments, option, name, code) in [
        (&conformance[..], "--run-file", "run.jsonl", 1),
        (&conformance, "--record", "record.jsonl", 1),
        (&conformance, "--junit", "junit.xml", 1),
        (&conformance, "--markdown", "report.md", 1),
        (&conformance, "--html", "report.html", 1),
        (&conformance, "--badge", "badge.svg", 1),
        (&["report", &run_file, "--format", "html"], "--output", "report.html", 1),
        (&["report", "merge", &campaign], "--report", "merged.json", 1),
        (&[&fuzz[..], &[&found]].concat(), "--report", "fuzz.json", 1),
        (&explore, "--counterexample", "counterexample.yaml", 1),
        (&run, "--sequence", "run.svg", 66),
        (&run, "--graph", "graph.dot", 66),
    ] {
        let path = folder.write(name, "kept");
        let output = with_little_room(1, &[arguments, &[option, &path]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{option}: {stderr}");
        assert_eq!(stderr.matches(&format!("atm: {path}: ")).count(), 1, "{option}: {stderr}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "kept", "{option}");
        assert_eq!(names(&folder.path("")), [name], "{option}");
        fs::remove_file(path).unwrap();
    }
    // The counterexamples of a campaign are not written in part either.
    let output = folder.path("found");
    let done = with_little_room(0, &["report", "merge", &campaign, "--output", &output]);
    assert_eq!((done.status.code(), names(&output)), (Some(1), Vec::new()));
}

#[test]
fn manual_pages_that_cannot_be_written_whole_stay_as_they_were() {
    let folder = Folder::new("no-room-pages");
    let page = folder.write("atm-run.1", "kept");
    let done = with_little_room(0, &["man", &folder.path("")]);
    assert_eq!(done.status.code(), Some(66), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(
        (fs::read_to_string(page).unwrap(), names(&folder.path(""))),
        ("kept".to_owned(), vec!["atm-run.1".to_owned()])
    );
}

#[test]
fn a_folder_that_is_not_there_is_told_by_the_name_that_was_given() {
    let path = Folder::new("no-folder").path("none/run.svg");
    let ran = atm(["run", TWENTY_TO_EIGHT, "--sequence", &path]);
    assert_eq!(ran.code, 66);
    assert!(ran.stderr.contains(&path) && !ran.stderr.contains(".atm-"), "{}", ran.stderr);
}

/// The signal comes at 60 different times: before, during and after the file is written.
#[test]
fn a_signal_leaves_no_unfinished_file() {
    let folder = Folder::new("interrupted");
    for moment in 0..60 {
        let path = folder.path(&format!("{moment}.html"));
        let mut atm = command();
        atm.args(["run", TWENTY_TO_EIGHT, "--quiet", "--html", &path]).stderr(std::process::Stdio::null());
        let mut child = atm.spawn().expect("the command can be started");
        std::thread::sleep(std::time::Duration::from_millis(moment));
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).output();
        kill.expect("there is a kill");
        child.wait().expect("it ends");
    }
    let left: Vec<String> =
        names(&folder.path("")).into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn reasons_that_somebody_wrote_survive_a_full_disk() {
    let folder = Folder::new("no-room-reasons");
    let reason = "The stanza is of the wrong type. ".repeat(40);
    let entry = format!(
        "format: 1\nexpectations:\n- requirement: xep-0450/ac-r/own-endpoint\n  cases: ['xep-0450/*']\n  reason: '{reason}'\n"
    );
    let path = folder.write("known.yaml", &entry);
    let broken = broken_adapter();
    let arguments = ["conformance", "--adapter", &broken, CASE[0], CASE[1], "--write-expectations", &path];
    let output = with_little_room(2, &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(&path).unwrap(), entry);
    assert_eq!(names(&folder.path("")), ["known.yaml"]);
}

#[test]
fn a_link_stays_one_and_permissions_stay() {
    let folder = Folder::new("replaced");
    let run = |path: &str| assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--graph", path]).code, 0);
    let (file, far) = (folder.write("far/graph.dot", "old"), folder.path("far"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let (link, to_link) = (folder.path("link.dot"), folder.path("far/back.dot"));
    symlink("../link.dot", &to_link).unwrap();
    symlink("far/graph.dot", &link).unwrap();
    run(&to_link);
    assert!(fs::read_to_string(&file).unwrap().starts_with("digraph"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(names(&far), ["back.dot", "graph.dot"]);

    // A link to a missing file, and links in a circle.
    let (dangling, circle) = (folder.path("dangling.dot"), folder.path("circle.dot"));
    symlink("far/new.dot", &dangling).unwrap();
    run(&dangling);
    assert!(fs::read_to_string(folder.path("far/new.dot")).unwrap().starts_with("digraph"));
    symlink("circle.dot", &circle).unwrap();
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--graph", &circle]).code, 66);
}

#[test]
fn a_new_file_is_for_whom_the_mask_allows() {
    let folder = Folder::new("mask");
    for (mask, mode) in [("022", 0o644), ("077", 0o600)] {
        let path = folder.path(&format!("{mask}.dot"));
        let mut sh = Command::new("sh");
        sh.current_dir(root()).args([
            "-c",
            &format!("umask {mask}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_atm"),
        ]);
        assert!(sh.args(["run", TWENTY_TO_EIGHT, "--graph", &path]).output().unwrap().status.success());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn a_pipe_is_written_directly() {
    let folder = Folder::new("fifo");
    let pipe = folder.path("graph.dot");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = Command::new("cat").arg(&pipe).stdout(std::process::Stdio::piped()).spawn().unwrap();
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--graph", &pipe]).code, 0);
    let read = reader.wait_with_output().unwrap().stdout;
    assert!(read.starts_with(b"digraph"), "{}", String::from_utf8_lossy(&read));
    assert!(!fs::symlink_metadata(&pipe).unwrap().is_file());
}

/// The report and the text for people both go to standard output, one after the other.
#[cfg(target_os = "linux")]
#[test]
fn standard_output_is_written_directly_even_if_it_is_a_file() {
    let folder = Folder::new("standard-output");
    let adapter = engine_adapter();
    for path in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let file = folder.write("out", "");
        let mut command = command();
        command.args(["conformance", "--adapter", &adapter, CASE[0], CASE[1], "--junit", path]);
        let out = fs::File::options().append(true).open(&file).unwrap();
        assert_eq!(command.stdout(out).output().unwrap().status.code(), Some(0));
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("<?xml ") && text.contains("\natm-engine "), "{path}: {text}");
        assert!(Path::new(path).exists());
        let piped = Ran::from(command.stdout(std::process::Stdio::piped()).output().unwrap());
        assert_eq!(piped.stdout, text, "{path}");
    }
}

/// As with `<(yes)` in a shell: writing into that pipe would wait for a reader that never comes.
#[cfg(target_os = "linux")]
#[test]
fn what_is_open_for_reading_is_not_written() {
    const KEPT: &str = "format: 1\nexpectations: []\n\n";
    let folder = Folder::new("for-reading");
    let file = folder.write("input", KEPT);
    for option in ["--write-expectations", "--run-file", "--junit"] {
        for input in ["yes |", &format!("< '{file}'")] {
            let run =
                format!("timeout 20 \"$0\" conformance --case '{}' --quiet {option} /dev/stdin", CASE[1]);
            let script =
                if input.ends_with('|') { format!("{input} {run}") } else { format!("{run} {input}") };
            let mut sh = Command::new("sh");
            sh.current_dir(root()).args(["-c", &script, env!("CARGO_BIN_EXE_atm")]);
            let ran = Ran::from(sh.output().unwrap());
            assert_eq!(ran.code, 66, "{script}: {}", ran.stderr);
            let says = "atm: /dev/stdin: ";
            assert!(ran.stderr.contains(says), "{script}: {}", ran.stderr);
        }
    }
    assert_eq!(fs::read_to_string(file).unwrap(), KEPT);
}

/// Only the superuser may write such a file.
#[test]
fn a_file_that_nobody_may_write_is_not_replaced() {
    let folder = Folder::new("read-only");
    let path = folder.write("graph.dot", "kept");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let may_write = fs::File::options().append(true).open(&path).is_ok();
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--graph", &path]).code, if may_write { 0 } else { 66 });
    assert_eq!(fs::read_to_string(&path).unwrap() == "kept", !may_write);
}

#[test]
fn a_name_may_be_as_long_as_names_may_be() {
    let folder = Folder::new("long-name");
    let name = format!("{}.svg", "n".repeat(251));
    let done = atm(["run", TWENTY_TO_EIGHT, "--sequence", &folder.path(&name)]);
    assert_eq!((done.code, names(&folder.path(""))), (0, vec![name]), "{}", done.stderr);
}
