use super::{Document, Obligation, Observability, Requirement, Weight};

/// The statement of XEP-0280 1.0.1 that says which copies are to be believed, which it repeats in `#security`. All
/// others are about servers, about turning copies on, and about messages that people write.
pub(super) const REQUIREMENTS: &[Requirement] = &[Requirement {
    id: "xep-0280/inbound/own-bare-jid",
    document: Document::Xep0280,
    anchor: "inbound",
    level: Obligation::Must,
    summary: "A carbon copy that comes from another JID than the own account's bare one is not accepted.",
    weight: Weight::Security,
    coverage: Observability::Scenarios,
}];
