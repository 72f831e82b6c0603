use std::collections::BTreeSet;

use super::{Document, Mutant, Obligation, Observability, all, find, ids};

#[test]
fn ids_are_unique() {
    let mut seen = BTreeSet::new();
    for id in ids() {
        assert!(seen.insert(id), "{id} is there twice");
    }
}

#[test]
fn ids_are_kebab_case_paths_below_their_document() {
    for requirement in all() {
        let mut parts = requirement.id.split('/');
        assert_eq!(parts.next(), Some(requirement.document.prefix()), "{}", requirement.id);
        let rest: Vec<_> = parts.collect();
        assert!(!rest.is_empty(), "{} names a document only", requirement.id);
        assert!(rest.iter().all(|part| is_kebab_case(part)), "{} is not kebab-case", requirement.id);
    }
}

#[test]
fn no_id_is_a_folder_of_another() {
    for id in ids() {
        let folder = format!("{id}/");
        assert!(!ids().any(|other| other.starts_with(&folder)), "{id} is both a requirement and a folder");
    }
}

#[test]
fn anchors_are_kebab_case() {
    for requirement in all() {
        // GitHub turns " / " into two hyphens, an anchor of XEP-0420 has an underscore, and anchors of RFCs have dots.
        let anchor = requirement.anchor.replace("--", "-").replace(['_', '.'], "-");
        assert!(is_kebab_case(&anchor), "{}", requirement.url());
    }
}

#[test]
fn summaries_are_sentences() {
    for requirement in all() {
        let summary = requirement.summary;
        assert!(summary.starts_with(char::is_uppercase), "{}: {summary}", requirement.id);
        assert!(summary.ends_with('.') || summary.ends_with(".)"), "{}: {summary}", requirement.id);
        assert!(!summary.contains("  "), "{}: {summary}", requirement.id);
        let first = summary.split(' ').next();
        let is_clause = first.is_some_and(|word| ["What", "Who", "Whatever", "Whoever"].contains(&word));
        assert!(!is_clause, "{}: {summary}", requirement.id);
        if let Observability::Unobservable(reason) = requirement.coverage {
            assert!(!reason.is_empty(), "{} gives no reason", requirement.id);
        }
    }
}

#[test]
fn a_requirement_is_found_by_its_id_and_leads_to_its_text() {
    let requirement = find("xep-0450/ac-s/own-endpoints").expect("it is in the table");
    assert_eq!(requirement.document, Document::Xep0450);
    assert_eq!(
        requirement.url(),
        "https://xmpp.org/extensions/xep-0450.html#use-case-authentication-contact-endpoint-sending-to-own-endpoints"
    );
    assert_eq!(requirement.document.to_string(), "XEP-0450: Automatic Trust Management (ATM), 0.4.0");
    assert_eq!(requirement.level.to_string(), "MUST");
    assert_eq!(find("xep-0450/ac-s"), None);
}

#[test]
fn what_this_project_chose_is_told_apart_from_what_specifications_ask_for() {
    for requirement in all() {
        let ours = requirement.level == Obligation::Ours;
        assert_eq!(ours, requirement.document == Document::Design, "{}", requirement.id);
    }
}

#[test]
fn nobody_fails_by_what_this_project_chose_or_by_what_is_only_recommended() {
    for requirement in all() {
        let asks_little = matches!(
            requirement.level,
            Obligation::Should | Obligation::Recommended | Obligation::May | Obligation::Ours
        );
        // XEP-0450 turns the recommendations of XEP-0434 into demands.
        let is_raised = requirement.document == Document::Xep0434;
        assert!(!requirement.weight.fails() || !asks_little || is_raised, "{}", requirement.id);
        assert!(
            !requirement.weight.fails() || requirement.document != Document::Design,
            "{}",
            requirement.id
        );
    }
}

/// The MUSTs whose violation looks like lawful behaviour, or that other texts contradict.
const MUSTS_THAT_FAIL_NOBODY: [&str; 5] = [
    "xep-0434/unencrypted/signed",
    "xep-0420/affixes/time",
    "xep-0420/affixes/to",
    "xep-0420/affixes/from-written",
    "xep-0420/affixes/from",
];

#[test]
fn every_must_fails_those_who_break_it() {
    let lenient =
        all().filter(|requirement| requirement.level == Obligation::Must && !requirement.weight.fails());
    assert_eq!(lenient.map(|requirement| requirement.id).collect::<Vec<_>>(), MUSTS_THAT_FAIL_NOBODY);
}

#[test]
fn what_is_checked_on_messages_is_about_writing_them() {
    for requirement in all() {
        let written =
            requirement.id.ends_with("-written") || requirement.id == "xep-0450/use-cases/recommended-by-tm";
        assert_eq!(written, requirement.coverage == Observability::Messages, "{}", requirement.id);
    }
}

#[test]
fn mutants_break_requirements_that_there_are_and_those_that_survive_have_a_reason() {
    for mutant in Mutant::all() {
        for id in mutant.breaks() {
            assert!(find(id).is_some(), "{}: there is no requirement {id}", mutant.name);
        }
        let is_explained =
            |reason: &str| ["lawful: ", "missed: "].iter().any(|class| reason.starts_with(class));
        assert_eq!(mutant.survives(), mutant.reason.is_some_and(is_explained), "{}", mutant.name);
    }
}

/// Counts only mutants that break something. A mutant that only random scenarios catch counts as found.
#[test]
fn nineteen_in_twenty_mutants_are_found() {
    let is_missed = |mutant: &Mutant| mutant.reason.is_some_and(|reason| reason.starts_with("missed: "));
    let missed = Mutant::all().filter(is_missed).count();
    let found = Mutant::all().filter(|mutant| mutant.is_built() && !mutant.survives()).count();
    assert!(found > 100, "{found}");
    assert!(20 * missed <= found + missed, "{found} found, {missed} missed");
}

fn is_kebab_case(text: &str) -> bool {
    text.split('-')
        .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}
