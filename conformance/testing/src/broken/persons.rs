//! Mistakes in decisions of persons.

use atm_engine::DecisionKind;
use atm_naive_model::{NaiveDecision, Quirk};

use super::{BrokenVariant, broken_by};
use crate::twist::Twist;
use crate::variant::{decides, twists};

fn first(decisions: &mut Vec<NaiveDecision>) {
    decisions.truncate(1);
}

fn no_distrust_beside_trust(decisions: &mut Vec<NaiveDecision>) {
    if decisions.iter().any(|said| said.kind == DecisionKind::Trust) {
        decisions.retain(|said| said.kind == DecisionKind::Trust);
    }
}

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "decides-on-the-first",
        "of several keys that a person decides on in one go only the first is decided on",
        twists(&[Twist::Decisions(first)]),
        &["xep-0450/glossary/manual-decisions"],
    )
    .at("conformance/ADAPTERS.md#decide-a-person-authenticates-or-distrusts-keys"),
    broken_by(
        "decides-no-distrust-beside-trust",
        "if a person authenticates some keys and distrusts others in one go, the others stay as they are",
        twists(&[Twist::Decisions(no_distrust_beside_trust)]),
        &["xep-0450/glossary/manual-decisions"],
    )
    .at("conformance/ADAPTERS.md#decide-a-person-authenticates-or-distrusts-keys"),
    broken_by(
        "decides-by-the-clock",
        "what a person decides does not count if a message about the key is dated later",
        decides(&[Quirk::DecidesByTheClock]),
        &["xep-0450/glossary/manual-decisions"],
    )
    .at("conformance/ADAPTERS.md#decide-a-person-authenticates-or-distrusts-keys"),
];
