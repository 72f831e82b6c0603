//! Every file that is read has a limit for its kind. Pipes are read if the user names them.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::atm::{Folder, Ran, atm, command, root};

/// The memory limit of the command, in KiB.
const MEMORY: u32 = 1024 * 1024;

/// Runs the command with limited memory, so that an endless read does not use up all memory.
fn with_little_memory(arguments: &[&str], input: &str) -> Ran {
    let script = format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\" < {input}");
    let mut sh = Command::new("sh");
    sh.current_dir(root()).args(["-c", &script, env!("CARGO_BIN_EXE_atm")]).args(arguments);
    sh.output().expect("there is a shell").into()
}

#[test]
fn what_has_no_end_is_refused_with_the_limit() {
    let folder = Folder::new("no-end");
    let case = ["conformance", "--case", "test-cases/manual-b1-authenticate@alice/a1"];
    for (arguments, code, says) in [
        (
            &["report", "/dev/zero"][..],
            66,
            "atm: /dev/zero: it has more than 128 MiB, the most that a run file may have",
        ),
        (
            &["report", "merge", "/dev/zero"],
            66,
            "atm: /dev/zero: it has more than 64 MiB, the most that a report of a campaign may have",
        ),
        (
            &["report", "/dev/null", "--format", "markdown", "--campaign", "/dev/zero"],
            66,
            "atm: /dev/zero: it has more than 64 MiB, the most that a report of a campaign may have",
        ),
        (
            &["adapter", "replay", "/dev/zero"],
            66,
            "atm: /dev/zero: it has more than 128 MiB, the most that a recording may have",
        ),
        (&["check", "/dev/zero"], 66, "it has more than 128 MiB, the most that a recording may have"),
        (
            &[&case[..], &["--expectations", "/dev/zero"]].concat(),
            66,
            "atm: /dev/zero: it has more than 4 MiB, the most that an expectations file may have",
        ),
        (&["run", "/dev/zero"], 64, "the file has more than 262144 bytes"),
        (&["conformance", "/dev/zero"], 64, "the file has more than 262144 bytes"),
        (&["explore", "/dev/zero"], 64, "the file has more than 262144 bytes"),
        (&["explain", "/dev/zero", "alice/phone", "bob/phone"], 64, "the file has more than 262144 bytes"),
        (&["lint", "--kind", "uri", "/dev/zero"], 1, ""),
        (&["lint", "--kind", "stanza", "-"], 1, ""),
        (&["adapter", "serve"], 66, "a line has more than 4 MiB"),
    ] {
        let ran = with_little_memory(arguments, "/dev/zero");
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
    }
    // Like `--expectations`, except that a pipe or device may still be written.
    let written = folder.path("written.yaml");
    std::os::unix::fs::symlink("/dev/null", &written).unwrap();
    assert_eq!(
        with_little_memory(&[&case[..], &["--write-expectations", &written]].concat(), "/dev/null").code,
        0
    );
}

#[test]
fn an_adapter_that_replays_reads_no_line_for_ever() {
    let folder = Folder::new("no-end-replay");
    let (recording, engine) = (folder.path("recording.jsonl"), crate::atm::engine_adapter());
    let case = "test-cases/manual-b1-authenticate@alice/a1";
    let ran = atm(["conformance", "--adapter", &engine, "--case", case, "--record", &recording]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = with_little_memory(&["adapter", "replay", &recording], "/dev/zero");
    assert!(ran.code == 66 && ran.stderr.contains("a line has more than 4 MiB"), "{}", ran.stderr);
}

#[test]
fn a_folder_skips_what_is_no_file() {
    let folder = Folder::new("no-regular-file");
    folder.write_passing("a.yaml");
    for pipe in ["b.yaml", "c/d.yaml"] {
        std::fs::create_dir_all(folder.path("c")).unwrap();
        assert!(Command::new("mkfifo").arg(folder.path(pipe)).status().unwrap().success());
    }
    std::os::unix::fs::symlink("/dev/zero", folder.path("e.yaml")).unwrap();
    std::os::unix::net::UnixListener::bind(folder.path("f.yaml")).unwrap();
    let ran = atm(["run", &folder.path(""), "--verbose"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

#[test]
fn a_pipe_that_somebody_names_is_read() {
    let folder = Folder::new("named-pipe");
    let [run_file, campaign] = ["run.jsonl", "campaign.json"].map(|name| folder.path(name));
    let case = "test-cases/manual-b1-authenticate@alice/a1";
    assert_eq!(atm(["conformance", "--case", case, "--run-file", &run_file]).code, 0);
    let found = folder.path("found");
    assert_eq!(atm(["fuzz", "--seeds", "0..1", "--report", &campaign, "--output", &found]).code, 0);
    let known = folder.write("known.yaml", "format: 1\nexpectations: []\n");
    let scenario = root().join("scenarios/readme/20-to-8.yaml");
    let scenario = scenario.to_str().unwrap();
    let conformance = ["conformance", "--case", case, "--expectations"];
    for (file, before, after) in [
        (&*run_file, &["report"][..], &[][..]),
        (&campaign, &["report", "merge"], &[]),
        (scenario, &["run"], &[]),
        (scenario, &["conformance", "--quiet"], &[]),
        (scenario, &["explain"], &["alice/phone", "bob/phone"]),
        (scenario, &["explore", "--deliveries", "drained"], &[]),
        (&known, &conformance, &[]),
    ] {
        let mut command = command();
        command.args(before).arg("/dev/stdin").args(after).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let bytes = std::fs::read(file).unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), &bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{before:?}");
    }
}

#[test]
fn waiting_for_a_pipe_can_be_interrupted() {
    let folder = Folder::new("waiting");
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for arguments in
        [&["run"][..], &["report"], &["report", "merge"], &["lint"], &["conformance", "--expectations"]]
    {
        // A shell lets its background processes ignore interrupts, so `env` resets the signal.
        let mut command = Command::new("env");
        command.args(["--default-signal=INT", env!("CARGO_BIN_EXE_atm")]).args(arguments).arg(&pipe);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // If the signal comes before the process reads, it ends the process all the same.
        std::thread::sleep(Duration::from_millis(100));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(killed.success() && !child.wait().unwrap().success(), "{arguments:?}");
    }
}
