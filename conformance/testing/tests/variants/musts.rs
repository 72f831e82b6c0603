//! A variant breaks each MUST.

use std::collections::BTreeSet;

use atm_suite::requirements::{Obligation, Observability, all, find};
use atm_testing::{broken, lawful_variants};

/// The MUSTs that no variant breaks, with reasons.
const EXCEPTIONS: [(&str, &str); 0] = [];

#[test]
fn each_must_is_broken_by_a_variant() {
    let mut broken_ones: BTreeSet<&str> = broken().flat_map(|broken| broken.fails).copied().collect();
    // Breaking a MUST that the specifications' own examples break is no failure; it is reported as a fact.
    broken_ones.extend(lawful_variants().flat_map(|lawful| lawful.shows));
    let excepted = |id: &str| EXCEPTIONS.iter().any(|(other, _)| *other == id);
    let tested = all()
        .filter(|requirement| requirement.level == Obligation::Must)
        .filter(|requirement| !matches!(requirement.coverage, Observability::Unobservable(_)));
    let lacking: Vec<&str> = tested
        .map(|requirement| requirement.id)
        .filter(|id| !broken_ones.contains(id) && !excepted(id))
        .collect();
    assert_eq!(lacking, [""; 0], "no variant breaks them");
    let needless: Vec<&str> =
        EXCEPTIONS.iter().map(|(id, _)| *id).filter(|id| broken_ones.contains(id)).collect();
    assert_eq!(needless, [""; 0], "exceptions that are none");
}

#[test]
fn variants_break_requirements_that_there_are() {
    let fails = broken().flat_map(|broken| broken.fails);
    for id in fails.chain(lawful_variants().flat_map(|lawful| lawful.shows)) {
        assert!(find(id).is_some(), "{id}");
    }
}
