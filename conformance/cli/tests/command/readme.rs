//! The README is correct: its examples and commands work.

use std::collections::BTreeSet;

use atm_simulator::scenario::{Catalog, ScenarioFile};

use crate::atm::{Folder, TWENTY_TO_EIGHT, atm, root};

const SCHEMA: &str = "# yaml-language-server: $schema=../";

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("there is a README")
}

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let (readme, fence) = (readme(), format!("```{language}\n"));
    let blocks = readme.split(&fence).skip(1);
    blocks.map(|rest| rest.split_once("```").expect("the block ends").0.to_owned()).collect()
}

/// Saves the scenario of the README under the name that it gives. Returns its path and that name.
fn example(folder: &Folder) -> (String, &'static str) {
    let [example, _] = <[String; 2]>::try_from(blocks("yaml")).expect("a scenario and a population");
    let name = "scenarios/lost-tablet.yaml";
    assert!(readme().contains(&format!("`{name}`")));
    (folder.write(name, example), name)
}

#[test]
fn its_commands_are_those_that_do_the_work() {
    let readme = readme();
    assert!(readme.contains(&format!("\n    cargo run --release -- run {TWENTY_TO_EIGHT}\n")));
    assert!(readme.contains("\n    cargo test --workspace\n"));
}

#[test]
fn the_output_that_it_shows_is_what_the_command_prints() {
    assert_eq!(blocks("text")[0], atm(["run", TWENTY_TO_EIGHT]).stdout);
}

#[test]
fn its_scenario_passes_under_every_rule_and_with_the_schema_at_its_place() {
    let folder = Folder::new("readme-scenario");
    let (file, name) = example(&folder);
    for announcement in ["direct", "cascade", "relay"] {
        let ran = atm(["run", &file, "--announcement", announcement]);
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{}", ran.stdout);
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let schema = text.lines().next().unwrap().strip_prefix(SCHEMA).expect("the first line names the schema");
    assert_eq!(name.matches('/').count(), 1, "one folder up is the root");
    assert!(root().join(schema).is_file(), "{schema}");
}

#[test]
fn its_population_is_a_file_and_shows_what_holds_if_nothing_is_given() {
    let (shown, file) = (blocks("yaml")[1].clone(), root().join("benches/a-million-devices.yaml"));
    assert_eq!(shown, std::fs::read_to_string(file).unwrap());
    let population = |text: &str| match ScenarioFile::parse("shown.yaml", text, &Catalog::unchecked()) {
        Ok(ScenarioFile::Population(population)) => *population,
        other => panic!("{other:?}"),
    };
    let (given, optional) = shown.split_at(shown.find("  devices:").unwrap());
    assert_eq!(optional.lines().count(), 3);
    assert_eq!(population(&shown), population(given));
}

#[test]
fn the_mistake_that_it_shows_looks_like_that() {
    let folder = Folder::new("readme-mistake");
    let (file, name) = example(&folder);
    let text = std::fs::read_to_string(&file).unwrap().replace("code-of: bob/phone", "code-of: bob/fone");
    let file = folder.write(name, text);
    assert_eq!(format!("{}\n", blocks("text")[1]), atm(["run", &file]).stderr.replace(&file, name));
}

#[test]
fn it_lists_all_options_and_exit_codes() {
    let (readme, help) = (readme(), atm(["run", "--help"]).stdout);
    let options = help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2);
    let mut count = 0;
    for option in options.filter(|option| !["--help", "--version"].contains(option)) {
        assert!(readme.contains(&format!("`{option}")), "{option}");
        count += 1;
    }
    assert_eq!(count, 15);
    for code in [0, 1, 2, 64, 66] {
        assert!(readme.contains(&format!("\n| {code} | ")), "{code}");
    }
}

#[test]
fn what_it_links_to_is_there() {
    let readme = readme();
    let targets = readme.split("](").skip(1).map(|rest| rest.split_once(')').expect("the link ends").0);
    for target in targets.filter(|target| !target.starts_with("https://")) {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = root().join(if path.is_empty() { "README.md" } else { path });
        assert!(path.exists(), "{target}");
        if !anchor.is_empty() {
            assert!(anchors(&std::fs::read_to_string(path).unwrap()).contains(anchor), "{target}");
        }
    }
}

/// The heading `## Exit codes` has the anchor `exit-codes`.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings =
        page.lines().filter(|line| line.starts_with("##")).map(|line| line.trim_start_matches(['#', ' ']));
    headings.map(|heading| heading.to_lowercase().replace(' ', "-")).collect()
}
