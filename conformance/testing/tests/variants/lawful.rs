//! Each lawful variant passes and its difference is reported, unless the table has an exception.

use atm_suite::cases::Verdict;
use atm_suite::requirements::{Weight, find};
use atm_testing::{LawfulVariant, lawful_variants};

use crate::standings::{PASSES, failed_unfairly, first_of_a_specification, sample, standings};
use crate::suite::{Played, VerdictsByRequirement, show_all};

/// One of this many variants is tried if `ATM_SEEDS` is not set.
const SAMPLE: usize = 6;

#[test]
fn each_passes_and_what_it_does_is_reported() {
    let lawful = sample(lawful_variants(), SAMPLE);
    let variants: Vec<Played> = lawful.iter().map(|lawful| Played::whole(lawful.variant)).collect();
    let table = standings();
    let mut surprises = Vec::new();
    for (lawful, shown) in lawful.iter().zip(show_all(&variants)) {
        let LawfulVariant { name, other, shows, .. } = lawful;
        let (expected, standing) = (&table[*name].suite, standing(&shown));
        if *expected != standing {
            surprises.push(format!("{name} ({other}): {standing}, not {expected}"));
        }
        for id in shows.iter() {
            let weight = find(id).map_or(Weight::Informational, |requirement| requirement.weight);
            let verdict = shown.get(id).map_or(Verdict::Pass, |(verdict, _)| *verdict);
            if verdict != Verdict::of_broken(weight) {
                surprises.push(format!("{name} ({other}): {verdict} by {id}"));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// The result of the suite for a variant.
pub(crate) fn standing(shown: &VerdictsByRequirement) -> String {
    let is_failed = |verdict: Verdict| !matches!(verdict, Verdict::Differs | Verdict::Advice);
    let failed: Vec<&str> =
        shown.iter().filter(|(_, (verdict, _))| is_failed(*verdict)).map(|(id, _)| *id).collect();
    first_of_a_specification(&failed).map_or_else(|| PASSES.to_owned(), failed_unfairly)
}
