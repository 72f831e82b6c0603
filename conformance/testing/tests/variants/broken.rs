//! Each broken variant fails the requirement that it breaks, unless the table has an exception.

use atm_suite::cases::{Case, Verdict};
use atm_suite::requirements::{self, Weight, find};
use atm_suite::variations::Variation;
use atm_testing::{BrokenVariant, broken};

use crate::standings::{FOUND, NOT_FOUND, first_of_a_specification, found_as, sample, standings};
use crate::suite::{Played, VerdictsByRequirement, all_cases, show, show_all};

/// One of this many variants is tried if `ATM_SEEDS` is not set.
const SAMPLE: usize = 6;

#[test]
fn each_is_caught_by_the_requirement_that_it_breaks() {
    let broken = sample(broken(), SAMPLE);
    let variants: Vec<Played> = broken.iter().map(Played::of).collect();
    let table = standings();
    let mut surprises = Vec::new();
    for (broken, shown) in broken.iter().zip(show_all(&variants)) {
        let (expected, standing) = (&table[broken.name].suite, standing(broken, &shown));
        if *expected != standing {
            surprises.push(format!("{} ({}): {standing}, not {expected}", broken.name, broken.wrong));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// The result of the suite for a variant.
pub(crate) fn standing(broken: &BrokenVariant, shown: &VerdictsByRequirement) -> String {
    let is_found = |id: &str| {
        let requirement = find(id).unwrap_or_else(|| panic!("there is no requirement {id}"));
        // Some mistakes break no observable MUST, but let an adversary in.
        assert_ne!(requirement.weight, Weight::Informational, "nobody fails {id}");
        let verdict = shown.get(id).map_or(Verdict::Pass, |(verdict, _)| *verdict);
        verdict == Verdict::of_broken(requirement.weight)
    };
    let ids_with = |verdicts: &[Verdict]| -> Vec<&str> {
        shown.iter().filter(|(_, (verdict, _))| verdicts.contains(verdict)).map(|(id, _)| *id).collect()
    };
    let undone = ids_with(&[Verdict::Error, Verdict::Inconclusive]);
    let other = ids_with(&[Verdict::Fail, Verdict::Advice]);
    match () {
        () if !undone.is_empty() => format!("undone by {}", undone[0]),
        () if broken.fails.iter().all(|id| is_found(id)) => FOUND.to_owned(),
        () if other.is_empty() => NOT_FOUND.to_owned(),
        () => found_as(first_of_a_specification(&other).unwrap_or_default()),
    }
}

/// The attacks on a case show nothing new about a device that follows everybody anyway.
#[test]
fn what_happens_without_an_attack_is_not_blamed_on_it() {
    let everybody = broken().find(|broken| broken.name == "hears-everybody").expect("a variant");
    let voiding: Vec<&str> = requirements::ids()
        .filter(|id| Variation::all().any(|variation| variation.voids(id)))
        .filter(|id| !everybody.fails.contains(id))
        .collect();
    let cases: Vec<Case> =
        all_cases().into_iter().filter(|case| case.id.starts_with("attacks/flood-from-own")).collect();
    assert!(!cases.is_empty());
    let shown = show(&cases, &Played::whole(everybody.variant));
    let blamed: Vec<_> = shown.iter().filter(|(id, _)| voiding.contains(*id)).collect();
    assert!(blamed.is_empty(), "{blamed:?}");
}

#[test]
fn each_has_a_name_of_its_own() {
    let mut names: Vec<&str> = broken().map(|broken| broken.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn each_breaks_a_sentence_that_can_be_read() {
    for broken in broken() {
        let anchor = broken.anchor();
        assert!(anchor.contains('#') || anchor.starts_with("https://"), "{}: {anchor}", broken.name);
        assert_ne!(broken.weight(), Weight::Informational, "{} is lawful", broken.name);
        assert!(broken.shows_with != Some(""), "{}", broken.name);
    }
}
