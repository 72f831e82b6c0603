//! Each lawful variant passes, and what it does another way is reported.

use atm_suite::cases::Verdict;
use atm_suite::requirements::{Weight, find};
use atm_testing::{LAWFUL, LawfulVariant, Variant};

use crate::suite::show_all;

#[test]
fn each_passes_and_what_it_does_is_reported() {
    assert!(LAWFUL.len() >= 10);
    let variants: Vec<Variant> = LAWFUL.iter().map(|lawful| lawful.variant).collect();
    let mut wrong = Vec::new();
    for (LawfulVariant { name, other, shows, .. }, shown) in LAWFUL.iter().zip(show_all(&variants)) {
        for (id, (verdict, cases)) in &shown {
            if !matches!(verdict, Verdict::Differs | Verdict::Advice) {
                wrong.push(format!("{name} ({other}): {verdict} by {id}: {}", cases.join("\n    ")));
            }
        }
        for id in *shows {
            let weight = find(id).map_or(Weight::Informational, |requirement| requirement.weight);
            let verdict = shown.get(id).map_or(Verdict::Pass, |(verdict, _)| *verdict);
            if verdict != Verdict::of_broken(weight) {
                wrong.push(format!("{name} ({other}): {verdict} by {id}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
