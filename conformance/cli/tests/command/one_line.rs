//! Untrusted text cannot begin a line, change the colours, or move the cursor. Any text leaves a report with the same
//! numbers of lines and escape sequences as a harmless text.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::atm::{Folder, Ran, command, engine_adapter};

/// Text that looks like a line of `atm`, with characters that might begin a new line.
fn hostile() -> impl Strategy<Value = String> {
    const PIECES: [&str; 14] = [
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\u{b}",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "\u{1b}[31m",
        "\u{1b}[2K",
        "\u{9b}1m",
        "\u{202e}",
        "PASS all is well",
        "error: x",
    ];
    let exact = Just("\u{1b}[31m".to_owned());
    let several = prop::collection::vec(prop::sample::select(PIECES.as_slice()), 1..6);
    prop_oneof![1 => exact, 4 => several.prop_map(|pieces| format!("x{}", pieces.concat()))]
}

/// Runs the command with several texts. The output has to have the same shape as with `x`.
fn keeps_its_lines(name: &str, run: impl Fn(&Folder, &str) -> Ran) {
    const CASES: u32 = 12;
    let folder = Folder::new(name);
    let shape = |ran: &Ran| {
        [&ran.stdout, &ran.stderr].map(|text| (text.lines().count(), text.matches('\u{1b}').count()))
    };
    let harmless = run(&folder, "x");
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, deterministic());
    let done = runner.run(&hostile(), |text| {
        let ran = run(&folder, &text);
        let told = format!("{:?}\n{}\n{}", text, ran.stdout, ran.stderr);
        prop_assert_eq!(ran.code, harmless.code, "{}", &told);
        prop_assert_eq!(
            shape(&ran),
            shape(&harmless),
            "{}\nharmless:\n{}{}",
            told,
            harmless.stdout,
            harmless.stderr
        );
        let acts =
            |c: char| c.is_control() && !"\n\u{1b}".contains(c) || "\u{2028}\u{2029}\u{202e}".contains(c);
        prop_assert!(!ran.stdout.contains(acts) && !ran.stderr.contains(acts), "{}", told);
        Ok(())
    });
    if let Err(error) = done {
        panic!("{error}");
    }
}

fn deterministic() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

/// Runs the command with colours.
fn atm(arguments: &[&str]) -> Ran {
    let mut command = command();
    command.args(arguments).env("CLICOLOR_FORCE", "1").output().expect("the command can be started").into()
}

/// A text as ASCII JSON, which is also valid YAML.
fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        ' '..='~' if !"\"\\".contains(c) => c.to_string(),
        _ => format!("\\u{:04x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// A scenario with this text as its title, its code and the name of its file.
fn scenario(folder: &Folder, text: &str) -> String {
    let scenario = format!(
        "format: 1\ntitle: {0}\nrequirements: [xep-0450/details/complete-graph]\naccounts:\n  \
         alice: {{ devices: {{ phone: , tablet: }} }}\n  bob: {{ devices: {{ phone: , tablet: }} }}\nsteps:\n  \
         - scan: {{ by: alice/phone, uri: {0} }}\n  - authenticate: alice/phone -> alice/tablet\n\
         expect: {{ reference: [counts: {{ manual: 7 }}] }}\n",
        quoted(text)
    );
    folder.write(&format!("{text}.yaml"), scenario)
}

/// An adapter of the engine that reports this text as its name and version.
fn named_adapter(folder: &Folder, text: &str) -> String {
    let name = quoted(text).replace('\\', "\\\\").replace(['/', '&'], "");
    let script =
        format!("s/\"name\":\"atm-engine\",\"version\":\"[^\"]*\"/\"name\":{name},\"version\":{name}/\n");
    let script = folder.write("script.sed", script);
    shell_words::join(["sh", "-c", &format!("{} | sed -u -f '{script}'", engine_adapter())])
}

#[test]
fn of_run() {
    for options in [&["run"][..], &["run", "--verbose"]] {
        keeps_its_lines("lines-run", |folder, text| atm(&[options, &[&*scenario(folder, text)]].concat()));
    }
    keeps_its_lines("lines-trace", |folder, text| {
        let scenario = scenario(folder, text);
        atm(&["run", "--format", "trace", &scenario])
    });
    keeps_its_lines("lines-list", |folder, text| {
        let (one, other) = (scenario(folder, text), folder.write_passing("other.yaml"));
        atm(&["run", &one, &other])
    });
}

#[test]
fn of_run_about_mistakes() {
    keeps_its_lines("lines-mistakes", |folder, text| {
        let mistaken = format!("format: 1\ntitle: x\nrequirements: [{}]\n", quoted(&format!("A {text}")));
        atm(&["run", &folder.write(&format!("{text}.yaml"), mistaken)])
    });
    keeps_its_lines("lines-missing", |folder, text| {
        atm(&["run", &folder.path(&format!("{text}/none.yaml"))])
    });
}

#[test]
fn of_lint() {
    keeps_its_lines("lines-lint", |folder, text| atm(&["lint", &folder.path(text)]));
    keeps_its_lines("lines-uri", |folder, text| {
        let uri = format!("xmpp:bob@example.org?{text};encryption={text};a={text}");
        atm(&["lint", &folder.write("uri", uri)])
    });
    keeps_its_lines("lines-message", |folder, text| {
        let usage = text.replace(|c: char| c.is_control() && c != '\n' && c != '\r' && c != '\u{85}', "");
        let usage: String = usage.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        let message =
            format!("<trust-message xmlns='urn:xmpp:tm:1' usage='a{usage}' encryption='urn:xmpp:omemo:2'/>");
        atm(&["lint", &folder.write(&format!("message{text}"), message)])
    });
}

#[test]
fn of_conformance_and_report() {
    keeps_its_lines("lines-conformance", |folder, text| {
        let (adapter, scenario) = (named_adapter(folder, text), scenario(folder, text));
        atm(&["conformance", "--variations", "none", "--adapter", &adapter, &scenario])
    });
    let folder = Folder::new("lines-run-file");
    let run_file = folder.path("run.jsonl");
    let adapter = crate::atm::broken_adapter();
    atm(&[
        "conformance",
        "--variations",
        "none",
        "--adapter",
        &adapter,
        "--case",
        "readme/*",
        "--run-file",
        &run_file,
    ]);
    let whole = std::fs::read_to_string(run_file).expect("it was written");
    let is_of_others =
        |name: &str| ["name", "implementation", "version", "suite", "command", "case"].contains(&name);
    keeps_its_lines("lines-report", |folder, text| {
        let lines = whole.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).expect("JSON");
            replace(&mut line, text, &is_of_others);
            format!("{line}\n")
        });
        atm(&["report", &folder.write(&format!("{text}.jsonl"), lines.collect::<String>())])
    });
}

