//! Scenarios and requirements refer to each other consistently.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use atm_simulator::scenario::{Catalog, Scenario, ScenarioExpectations, Step};
use atm_suite::requirements::{Document, Obligation, Observability, Weight, all, find, ids};

/// The number of uses of each RFC 2119 keyword in each section of XEP-0450 0.4.0 and XEP-0434 0.6.0, counted by hand. A
/// sentence that applies to two subsections counts for both. "Everything that is RECOMMENDED [...] MUST be applied" is
/// one MUST.
const WORDS: [(Document, &str, Obligation, usize); 41] = [
    (Document::Xep0450, "details", Obligation::May, 1),
    (Document::Xep0450, "details", Obligation::Should, 1),
    (Document::Xep0450, "use-cases", Obligation::Must, 1),
    (Document::Xep0450, "use-cases", Obligation::Should, 1),
    (Document::Xep0450, "use-cases", Obligation::May, 1),
    (
        Document::Xep0450,
        "use-case-authentication-contact-endpoint-sending-to-own-endpoints",
        Obligation::Must,
        1,
    ),
    (
        Document::Xep0450,
        "use-case-authentication-contact-endpoint-sending-to-contact-endpoint",
        Obligation::Must,
        1,
    ),
    (
        Document::Xep0450,
        "use-case-authentication-contact-endpoint-receiving-from-own-endpoint",
        Obligation::Must,
        1,
    ),
    (
        Document::Xep0450,
        "use-case-authentication-contact-endpoint-receiving-from-contact-endpoint",
        Obligation::Must,
        1,
    ),
    (
        Document::Xep0450,
        "use-case-authentication-own-endpoint-sending-to-other-endpoints",
        Obligation::Must,
        1,
    ),
    (
        Document::Xep0450,
        "use-case-authentication-own-endpoint-sending-to-endpoint-key-authenticated",
        Obligation::Must,
        1,
    ),
    (Document::Xep0450, "use-case-authentication-own-endpoint-receiving", Obligation::Must, 1),
    (Document::Xep0450, "use-case-distrusting-own-endpoint-sending", Obligation::Must, 1),
    (Document::Xep0450, "use-case-distrusting-own-endpoint-receiving", Obligation::Must, 1),
    (Document::Xep0450, "use-case-distrusting-contact-endpoint-sending", Obligation::Must, 1),
    (
        Document::Xep0450,
        "use-case-distrusting-contact-endpoint-receiving-from-contact-endpoint",
        Obligation::Must,
        1,
    ),
    (
        Document::Xep0450,
        "use-case-distrusting-contact-endpoint-receiving-from-own-endpoint",
        Obligation::Must,
        1,
    ),
    (Document::Xep0450, UNAUTHENTICATED, Obligation::Must, 1),
    (Document::Xep0450, UNAUTHENTICATED, Obligation::May, 1),
    (Document::Xep0450, UNKNOWN, Obligation::Must, 1),
    (Document::Xep0450, "implementation-notes-gui-considerations", Obligation::Should, 3),
    (Document::Xep0450, "security-considerations-notification-and-confirmation", Obligation::May, 2),
    (Document::Xep0450, TOAKAFA, Obligation::Recommended, 1),
    (Document::Xep0450, TOAKAFA, Obligation::Should, 2),
    (Document::Xep0434, "trust-message-structure", Obligation::Must, 10),
    (Document::Xep0434, "trust-message-structure", Obligation::Should, 3),
    (Document::Xep0434, "use-cases", Obligation::May, 1),
    (Document::Xep0434, "use-cases-unencrypted-trust-message", Obligation::Must, 1),
    (Document::Xep0434, "use-cases-encrypted-trust-message", Obligation::Should, 2),
    (Document::Xep0434, "use-cases-encrypted-trust-message", Obligation::Must, 1),
    (Document::Xep0434, "use-cases-encrypted-trust-message-sce-profile", Obligation::Must, 2),
    (Document::Xep0434, "use-cases-encrypted-trust-message-sce-profile", Obligation::Should, 2),
    (Document::Xep0434, "implementation-notes", Obligation::May, 4),
    (Document::Xep0434, "implementation-notes", Obligation::Should, 1),
    (Document::Xep0434, "security-considerations", Obligation::Should, 2),
    (Document::Xep0434, URI, Obligation::May, 2),
    (Document::Xep0434, URI, Obligation::Should, 2),
    (Document::Xep0434, URI, Obligation::Must, 5),
    (Document::Xep0420, "affix_elements", Obligation::Must, 7),
    (Document::Xep0420, "rules", Obligation::Must, 5),
    (Document::Xep0280, "security", Obligation::Must, 1),
];

