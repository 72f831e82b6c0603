use super::{Document, Obligation, Observability, Requirement, Weight};

/// The claims of the readme about its two examples.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    claim(
        "readme/twenty-without-atm",
        "without-atm",
        "Without ATM, Alice's three and Bob's two endpoints need 20 manual authentications.",
    ),
    claim(
        "readme/steps-with-atm",
        "with-atm",
        "In the order of the example, each automatic authentication happens at the step that it is listed under.",
    ),
    claim(
        "readme/eight-and-twelve",
        "result",
        "With ATM, 8 manual authentications suffice; the other 12 are made automatically.",
    ),
    claim(
        "readme/one-key-accounts",
        "not-only-for-omemo",
        "Where each account has one key, a new endpoint of Alice gets the keys of her three contacts from an \
         old one.",
    ),
];

const fn claim(id: &'static str, anchor: &'static str, summary: &'static str) -> Requirement {
    Requirement {
        id,
        document: Document::Readme,
        anchor,
        level: Obligation::Derived,
        summary,
        weight: Weight::Informational,
        coverage: Observability::Scenarios,
    }
}
