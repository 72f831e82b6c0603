//! The page about formats is correct, and so is the action for other projects.

use std::path::Path;

use atm_suite::cases::{EXPECTATIONS_FORMAT, Expectations, Verdict};
use atm_suite::run_file::{Conclusion, RUN_FORMAT};

use crate::atm::{atm, root};

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
