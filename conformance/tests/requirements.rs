//! Scenarios and requirements belong together, in both directions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use atm_conformance::requirements::{Coverage, Document, Level, Requirement, all, ids};
use atm_simulator::scenario::{Catalog, Scenario, Step};

/// The sections of XEP-0450 §4 that say what an endpoint MUST do, and the section about what it keeps, each with
/// how often; counted by hand in version 0.4.0. Where a sentence serves two subsections it counts for both.
const MUSTS: [(&str, usize); 14] = [
    ("use-cases", 1),
    ("use-case-authentication-contact-endpoint-sending-to-own-endpoints", 1),
    ("use-case-authentication-contact-endpoint-sending-to-contact-endpoint", 1),
    ("use-case-authentication-contact-endpoint-receiving-from-own-endpoint", 1),
    ("use-case-authentication-contact-endpoint-receiving-from-contact-endpoint", 1),
    ("use-case-authentication-own-endpoint-sending-to-other-endpoints", 1),
    ("use-case-authentication-own-endpoint-sending-to-endpoint-key-authenticated", 1),
    ("use-case-authentication-own-endpoint-receiving", 1),
    ("use-case-distrusting-own-endpoint-sending", 1),
    ("use-case-distrusting-own-endpoint-receiving", 1),
    ("use-case-distrusting-contact-endpoint-sending", 1),
    ("use-case-distrusting-contact-endpoint-receiving-from-contact-endpoint", 1),
    ("use-case-distrusting-contact-endpoint-receiving-from-own-endpoint", 1),
    ("implementation-notes-storing-trust-message-information", 2),
];

/// The rows of the upstream test cases: twice two, and three times two.
const TEST_CASE_ROWS: usize = 10;

#[test]
fn scenarios_name_registered_requirements_only() {
    let registered: BTreeSet<&str> = ids().collect();
    for (path, scenario) in scenarios() {
        assert!(!scenario.requirements.is_empty(), "{} names none", path.display());
        for id in &scenario.requirements {
            assert!(registered.contains(id.as_str()), "{} names {id}", path.display());
        }
    }
}

#[test]
fn every_requirement_that_scenarios_can_test_has_one() {
    let named = named();
    let lacking = all().filter(|requirement| {
        requirement.coverage == Coverage::Scenarios && !named.contains_key(requirement.id)
    });
    let lacking: Vec<_> = lacking.map(|requirement| requirement.id).collect();
    assert!(lacking.is_empty(), "no scenario names {lacking:#?}");
}

#[test]
fn no_scenario_names_what_scenarios_cannot_show() {
    let named = named();
    let needless = all().filter(|requirement| {
        matches!(requirement.coverage, Coverage::Unobservable(_)) && named.contains_key(requirement.id)
    });
    assert_eq!(needless.map(|requirement| requirement.id).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_must_of_the_use_cases_is_registered() {
    for (section, expected) in MUSTS {
        let stand_there = musts().filter(|requirement| {
            requirement.anchor == section
                // Two sections share what their anchors begin with.
                || section.ends_with("information") && requirement.anchor.starts_with(section)
        });
        assert_eq!(stand_there.count(), expected, "{section}");
    }
    let elsewhere = musts().count() - MUSTS.iter().map(|(_, count)| count).sum::<usize>();
    assert_eq!(elsewhere, 0, "a MUST in a section that is not in this test's list");
}

#[test]
fn every_must_is_required_by_a_scenario_of_the_specification() {
    let named = named();
    for requirement in musts() {
        let files = named.get(requirement.id).map_or(&[][..], Vec::as_slice);
        let judged = files.iter().any(|(path, scenario)| {
            path.starts_with(root().join("scenarios/xep-0450")) && demands_something(scenario)
        });
        assert!(judged, "no scenario in xep-0450/ has a `required` expectation for {}", requirement.id);
    }
}

#[test]
fn every_row_of_the_test_cases_is_played_with_both_verbs() {
    let named = named();
    let cases: Vec<_> = all().filter(|requirement| requirement.document == Document::TestCases).collect();
    let rows: BTreeSet<&str> =
        cases.iter().map(|case| case.id.rsplit_once('/').expect("a row and a verb").0).collect();
    assert_eq!(rows.len(), TEST_CASE_ROWS);
    for row in rows {
        for verb in ["authenticate", "distrust"] {
            let id = format!("{row}/{verb}");
            assert!(cases.iter().any(|case| case.id == id), "{id} is not registered");
            let files = named.get(&*id).map_or(&[][..], Vec::as_slice);
            let played = files.iter().any(|(path, scenario)| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                path.starts_with(root().join("scenarios/test-cases"))
                    && name.contains(verb)
                    && demands_something(scenario)
            });
            assert!(played, "no scenario in test-cases/ plays {id}");
        }
    }
}

#[test]
fn every_scenario_of_a_folder_is_about_its_document() {
    for (path, scenario) in scenarios() {
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let about = scenario.requirements.iter().any(|id| id.as_str().starts_with(&*format!("{folder}/")));
        assert!(about, "{} names nothing of {folder}", path.display());
    }
}

fn musts() -> impl Iterator<Item = &'static Requirement> {
    all().filter(|requirement| requirement.document == Document::Xep0450 && requirement.level == Level::Must)
}

/// Whether it can fail an implementation: it expects something that is not just about this engine.
fn demands_something(scenario: &Scenario) -> bool {
    let on_the_way = scenario.steps.iter().filter_map(|step| match step {
        Step::Expect(expectations) => Some(expectations),
        _ => None,
    });
    on_the_way.chain([&scenario.expect]).any(|expectations| !expectations.required.is_empty())
}

/// The scenarios that name each requirement.
fn named() -> BTreeMap<String, Vec<(PathBuf, Scenario)>> {
    let mut named: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (path, scenario) in scenarios() {
        for id in &scenario.requirements {
            named.entry(id.as_str().to_owned()).or_default().push((path.clone(), scenario.clone()));
        }
    }
    named
}

fn scenarios() -> Vec<(PathBuf, Scenario)> {
    let mut files = Vec::new();
    collect(&root().join("scenarios"), &mut files);
    assert!(!files.is_empty());
    let load = |path: PathBuf| match Scenario::load(&path, &Catalog::unchecked()) {
        Ok(scenario) => (path, scenario),
        Err(error) => panic!("{error}"),
    };
    files.into_iter().map(load).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry that can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            assert_eq!(path.extension().unwrap_or_default(), "yaml", "{}", path.display());
            files.push(path);
        }
    }
    files.sort();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the crate is in a workspace")
}