/// Replaces all texts in members whose name `is_such`.
fn replace(value: &mut Value, text: &str, is_such: &dyn Fn(&str) -> bool) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(old) if is_such(name) => *old = format!("{old}{text}"),
                    member => replace(member, text, is_such),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, text, is_such)),
        _ => {}
    }
}

#[test]
fn of_fuzz() {
    keeps_its_lines("lines-fuzz", |folder, text| {
        let (adapter, found) = (named_adapter(folder, text), folder.path(text));
        atm(&["fuzz", "--seeds", "0..1", "--adapter", &adapter, "--output", &found, "--quiet"])
    });
    keeps_its_lines("lines-merge", |folder, text| {
        let report = folder.write(
            &format!("{text}.json"),
            crate::hostile::campaign(text, "x").replace("\"observed\":[", "\"observed\":[\"x\"],\"was\":["),
        );
        atm(&["report", "merge", &report])
    });
}

#[test]
fn of_explore() {
    keeps_its_lines("lines-explore", |folder, text| {
        atm(&["explore", &scenario(folder, text), "--max-states", "1"])
    });
    keeps_its_lines("lines-counterexample", |folder, text| {
        let scenario = format!(
            "format: 1\ntitle: {0}\nabout: {0}\nrequirements: [xep-0450/details/complete-graph]\naccounts:\n  \
             alice: {{ devices: {{ phone: , tablet: , laptop: }} }}\nsteps:\n  \
             - authenticate: alice/phone -> alice/tablet\n",
            quoted(text)
        );
        let scenario = folder.write("scenario.yaml", scenario);
        let mut ran = atm(&["explore", &scenario, "--complete", "--orders", "free"]);
        ran.stderr.clear();
        ran
    });
}

#[test]
fn of_explain() {
    keeps_its_lines("lines-explain", |folder, text| {
        let scenario = format!(
            "format: 1\ntitle: {0}\nrequirements: [xep-0450/details/complete-graph]\naccounts:\n  \
             alice: {{ devices: {{ phone: , tablet: }} }}\n  bob: {{ devices: {{ phone: }} }}\nsteps:\n  \
             - authenticate: alice/phone -> alice/tablet\n  - scan: {{ by: alice/tablet, uri: {0} }}\n",
            quoted(text)
        );
        atm(&["explain", &folder.write(&format!("{text}.yaml"), scenario), "alice/phone", "alice/tablet"])
    });
    keeps_its_lines("lines-explained", |folder, text| {
        atm(&["explain", &scenario(folder, text), "alice/phone", "alice/tablte"])
    });
}

#[test]
fn of_adapter_check() {
    keeps_its_lines("lines-check", |folder, text| atm(&["adapter", "check", &named_adapter(folder, text)]));
    keeps_its_lines("lines-replay", |folder, text| atm(&["adapter", "replay", &folder.path(text)]));
}

#[test]
fn of_requirements() {
    keeps_its_lines("lines-requirements", |_, text| {
        let id = format!("a{}", text.replace('[', "("));
        atm(&["requirements", "--id", &id])
    });
    keeps_its_lines("lines-arguments", |_, text| {
        atm(&["requirements", "--document", text, &format!("--{text}")])
    });
    keeps_its_lines("lines-pattern", |_, text| atm(&["requirements", "--id", &format!("[a{text}")]));
}
