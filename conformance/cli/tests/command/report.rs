//! `atm report` writes reports of finished runs.

use crate::atm::{Folder, atm};

/// The run file of a few cases of the reference engine, all of which pass.
fn run_file(folder: &Folder) -> String {
    let path = folder.path("run.jsonl");
    let ran =
        atm(["conformance", "--case", "test-cases/a2-for-a3-authenticate@*", "--quiet", "--run-file", &path]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    path
}

/// The run file with another verdict in one case.
fn with_verdict(folder: &Folder, verdict: &str) -> String {
    let text = std::fs::read_to_string(run_file(folder)).unwrap();
    let pass = r#""verdict":"pass""#;
    assert!(text.contains(pass));
    folder.write(&format!("{verdict}.jsonl"), text.replacen(pass, &format!(r#""verdict":"{verdict}""#), 1))
}

#[test]
fn it_ends_as_the_run_did() {
    let folder = Folder::new("report-exit");
    let good = run_file(&folder);
    assert_eq!(atm(["report", &good]).code, 0);
    let bad = with_verdict(&folder, "fail");
    assert_eq!(atm(["report", &bad]).code, 1);
    assert_eq!(atm(["report", &good, &bad]).code, 1);
    let unclear = with_verdict(&folder, "inconclusive");
    assert_eq!(atm(["report", &good, &unclear]).code, 2);
    assert_eq!(atm(["report", &unclear, &bad, "--format", "markdown"]).code, 1);
}

#[test]
fn it_tells_what_the_run_told() {
    let folder = Folder::new("report-terminal");
    let path = folder.path("run.jsonl");
    let run = atm(["conformance", "--case", "xep-0450/*", "--run-file", &path]);
    assert_eq!(atm(["report", &path]).stdout, run.stdout);
    let quiet = atm(["report", &path, "--quiet"]).stdout;
    assert_eq!(quiet.lines().count(), 1);
    assert!(run.stdout.ends_with(&quiet));
}

#[test]
fn it_writes_each_format() {
    let folder = Folder::new("report-formats");
    let file = run_file(&folder);
    for (format, start) in [
        ("terminal", "atm-engine "),
        ("junit", "<?xml "),
        ("markdown", "# Conformance "),
        ("html", "<!DOCTYPE html>"),
        ("badge", "<svg "),
        ("badge-json", "{"),
    ] {
        let ran = atm(["report", &file, "--format", format]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{format}");
        assert!(ran.stdout.starts_with(start), "{format}: {}", ran.stdout);
        let path = folder.path(format);
        let written = atm(["report", &file, "--format", format, "--output", &path]);
        assert_eq!((written.code, written.stdout.as_str()), (0, ""));
        assert_eq!(std::fs::read_to_string(path).unwrap(), ran.stdout, "{format}");
    }
}

#[test]
fn a_run_writes_the_same_reports_by_itself() {
    let folder = Folder::new("report-beside");
    let [file, junit, markdown, html, svg, json] =
        ["run.jsonl", "junit.xml", "report.md", "report.html", "badge.svg", "badge.json"]
            .map(|name| folder.path(name));
    let ran = atm([
        "conformance",
        "--case",
        "readme/*",
        "--quiet",
        "--run-file",
        &file,
        "--junit",
        &junit,
        "--markdown",
        &markdown,
        "--html",
        &html,
        "--badge",
        &svg,
    ]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(atm(["conformance", "--case", "readme/*", "--quiet", "--badge", &json]).code, 0);
    for (format, path) in
        [("junit", junit), ("markdown", markdown), ("html", html), ("badge", svg), ("badge-json", json)]
    {
        let written = std::fs::read_to_string(path).unwrap();
        assert_eq!(atm(["report", &file, "--format", format]).stdout, written, "{format}");
    }
}

#[test]
fn some_formats_are_about_one_run() {
    let folder = Folder::new("report-several");
    let file = run_file(&folder);
    for (format, what) in [("junit", "a JUnit report"), ("badge", "a badge"), ("badge-json", "a badge")] {
        let ran = atm(["report", &file, &file, "--format", format]);
        assert_eq!(ran.code, 64);
        assert_eq!(ran.stderr, format!("atm: {what} is about one run, but there are 2 files\n"));
    }
    let page = atm(["report", &file, &file, "--format", "html"]).stdout;
    assert!(page.contains("#atm-engine/") && page.contains("#atm-engine-2/"));
}

#[test]
fn what_is_no_run_file_is_said() {
    let folder = Folder::new("report-mistakes");
    let file = run_file(&folder);
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (first, rest) = (lines[0], lines[1..].join("\n"));
    for (name, text, complaint) in [
        ("empty", String::new(), "it is not whole"),
        ("cut", format!("{}\n", lines[..lines.len() - 1].join("\n")), "it is not whole"),
        ("other", first.replace(r#""format":1"#, r#""format":9"#), "line 1: it is of format 9, not 1"),
        ("late", rest, "line 1: the first line is not of the type `run`"),
        ("twice", format!("{first}\n{first}\n"), "line 2: a second line of the type `run`"),
        ("broken", format!("{first}\n{{\n"), "line 2: EOF"),
        ("foreign", "hello\n".to_owned(), "line 1: expected value"),
    ] {
        let path = folder.write(name, text);
        let ran = atm(["report", &path]);
        assert_eq!((ran.code, ran.stdout.as_str()), (66, ""), "{name}");
        assert!(ran.stderr.starts_with(&format!("atm: {path}: {complaint}")), "{name}: {}", ran.stderr);
    }
    let missing = atm(["report", &folder.path("nowhere")]);
    assert_eq!(missing.code, 66);
    assert!(missing.stderr.contains("nowhere"), "{}", missing.stderr);
    let unwritable = atm(["report", &file, "--output", &folder.path("no/such/folder")]);
    assert_eq!(unwritable.code, 66);
    assert_eq!(atm(["report"]).code, 64);
}

#[test]
fn a_regression_is_told_by_the_exit_code() {
    let folder = Folder::new("report-diff");
    let good = run_file(&folder);
    let bad = with_verdict(&folder, "fail");
    for (old, new, code, word) in [
        (&good, &good, 0, "NO REGRESSION"),
        (&good, &bad, 1, "REGRESSION"),
        (&bad, &good, 0, "NO REGRESSION"),
    ] {
        let ran = atm(["report", "diff", old, new]);
        assert_eq!((ran.code, ran.stderr.as_str()), (code, ""), "{}", ran.stdout);
        let last = ran.stdout.lines().last().unwrap();
        assert!(last.starts_with(&format!("{word} atm-engine: ")), "{last}");
        assert_eq!(atm(["report", "trend", old, new]).code, code);
    }
    assert_eq!(atm(["report", "diff", &good]).code, 64);
    assert_eq!(atm(["report", "diff", &good, &folder.path("nothing.jsonl")]).code, 66);
}

#[test]
fn changes_are_written_in_each_format() {
    let folder = Folder::new("report-diff-formats");
    let (good, bad) = (run_file(&folder), with_verdict(&folder, "fail"));
    for (format, diff, trend) in [
        ("terminal", "atm-engine: atm-engine ", "run "),
        ("markdown", "# Changes ", "# Conformance "),
        ("html", "<!DOCTYPE html>", "<!DOCTYPE html>"),
    ] {
        for (command, start) in [("diff", diff), ("trend", trend)] {
            let ran = atm(["report", command, &good, &bad, "--format", format]);
            assert!(ran.stdout.starts_with(start), "{format}: {}", ran.stdout);
            let file = folder.path(&format!("{command}.{format}"));
            let written = atm(["report", command, &good, &bad, "--format", format, "--output", &file]);
            assert_eq!((written.code, written.stdout.as_str()), (1, ""), "{format}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), ran.stdout, "{format}");
        }
    }
}

#[test]
fn only_what_failed_is_played_again() {
    let folder = Folder::new("only-failed");
    let bad = with_verdict(&folder, "fail");
    let failed = "test-cases/a2-for-a3-authenticate@";
    let again = folder.path("again.jsonl");
    let ran = atm(["conformance", "--only-failed", &bad, "--run-file", &again]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "it is repaired");
    let text = std::fs::read_to_string(&again).unwrap();
    let cases: Vec<&str> = text.lines().filter(|line| line.contains(r#""type":"case""#)).collect();
    assert_eq!(cases.len(), 1, "{text}");
    assert!(cases[0].contains(failed), "{}", cases[0]);
    let ran = atm(["conformance", "--only-failed", &again]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("every case was as expected"), "{}", ran.stderr);
    let gone =
        folder.write("gone.jsonl", std::fs::read_to_string(&bad).unwrap().replace(failed, "gone/case@"));
    let ran = atm(["conformance", "--only-failed", &gone]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("do not exist here: gone/case@"), "{}", ran.stderr);
    assert_eq!(atm(["conformance", "--only-failed", &folder.path("nothing.jsonl")]).code, 66);
}

#[test]
fn a_failure_becomes_a_text_for_maintainers() {
    let folder = Folder::new("report-issue");
    let good = run_file(&folder);
    assert_eq!(atm(["report", "issue", &good]).stdout, "atm-engine: no failures\n");
    let bad = with_verdict(&folder, "fail");
    let listed = atm(["report", "issue", &bad]);
    assert_eq!((listed.code, listed.stderr.as_str()), (0, ""));
    let line = listed.stdout.lines().nth(1).expect("a failure");
    assert!(listed.stdout.starts_with("atm-engine: 1 failure\n"), "{}", listed.stdout);
    let requirement = line.split_whitespace().nth(1).expect("a requirement");
    let text = folder.path("issue.md");
    let written = atm(["report", "issue", &bad, requirement, "--output", &text]);
    assert_eq!((written.code, written.stdout.as_str(), written.stderr.as_str()), (0, "", ""));
    let text = std::fs::read_to_string(text).unwrap();
    assert_eq!(text, atm(["report", "issue", &bad, requirement]).stdout);
    assert!(text.contains("--case test-cases/a2-for-a3-authenticate@"), "{text}");
    assert!(text.contains("title: "), "the scenario of the library is in it: {text}");
}

#[test]
fn a_text_about_nothing_is_refused() {
    let folder = Folder::new("report-issue-refused");
    let file = run_file(&folder);
    let told = |arguments: [&str; 2]| {
        let [one, other] = arguments;
        let ran = atm(["report", "issue", &file, one, other]);
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""));
        ran.stderr.replace(&file, "run.jsonl")
    };
    assert_eq!(
        told(["xep-0450/do-s", "--implementation=atm-engine"]),
        "atm: run.jsonl: no implementation of this run fails `xep-0450/do-s`\n  `atm report issue run.jsonl` lists the \
         failures\n"
    );
    assert_eq!(
        told(["--implementation", "qxmpp"]),
        "atm: run.jsonl: the run has no implementation `qxmpp`, only atm-engine\n"
    );
}
