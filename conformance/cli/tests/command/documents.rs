//! The pages about formats and contributions are correct, and so is the action for other projects.

use std::path::Path;

use atm_suite::cases::{EXPECTATIONS_FORMAT, Expectations, Verdict};
use atm_suite::run_file::{Conclusion, RUN_FORMAT};

use crate::atm::{Folder, Ran, atm, root};

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join("conformance").join(path)).unwrap()
}

#[test]
fn the_page_lists_all_verdicts_from_the_best_to_the_worst() {
    let page = read("FORMATS.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .skip_while(|line| !line.starts_with("| `verdict` "))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let expected: Vec<_> = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            let in_files = serde_json::to_value(verdict).unwrap();
            let as_expected = match Conclusion::from(verdict) {
                Conclusion::AsExpected => "yes",
                Conclusion::Inconclusive => "unclear",
                Conclusion::NotAsExpected => "no",
            };
            (format!("`{}`", in_files.as_str().unwrap()), verdict.name(), as_expected)
        })
        .collect();
    let listed: Vec<_> = rows.iter().map(|row| (row[1].to_owned(), row[2], row[4])).collect();
    assert_eq!(listed, expected);
}

#[test]
fn the_page_names_the_versions_and_shows_an_expectations_file() {
    let page = read("FORMATS.md");
    assert!(page.contains(&format!("| run files (JSON lines) | {RUN_FORMAT} |")));
    assert!(page.contains(&format!("| expectations files (YAML) | {EXPECTATIONS_FORMAT} |")));
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let read = Expectations::parse(Path::new("FORMATS.md"), example.as_bytes());
    let read = read.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.expectations.len(), 1);
}

#[test]
fn the_smallest_counterexample_to_the_amendment_breaks_it() {
    let page = read("AMENDMENT.md");
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let file = Folder::new("amendment").write("slow-clock.yaml", example);
    let Ran { stdout, code, .. } = atm(["run", &file, "--announcement", "relay", "--conflict", "named"]);
    assert_eq!(code, 1);
    assert!(stdout.contains("broken promise agreement, at the end: alice/tablet"), "{stdout}");
}

#[test]
fn the_page_lists_the_exit_codes() {
    let page = read("FORMATS.md");
    for code in [0, 1, 2, 64, 66] {
        assert!(page.contains(&format!("\n| {code} | ")), "{code}");
    }
}

#[test]
fn the_action_gives_options_that_there_are() {
    let action = std::fs::read_to_string(root().join("action.yml")).unwrap();
    let help = atm(["conformance", "--help"]).stdout;
    let command =
        action.split("        atm conformance").nth(1).and_then(|rest| rest.split("|| code").next());
    let options: Vec<&str> = command
        .unwrap()
        .split(|c: char| c.is_whitespace() || c == '+')
        .filter(|word| word.starts_with("--"))
        .collect();
    assert!(options.len() >= 7, "{options:?}");
    for option in options {
        assert!(help.contains(&format!("{option} ")), "{option}");
    }
}

#[test]
fn the_excerpts_in_the_page_about_contributions_are_in_their_files() {
    let page = contributing();
    let mut count = 0;
    for (path, excerpt) in excerpts(&page) {
        let file =
            std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let file = without_indentation(&file);
        let mut rest = &*file;
        for part in without_indentation(&excerpt).split("…\n") {
            let Some((_, after)) = rest.split_once(part) else {
                panic!("{path} has not, in this order:\n{part}")
            };
            rest = after;
        }
        count += 1;
    }
    assert!(count >= 15, "{count} excerpts");
}

#[test]
fn the_outputs_in_the_page_about_contributions_are_what_the_commands_print() {
    let (page, folder) = (contributing(), Folder::new("contributing"));
    let shows =
        |output: &str| assert!(page.contains(&format!("\n{output}")), "the page does not show {output}");

    let ran = atm(["run", "scenarios/attacks/wrong-usage.yaml"]);
    shows(ran.stdout.lines().last().unwrap());

    let (adapter, run) = (folder.path("mine"), folder.path("run.jsonl"));
    assert_eq!(atm(["adapter", "new", "--language", "python", &adapter]).code, 0);
    let checked = atm(["adapter", "check", &format!("python3 '{adapter}/adapter.py'")]).stdout;
    shows(checked.lines().find(|line| line.starts_with("FAIL")).unwrap());

    let played = atm(["conformance", "--quiet", "--case", "readme/20-to-8@*", "--run-file", &run]);
    assert_eq!(played.code, 0, "{}", played.stdout);
    shows(&atm(["report", &run, "--format", "badge-json"]).stdout);
}

fn contributing() -> String {
    std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap()
}

/// The fenced blocks below the path of a file, with that path.
fn excerpts(page: &str) -> Vec<(&str, String)> {
    let mut lines = page.lines().filter(|line| !line.is_empty());
    let mut excerpts = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(path) = line.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")) {
            let fence = lines.next().unwrap_or_default().trim();
            assert!(fence.starts_with("```"), "{path} has no excerpt");
            let excerpt = lines.by_ref().take_while(|line| line.trim() != "```");
            excerpts.push((path, excerpt.map(|line| line.to_owned() + "\n").collect()));
        }
    }
    excerpts
}

/// The lines of a text, without empty ones and without their indentation.
fn without_indentation(text: &str) -> String {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty());
    lines.map(|line| line.to_owned() + "\n").collect()
}
