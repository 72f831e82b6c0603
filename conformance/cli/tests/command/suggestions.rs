//! A name that is nearly right is reported with the similar name.

use crate::atm::{Folder, Ran, TWENTY_TO_EIGHT, atm, command, engine_adapter};

fn complains(arguments: &[&str], code: i32, says: &str) {
    let ran = Ran::from(command().args(arguments).output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{arguments:?}: {}", ran.stderr);
    assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
}

#[test]
fn names_of_scenarios_files_devices_and_keys() {
    complains(&["explore", "readme/20-to-9"], 66, "did you mean `readme/20-to-8`?");
    complains(&["explain", "readme/20-to-9", "bob/phone", "bob/phone"], 66, "did you mean `readme/20-to-8`?");
    complains(&["run", "20-to-8"], 66, "did you mean `readme/20-to-8`?");
    complains(&["run", "scenarios/readme/20-to-9.yaml"], 66, "did you mean `20-to-8.yaml`?");
    let example = ["explain", "readme/20-to-8"];
    complains(&[&example[..], &["bob/notebok", "bob/phone"]].concat(), 64, "did you mean `bob/notebook`?");
    complains(&[&example[..], &["bob/phone", "bob/notebok"]].concat(), 64, "did you mean `bob/notebook`?");
    let nothing = atm(["explore", "nothing/like/this"]);
    assert!(!nothing.stderr.contains("did you mean"), "{}", nothing.stderr);
}

#[test]
fn patterns_that_no_id_has() {
    for (option, pattern, says) in [
        ("--case", "test-case/*", "did you mean `test-cases/*`?"),
        (
            "--case",
            "test-cases/manul-b1-authenticate@alice/a1",
            "`test-cases/manual-b1-authenticate@alice/a1`?",
        ),
        (
            "--case",
            "test-cases/manual-b1-authenticate",
            "did you mean `test-cases/manual-b1-authenticate@*`?",
        ),
        ("--case", "test-cases", "did you mean `test-cases/*`?"),
        ("--case", "nothing-like-this", "ids are such as `"),
        ("--id", "xep-450/*", "did you mean `xep-0450/*`?"),
    ] {
        complains(&["conformance", option, pattern], 64, says);
    }
    complains(&["requirements", "--id", "xep-450/*"], 64, "did you mean `xep-0450/*`?");
    complains(
        &["requirements", "--id", "xep-0450/toakafa/latsch"],
        64,
        "did you mean `xep-0450/toakafa/latch`?",
    );
    // A misspelt pattern is a mistake also beside one that selects something.
    let case = "test-cases/manual-b1-authenticate@alice/a1";
    let ran = atm(["conformance", "--case", case, "--case", "test-case/*", "--quiet"]);
    assert_eq!((ran.code, &*ran.stdout), (64, ""));
    assert!(ran.stderr.contains("did you mean `test-cases/*`?"), "{}", ran.stderr);
}

#[test]
fn all_mistakes_of_an_expectations_file() {
    let folder = Folder::new("expectations-mistakes");
    let known = folder.write(
        "known.yaml",
        "\
format: 1
expectations:
  - requirement: xep-0450/ac-r/own-endpont
    cases: ['*']
    reason: It is late.
  - requirment: xep-0450/ac-r/own-endpoint
    cases: ['*']
    reason: It is late.
  - requirement: xep-0450/ac-r/own-endpoint
    cases: ['[x']
    reason: It is late.
  - requirement: xep-0450/ac-r/own-endpoint
    cases: []
    reason: ' '
",
    );
    let ran = atm(["conformance", "--expectations", &known]);
    let expected = [
        "the entry for xep-0450/ac-r/own-endpont in *: there is no such requirement: did you mean \
         `xep-0450/ac-r/own-endpoint`?",
        "entry 2: unknown field `requirment`, expected one of `requirement`, `cases`, `outcome`, `reason`, `fix`, `link`",
        "entry 3: `[x` is not a pattern: a character class is not closed: `]` is missing",
        "the entry for xep-0450/ac-r/own-endpoint: it names no case",
        "the entry for xep-0450/ac-r/own-endpoint: it gives no reason",
    ];
    let expected: Vec<String> = expected.iter().map(|mistake| format!("atm: {known}: {mistake}")).collect();
    assert_eq!(
        (ran.code, ran.stderr.lines().collect::<Vec<_>>()),
        (64, expected.iter().map(|it| &**it).collect())
    );

    let entry = |case: &str| {
        format!("  - requirement: xep-0450/ac-r/own-endpoint\n    cases: ['{case}']\n    reason: x\n")
    };
    let known = folder.write(
        "no-case.yaml",
        format!("format: 1\nexpectations:\n{}{}", entry("hazard/*"), entry("readm/*")),
    );
    let ran = atm(["conformance", "--expectations", &known]);
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("did you mean `hazards/*`?"), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `readme/*`?"), "{}", ran.stderr);
}

#[test]
fn an_adapters_command_that_is_not_quoted() {
    let folder = Folder::new("unquoted");
    let script = folder.write("adapter.pl", "use strict; print \"a: b: c\";\n");
    let absent = folder.path("absent.pl");
    for (path, code) in [(&script, 64), (&absent, 66)] {
        let meant = format!("--adapter 'perl {path}'");
        complains(&["conformance", "--adapter", "perl", path], code, &meant);
    }
    let ran = atm(["conformance", "--adapter", "perl", &script]);
    assert!(!ran.stderr.contains("YAML"), "{}", ran.stderr);
    for arguments in
        [&["fuzz", "--adapter", "perl", &script][..], &["adapter", "check", "perl", "-w", &script]]
    {
        complains(arguments, 64, "is one argument: ");
    }
    // The name of a scenario file need not end in `.yaml`.
    let scenario = folder.write_passing("scenario.txt");
    let ran = atm(["conformance", "--adapter", &engine_adapter(), &scenario, "--quiet"]);
    assert!(!ran.stderr.contains("argument"), "{}", ran.stderr);
}

#[test]
fn files_with_mistakes_are_all_told_by_the_suite_too() {
    let folder = Folder::new("suite-mistakes");
    for name in ["a.yaml", "b.yaml"] {
        folder.write_mistaken(name);
    }
    let ran = atm(["conformance", &folder.path("")]);
    assert!(ran.stderr.contains("a.yaml") && ran.stderr.contains("b.yaml"), "{}", ran.stderr);
    assert_eq!(ran.code, 64);
}

#[test]
fn a_file_of_another_kind_is_told_as_that() {
    for (arguments, code, expected) in [
        (&["report", TWENTY_TO_EIGHT][..], 66, "a run file is what `atm conformance --run-file FILE` writes"),
        (
            &["adapter", "replay", TWENTY_TO_EIGHT],
            66,
            "a recording is what `atm conformance --record FILE` writes",
        ),
        (
            &["conformance", "--expectations", TWENTY_TO_EIGHT],
            64,
            "this is no expectations file, such as `--write-expectations` begins",
        ),
    ] {
        let ran = Ran::from(command().args(arguments).output().unwrap());
        assert!(ran.code == code && ran.stderr.contains(expected), "{}", ran.stderr);
    }
    let ran = atm(["conformance", "--expectations", "LICENSE-MIT"]);
    assert!(ran.stderr.contains("expected a map with `format: 1` and `expectations`"), "{}", ran.stderr);
}

#[test]
fn numbers_that_would_take_all_memory_are_refused() {
    for (option, most) in [("--accounts", 32), ("--devices", 32), ("--steps", 1_000), ("--jobs", 1_000)] {
        for number in ["0", &(most + 1).to_string(), "99999999999999999999", "two"] {
            let ran = atm(["fuzz", option, number]);
            let expected = format!("expected a whole number from 1 to {most}");
            assert!(ran.code == 64 && ran.stderr.contains(&expected), "{option}: {}", ran.stderr);
        }
    }
}

#[test]
fn numbers_and_times_are_told_in_plain_words() {
    let seed = "expected a whole number from 0 to 18446744073709551615";
    let time = "expected a number with its unit, such as `90s`, `10m` or `2h`";
    for (arguments, expected) in [
        (&["run", TWENTY_TO_EIGHT, "--seed"][..], seed),
        (&["conformance", "--seed"], seed),
        (&["explain", TWENTY_TO_EIGHT, "alice/a1", "bob/b1", "--seed"], seed),
        (&["conformance", "--jobs"], "expected a whole number from 1 to 1000"),
        (&["explore", "--max-states"], "expected a whole number from 1 to 18446744073709551615"),
        (
            &["run", TWENTY_TO_EIGHT, "--graph", "x.svg", "--graph-step"],
            "expected a whole number from 0 to 4294967295",
        ),
        (&["explore", "--time"], time),
        (&["fuzz", "--time"], time),
        (&["conformance", "--adapter", "true", "--timeout"], "a number of seconds above 0"),
    ] {
        for wrong in ["x", "", "1.5x", "99999999999999999999"] {
            if wrong.starts_with('9') && arguments.contains(&"--timeout") {
                continue;
            }
            complains(&[arguments, &[wrong]].concat(), 64, expected);
        }
    }
}