const UNAUTHENTICATED: &str = "implementation-notes-storing-trust-message-information-unauthenticated-keys";
const UNKNOWN: &str = "implementation-notes-storing-trust-message-information-unknown-keys";
const TOAKAFA: &str = "security-considerations-recommended-security-policy-trust-only-authenticated-keys-after-first-authentication-toakafa";
const URI: &str = "xmpp-registrar-considerations-uri-query-types-trust-message";

/// The number of rows in the upstream test cases: two tables of two, and two of three.
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
    let lacking = all()
        .filter(|requirement| requirement.coverage.is_of_scenarios() && !named.contains_key(requirement.id));
    let lacking: Vec<_> = lacking.map(|requirement| requirement.id).collect();
    assert!(lacking.is_empty(), "no scenario names {lacking:#?}");
}

#[test]
fn no_scenario_names_what_scenarios_cannot_show() {
    let named = named();
    let needless = all()
        .filter(|requirement| !requirement.coverage.is_of_scenarios() && named.contains_key(requirement.id));
    assert_eq!(needless.map(|requirement| requirement.id).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_normative_word_is_registered() {
    let has_words = |level| {
        matches!(level, Obligation::Must | Obligation::Should | Obligation::Recommended | Obligation::May)
    };
    for (document, section, level, expected) in WORDS {
        let stand_there = all().filter(|requirement| {
            (requirement.document, requirement.anchor, requirement.level) == (document, section, level)
        });
        assert_eq!(stand_there.count(), expected, "{document}, #{section}, {level}");
    }
    let whole = [Document::Xep0450, Document::Xep0434];
    let elsewhere = all().filter(|requirement| {
        let listed = WORDS.iter().any(|(document, section, level, _)| {
            (requirement.document, requirement.anchor, requirement.level) == (*document, section, *level)
        });
        whole.contains(&requirement.document) && has_words(requirement.level) && !listed
    });
    assert_eq!(elsewhere.map(|requirement| requirement.id).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_must_is_demanded_by_a_scenario_or_of_messages_or_cannot_be_seen() {
    let demanded = demanded();
    let must = all().filter(|requirement| requirement.level == Obligation::Must);
    let lacking = must.filter(|requirement| match requirement.coverage {
        Observability::Scenarios | Observability::Confirmations => !demanded.contains_key(requirement.id),
        Observability::Messages | Observability::Variations | Observability::Unobservable(_) => false,
    });
    let lacking: Vec<_> = lacking.map(|requirement| requirement.id).collect();
    assert!(lacking.is_empty(), "nothing stands under `required` of {lacking:#?}");
}

#[test]
fn every_must_of_the_use_cases_is_demanded_by_a_scenario_of_the_specification() {
    let demanded = demanded();
    let must = all().filter(|requirement| {
        requirement.document == Document::Xep0450
            && requirement.level == Obligation::Must
            && requirement.coverage == Observability::Scenarios
    });
    for requirement in must {
        let files = demanded.get(requirement.id).map_or(&[][..], Vec::as_slice);
        let played = files.iter().any(|path| path.starts_with(root().join("scenarios/xep-0450")));
        assert!(played, "no scenario in xep-0450/ demands {}", requirement.id);
    }
}

#[test]
fn whatever_can_fail_an_implementation_is_demanded_somewhere() {
    let demanded = demanded();
    let idle = all().filter(|requirement| {
        requirement.weight != Weight::Informational
            && requirement.coverage == Observability::Scenarios
            && !demanded.contains_key(requirement.id)
    });
    assert_eq!(idle.map(|requirement| requirement.id).collect::<Vec<_>>(), [""; 0]);
}

/// If a scenario names a requirement, it has an expectation that can contradict the requirement.
#[test]
fn what_can_fail_an_implementation_is_listed_only_where_something_stands_under_it() {
    let demanded = demanded();
    for (id, files) in named() {
        let requirement = find(&id).expect("another test shows that it is registered");
        if requirement.weight == Weight::Informational || requirement.document == Document::Design {
            continue;
        }
        let judged = demanded.get(&id).map_or(&[][..], Vec::as_slice);
        for (path, _) in files {
            assert!(judged.contains(&path), "{} names {id}, but demands nothing under it", path.display());
        }
    }
}

#[test]
fn questions_that_are_open_have_answers_and_nothing_else_has() {
    let question = |id: &str| id.starts_with("atm/facts/");
    let (demanded, answered) = (demanded(), answered());
    assert_eq!(demanded.keys().filter(|id| question(id)).count(), 0, "a question stands under `required`");
    assert_eq!(answered.keys().find(|id| !question(id)), None, "a requirement stands under `facts`");
    for id in ids().filter(|id| question(id)) {
        let files = answered.get(id).map_or(&[][..], Vec::as_slice);
        let asked = files.iter().any(|path| path.starts_with(root().join("scenarios/open-questions")));
        assert!(asked, "no scenario in open-questions/ answers {id}");
    }
}

/// Claims of the readme fail no implementation, but without an expectation they would never be tested.
#[test]
fn every_claim_of_the_readme_is_judged() {
    let demanded = demanded();
    let claims = all().filter(|requirement| requirement.document == Document::Readme);
    let idle = claims.filter(|claim| claim.weight.fails() || !demanded.contains_key(claim.id));
    assert_eq!(idle.map(|claim| claim.id).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_row_of_the_test_cases_is_played_with_both_verbs() {
    let demanded = demanded();
    let cases: Vec<_> = all().filter(|requirement| requirement.document == Document::TestCases).collect();
    let rows: BTreeSet<&str> =
        cases.iter().map(|case| case.id.rsplit_once('/').expect("a row and a verb").0).collect();
    assert_eq!(rows.len(), TEST_CASE_ROWS);
    for row in rows {
        for verb in ["authenticate", "distrust"] {
            let id = format!("{row}/{verb}");
            assert!(cases.iter().any(|case| case.id == id), "{id} is not registered");
            let files = demanded.get(&*id).map_or(&[][..], Vec::as_slice);
            let played = files.iter().any(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                path.starts_with(root().join("scenarios/test-cases")) && name.contains(verb)
            });
            assert!(played, "no scenario in test-cases/ plays {id}");
        }
    }
}

#[test]
fn every_scenario_of_a_folder_is_about_its_document() {
    for (path, scenario) in scenarios() {
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        // The other folders are about adversaries and networks, whatever document mentions them.
        if !["readme", "test-cases", "xep-0420", "xep-0434", "xep-0450"].contains(&&*folder) {
            continue;
        }
        let about = scenario.requirements.iter().any(|id| id.as_str().starts_with(&*format!("{folder}/")));
        assert!(about, "{} names nothing of {folder}", path.display());
    }
}

/// The scenarios that have expectations under each id in `required`.
fn demanded() -> BTreeMap<String, Vec<PathBuf>> {
    under_ids(|expectations| expectations.demands().map(|(id, _)| id.as_str().to_owned()).collect())
}

/// The scenarios that have expectations under each id in `facts`.
fn answered() -> BTreeMap<String, Vec<PathBuf>> {
    under_ids(|expectations| expectations.answers().map(|(id, _)| id.as_str().to_owned()).collect())
}

fn under_ids(of: impl Fn(&ScenarioExpectations) -> Vec<String>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (path, scenario) in scenarios() {
        let on_the_way = scenario.steps.iter().filter_map(|step| match step {
            Step::Expect(expectations) => Some(expectations),
            _ => None,
        });
        for id in on_the_way.chain([&scenario.expect]).flat_map(&of) {
            found.entry(id).or_default().push(path.clone());
        }
    }
    found
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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the crate is in a workspace")
}

/// The heading `## How data flows` has the anchor `how-data-flows`.
#[test]
fn requirements_of_this_project_lead_to_headings_of_its_architecture() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page is there");
    let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
    let anchors: BTreeSet<String> =
        headings.map(|heading| heading.to_lowercase().replace(' ', "-")).collect();
    for requirement in all().filter(|requirement| requirement.document == Document::Design) {
        assert!(anchors.contains(requirement.anchor), "{}: {}", requirement.id, requirement.anchor);
    }
}
