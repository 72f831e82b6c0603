//! Untrusted text reaches no terminal unescaped.

use crate::atm::{Folder, Ran, atm};

/// A title with ESC, BEL, a C1 control and a character that turns the direction of text, in the escapes of YAML.
const TITLE: &str = r#""\e[31mred\a\x9b2J \u202Etxt.exe\u2066""#;

fn assert_readable(of: &str, ran: &Ran) {
    let is_hostile = |c: char| {
        c != '\n' && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for stream in [&ran.stdout, &ran.stderr] {
        assert!(!stream.contains(is_hostile), "{of}: {stream:?}");
    }
}

#[test]
fn titles_of_scenarios() {
    let folder = Folder::new("hostile-titles");
    let scenario = std::fs::read_to_string(crate::atm::root().join("scenarios/readme/20-to-8.yaml")).unwrap();
    let (before, after) = scenario.split_once("title:").expect("it has a title");
    let after = after.split_once('\n').expect("a line").1;
    let path = folder.write("hostile.yaml", format!("{before}title: {TITLE}\n{after}"));
    let ran = atm(["run", &path, "--verbose"]);
    assert!(ran.stdout.contains(r"\u{1b}[31mred\u{7}\u{9b}2J \u{202e}txt.exe\u{2066}"), "{}", ran.stdout);
    assert_readable("run", &ran);
    assert_readable("run", &atm(["run", &path]));
    assert_readable("explain", &atm(["explain", &path, "alice/a1", "bob/b1"]));
    let run_file = folder.path("run.jsonl");
    assert_readable("conformance", &atm(["conformance", &path, "--run-file", &run_file]));
    assert_readable("report", &atm(["report", &run_file]));
    for picture in ["graph.svg", "sequence.svg"] {
        let (option, file) = (format!("--{}", picture.split_once('.').unwrap().0), folder.path(picture));
        assert_eq!(atm(["run", &path, &option, &file]).code, 0);
        let svg = std::fs::read_to_string(file).unwrap();
        assert!(rxml::Reader::new(svg.as_bytes()).all(|event| event.is_ok()), "{svg}");
    }
}

#[test]
fn mistakes_and_errors() {
    let folder = Folder::new("hostile-mistakes");
    let path = folder.write("mistake.yaml", format!("format: 1\ntitle: x\nrequirements: [{TITLE}]\n"));
    assert_readable("run", &atm(["run", &path]));
    assert_readable("run", &atm(["run", "/nowhere/\u{1b}[31m\u{202e}"]));
    let uri = folder.write("uri", "xmpp:\u{1b}[31m\u{202e}@example.org?trust-message\u{7}");
    assert_readable("lint", &atm(["lint", &uri]));
}

#[test]
fn names_of_implementations_and_what_they_write_to_standard_error() {
    let folder = Folder::new("hostile-names");
    let run_file = folder.path("run.jsonl");
    let sed = r#"sed -u 's/"name":"atm-engine"/"name":"\\u001b[31m\\u202e\\u009b"/'"#;
    let script =
        format!("printf '\\033[31m\\342\\200\\256\\n' >&2; {} | {sed}", crate::atm::engine_adapter());
    let adapter = shell_words::join(["sh", "-c", &script]);
    let arguments = ["conformance", "--case", "readme/20-to-8@all", "--adapter", &adapter];
    let ran = crate::atm::command().args(arguments).args(["--run-file", &run_file]).output().unwrap().into();
    assert_readable("conformance", &ran);
    assert!(std::fs::read_to_string(&run_file).unwrap().contains("\\u001b"), "the name came through");
    assert_readable("report", &atm(["report", &run_file]));
    let dying = shell_words::join(["sh", "-c", r"printf '\033[31m\342\200\256\n' >&2; exit 3"]);
    assert_readable("conformance", &atm(["conformance", "--adapter", &dying]));
    assert_readable("adapter check", &atm(["adapter", "check", &dying]));
}

#[test]
fn json() {
    let folder = Folder::new("hostile-json");
    let scenario = std::fs::read_to_string(crate::atm::root().join("scenarios/readme/20-to-8.yaml")).unwrap();
    let scenario = scenario.replace("title: Eight scans", &format!("title: {TITLE} # "));
    let path = folder.write("hostile.yaml", scenario);
    let (run_file, recording) = (folder.path("run.jsonl"), folder.path("recording.jsonl"));
    let adapter = crate::atm::engine_adapter();
    let files = ["--run-file", &*run_file, "--record", &*recording];
    crate::atm::command().args(["conformance", &path, "--adapter", &adapter]).args(files).output().unwrap();
    for command in [
        &["run", "--format", "json", &path][..],
        &["run", "--format", "jsonl", &path],
        &["explore", "--format", "json", "--max-states", "1", &path],
    ] {
        let ran: Ran = crate::atm::command().args(command).output().unwrap().into();
        assert_readable(command[0], &ran);
        let of_run = command[0] == "run";
        assert_eq!(
            ran.stdout.contains(r#""\u001b[31mred\u0007\u009b2J \u202etxt.exe\u2066""#),
            of_run,
            "{}",
            ran.stdout
        );
        for line in ran.stdout.lines().filter(|_| command.contains(&"jsonl")) {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON");
        }
    }
    for file in [run_file, recording] {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains(|c: char| c != '\n' && c.is_control() || c == '\u{202e}'), "{file}");
    }
}

/// The report of a campaign by a stranger. Every text of its only finding is this one.
pub(crate) fn campaign(text: &str, scenario: &str) -> String {
    let tried =
        serde_json::json!([{"first": 0, "end": 1, "parts": ["1/1"], "scenarios": 1, "unsupported": []}]);
    let found = serde_json::json!({
        "cause": text, "seed": 0, "observed": [text], "replay": text, "steps": 1, "form": "x", "scenario": scenario
    });
    let suspected = serde_json::json!([{"cause": text, "smallest": [{"steps": 1, "seed": 0}]}]);
    let report = serde_json::json!({
        "fuzz-format": 2, "suite": "0", "subject": text, "options": [text], "tried": tried, "rules": [],
        "refusals": [], "suspected": suspected, "counterexamples": [found]
    });
    report.to_string()
}

#[test]
fn scenarios_that_were_found_can_be_played_whatever_was_observed() {
    let scenario = std::fs::read_to_string(crate::atm::root().join("scenarios/readme/20-to-8.yaml")).unwrap();
    for text in ["a\nb: [", "\u{1b}[31m\0", "a\rb", "\u{85}b", "\u{2028}\u{202e}b", "\u{feff}b\u{fffe}"] {
        let folder = Folder::new("hostile-findings");
        let report = folder.write("campaign.json", campaign(text, &scenario));
        let found = folder.path("found");
        assert_readable("merge", &atm(["report", "merge", &report, "--output", &found]));
        let ran = atm(["run", &found]);
        assert_eq!(ran.code, 0, "{text:?}: {}", ran.stderr);
        let file = std::fs::read_dir(&found).unwrap().next().expect("a file").unwrap().path();
        let file = std::fs::read_to_string(file).unwrap();
        assert!(!file.contains(['\u{202e}', '\u{85}', '\r', '\u{2028}']), "{file}");
    }
}

#[test]
fn scenarios_in_markdown_stay_code() {
    let folder = Folder::new("hostile-fence");
    let report = folder.write("campaign.json", campaign("x", "```\n<script>\u{1b}\n~~~~\n````\n# title"));
    let run_file = folder.path("run.jsonl");
    atm(["conformance", "--case", "readme/20-to-8@all", "--run-file", &run_file]);
    let ran = atm(["report", &run_file, "--campaign", &report, "--format", "markdown"]);
    assert_readable("markdown", &ran);
    let shown = "  `````yaml\n  ```\n  <script> \n  ~~~~\n  ````\n  # title\n  `````\n";
    assert!(ran.stdout.contains(shown), "{}", ran.stdout);
}

#[test]
fn a_report_in_a_file_is_that_of_standard_output() {
    let folder = Folder::new("hostile-file");
    let run_file = folder.path("run.jsonl");
    atm(["conformance", "--case", "readme/20-to-8@all", "--run-file", &run_file]);
    let text = std::fs::read_to_string(&run_file)
        .unwrap()
        .replace("atm-engine", "a\u{7f}\u{9b}31m\\r\u{202e}\u{2066}\\nFORGED");
    std::fs::write(&run_file, text).unwrap();
    for format in ["junit", "html", "markdown", "badge"] {
        let file = folder.path("report");
        let ran = atm(["report", &run_file, "--format", format]);
        assert_readable(format, &ran);
        // The badge of a single implementation does not contain its name.
        assert_eq!(ran.stdout.contains("FORGED"), format != "badge", "{format}: {}", ran.stdout);
        assert!(!ran.stdout.contains("\nFORGED"), "{format}: {}", ran.stdout);
        assert_eq!(atm(["report", &run_file, "--format", format, "--output", &file]).code, 0);
        assert_eq!(std::fs::read_to_string(file).unwrap(), ran.stdout, "{format}");
    }
}
