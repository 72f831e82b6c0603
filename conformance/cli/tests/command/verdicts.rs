//! An error of the output never hides a verdict, whether the reader left or the disk is full.

use std::process::{Output, Stdio};

use crate::atm::{Folder, SEED_OF_A_MESSAGE, atm, broken_adapter, command, engine_adapter};

/// The option for a case that the broken adapter fails.
const CASE: [&str; 2] = ["--case", "test-cases/manual-b1-authenticate@alice/a1"];

/// Every command with a verdict, with arguments for a failure and for a pass.
struct Commands {
    failing: Vec<Vec<String>>,
    passing: Vec<Vec<String>>,
}

impl Commands {
    fn new(folder: &Folder) -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (good, bad) = (folder.write_passing("good.yaml"), folder.write_failing("bad.yaml"));
        let (engine, broken, found) = (engine_adapter(), broken_adapter(), folder.path("found"));
        let [good_run, bad_run] = [(&engine, "good.jsonl"), (&broken, "bad.jsonl")].map(|(adapter, name)| {
            let path = folder.path(name);
            atm(["conformance", "--adapter", adapter, CASE[0], CASE[1], "--run-file", &path]);
            path
        });
        let [good_campaign, bad_campaign] =
            [(&engine, "good.json"), (&broken, "bad.json")].map(|(adapter, name)| {
                let path = folder.path(name);
                let files = ["--report", &path, "--output", &found];
                let fuzz = ["fuzz", "--seeds", SEED_OF_A_MESSAGE, "--adapter", adapter];
                command().args(fuzz).args(files).output().expect("the command can be started");
                path
            });
        let (well_formed, malformed) = (
            folder.write("good.uri", GOOD_URI),
            folder.write("bad.uri", GOOD_URI.replace("trust=", "trust=xx")),
        );
        let explore = ["explore", "readme/20-to-8", "--deliveries", "drained"];
        let fuzz = ["fuzz", "--quiet", "--output", &found, "--seeds", SEED_OF_A_MESSAGE, "--adapter"];
        let mut failing: Vec<Vec<String>> = vec![
            words(&["conformance", "--adapter", &broken, CASE[0], CASE[1]]),
            words(&["report", &bad_run]),
            words(&["report", &bad_run, "--format", "html"]),
            words(&["report", "merge", &bad_campaign]),
            words(&["report", &good_run, "--campaign", &bad_campaign, "--format", "markdown"]),
            words(&[&fuzz[..], &[&broken]].concat()),
            words(&[&explore[..], &["--complete", "--announcement", "direct"]].concat()),
            words(&["lint", &malformed]),
            words(&["adapter", "check", "cat"]),
        ];
        let mut passing: Vec<Vec<String>> = vec![
            words(&["conformance", "--adapter", &engine, CASE[0], CASE[1]]),
            words(&["report", &good_run]),
            words(&["report", "merge", &good_campaign]),
            words(&["report", &good_run, "--campaign", &good_campaign, "--format", "markdown"]),
            words(&[&fuzz[..], &[&engine]].concat()),
            words(&explore),
            words(&["lint", &well_formed]),
            words(&["adapter", "check", &engine]),
            words(&["explain", "readme/20-to-8", "bob/notebook", "alice/tablet"]),
            words(&["requirements"]),
            words(&["requirements", "--format", "json"]),
            words(&["schema"]),
        ];
        for format in ["text", "json", "jsonl", "trace"] {
            failing.push(words(&["run", &bad, "--format", format]));
            passing.push(words(&["run", &good, "--format", format]));
        }
        Self { failing, passing }
    }
}

const GOOD_URI: &str = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;\
                        trust=b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413";

fn without_reader(arguments: &[String]) -> Output {
    let mut command = command();
    let mut child =
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_reader_that_leaves_changes_no_exit_code() {
    let folder = Folder::new("verdicts-no-reader");
    let commands = Commands::new(&folder);
    for (all, code) in [(commands.failing, 1), (commands.passing, 0)] {
        for arguments in all {
            let output = without_reader(&arguments);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
            assert!(!stderr.contains("atm:"), "{arguments:?}: {stderr}");
        }
    }
}

/// Writing to `/dev/full` fails as on a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_changes_no_failure_and_makes_a_pass_66() {
    let folder = Folder::new("verdicts-full-disk");
    let commands = Commands::new(&folder);
    for (all, code) in [(commands.failing, 1), (commands.passing, 66)] {
        for arguments in all {
            let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
            let output = command().args(&arguments).stdout(full).output().expect("it starts");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
            let complaints = stderr.matches("atm: standard output: ").count();
            assert_eq!(complaints, 1, "{arguments:?}: {stderr}");
        }
    }
}
