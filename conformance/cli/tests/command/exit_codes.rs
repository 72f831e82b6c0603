//! The exit code shows the result of a command: 0, 1, 2, 64 or 66.

use crate::atm::{Folder, TWENTY_TO_EIGHT, atm, command, engine_adapter};

#[test]
fn zero_if_everything_came_out_as_it_had_to() {
    assert_eq!(atm(["run", TWENTY_TO_EIGHT]).code, 0);
    assert_eq!(atm(["schema"]).code, 0);
}

#[test]
fn all_scenarios_pass_under_every_rule() {
    for announcement in ["direct", "cascade", "relay"] {
        for conflict in ["newest", "cautious"] {
            let ran = atm(["run", "scenarios", "--announcement", announcement, "--conflict", conflict]);
            assert_eq!(ran.code, 0, "{announcement}, {conflict}:\n{}", ran.stdout);
        }
    }
}

#[test]
fn zero_for_help_which_lists_the_others() {
    let help = atm(["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    for code in ["0", "1", "2", "64", "66"] {
        assert!(help.stdout.contains(&format!(" {code} ")), "{code} is not in the help");
    }
    assert_eq!(atm(["run", "--help"]).code, 0);
    assert_eq!(atm(["--version"]).code, 0);
}

#[test]
fn one_if_something_did_not() {
    let folder = Folder::new("one");
    let (good, bad) = (folder.write_passing("good.yaml"), folder.write_failing("bad.yaml"));
    assert_eq!(atm(["run", &bad]).code, 1);
    assert_eq!(atm(["run", &bad, &good]).code, 1);
    let nothing = folder.write_expecting_nothing("nothing.yaml");
    assert_eq!(atm(["run", &bad, &nothing]).code, 1, "a failure outweighs what shows nothing");
}

#[test]
fn two_if_nothing_failed_but_something_shows_nothing() {
    let folder = Folder::new("two");
    let (good, nothing) = (folder.write_passing("good.yaml"), folder.write_expecting_nothing("nothing.yaml"));
    assert_eq!(atm(["run", &nothing]).code, 2);
    assert_eq!(atm(["run", &nothing, &good]).code, 2);
}

#[test]
fn sixty_four_for_a_mistake_in_a_file() {
    let folder = Folder::new("sixty-four");
    let (good, mistaken) = (folder.write_passing("good.yaml"), folder.write_mistaken("mistaken.yaml"));
    assert_eq!(atm(["run", &mistaken]).code, 64);
    assert_eq!(atm(["run", &good, &mistaken]).code, 64);
}

#[test]
fn sixty_four_for_a_mistake_in_the_command_line() {
    assert_eq!(atm([]).code, 64);
    assert_eq!(atm(["run"]).code, 64);
    assert_eq!(atm(["rum"]).code, 64);
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--loudly"]).code, 64);
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--format", "xml"]).code, 64);
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--seed", "-1"]).code, 64);
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--verbose", "--quiet"]).code, 64);

    assert_eq!(atm(["conformance", TWENTY_TO_EIGHT, "--jobs", "0"]).code, 64);

    let ran = atm(["run", TWENTY_TO_EIGHT, "--announcement", "casade"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (64, ""));
    assert!(ran.stderr.contains("cascade"), "{}", ran.stderr);
}

#[test]
fn sixty_four_for_a_time_in_which_nobody_can_answer() {
    let engine = engine_adapter();
    for seconds in ["0", "-1", "nan", "inf", "1e-12", "1e30", "soon"] {
        let timeout = format!("--timeout={seconds}");
        for ran in [
            atm(["fuzz", "--seeds", "0..1", "--adapter", &engine, &timeout]),
            atm(["conformance", TWENTY_TO_EIGHT, "--adapter", &engine, &timeout]),
            atm(["adapter", "check", &engine, &timeout]),
        ] {
            assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{timeout}: {}", ran.stderr);
            assert!(ran.stderr.contains("a number of seconds above 0"), "{}", ran.stderr);
        }
    }
    // Time limits need an adapter.
    for ran in [
        atm(["fuzz", "--seeds", "0..1", "--timeout", "60"]),
        atm(["conformance", TWENTY_TO_EIGHT, "--timeout", "60"]),
    ] {
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("--adapter"), "{}", ran.stderr);
    }
}

#[test]
fn sixty_six_for_a_file_that_cannot_be_read() {
    let folder = Folder::new("sixty-six");
    let good = folder.write_passing("good.yaml");
    let absent = folder.path("absent.yaml");
    let ran = atm(["run", &good, &absent]);
    assert_eq!((ran.code, ran.stdout.as_str()), (66, ""), "nothing runs");
    assert!(ran.stderr.starts_with(&format!("atm: {absent}: ")), "{}", ran.stderr);
}

/// Writing to `/dev/full` fails as on a full disk.
#[cfg(target_os = "linux")]
#[test]
fn sixty_six_if_the_output_cannot_be_written() {
    let runs = ["text", "json", "jsonl"].map(|format| vec!["run", TWENTY_TO_EIGHT, "--format", format]);
    let help = [&["--help"][..], &["-h"], &["help", "run"], &["--version"]].map(<[&str]>::to_vec);
    for arguments in runs.into_iter().chain(help) {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let mut command = command();
        command.args(&arguments).stdout(full);
        let output = command.output().expect("the command can be started");
        assert_eq!(output.status.code(), Some(66), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}
