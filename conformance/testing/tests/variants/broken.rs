//! Each variant that is wrong in one way fails by the requirement that it breaks.

use atm_suite::cases::Verdict;
use atm_suite::requirements::{Weight, find};
use atm_testing::{BrokenVariant, Variant, broken};

use crate::suite::show_all;

#[test]
fn each_is_caught_by_the_requirement_that_it_breaks() {
    let broken: Vec<BrokenVariant> = broken().collect();
    assert!(broken.len() >= 40);
    let variants: Vec<Variant> = broken.iter().map(|broken| broken.variant).collect();
    let mut escaped = Vec::new();
    for (BrokenVariant { name, wrong, fails, .. }, shown) in broken.iter().zip(show_all(&variants)) {
        for id in *fails {
            let requirement = find(id).unwrap_or_else(|| panic!("there is no requirement {id}"));
            // Some mistakes break no MUST that can be seen from outside, but let an adversary in.
            assert_ne!(requirement.weight, Weight::Informational, "nobody fails {id}");
            let expected = Verdict::of_broken(requirement.weight);
            let verdict = shown.get(id).map_or(Verdict::Pass, |(verdict, _)| *verdict);
            if verdict != expected {
                escaped.push(format!("{name} ({wrong}): {verdict}, not {expected}, by {id}"));
            }
        }
        for (id, (verdict, cases)) in &shown {
            if matches!(verdict, Verdict::Error | Verdict::Inconclusive) {
                escaped.push(format!("{name} ({wrong}): {verdict} by {id}: {}", cases[0]));
            }
        }
    }
    assert!(escaped.is_empty(), "{}", escaped.join("\n"));
}

#[test]
fn each_has_a_name_of_its_own() {
    let mut names: Vec<&str> = broken().map(|broken| broken.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
