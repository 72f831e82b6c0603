use super::{Document, Obligation, Observability, Requirement, Weight};

/// The statement of XEP-0280 1.0.1 about which carbon copies a client accepts; `#security` repeats it. All other
/// statements are about servers, enabling carbons, and messages that people write.
pub(super) const REQUIREMENTS: &[Requirement] = &[Requirement {
    id: "xep-0280/inbound/own-bare-jid",
    document: Document::Xep0280,
    anchor: "security",
    level: Obligation::Must,
    summary: "A carbon copy that comes from another JID than the own account's bare one is not accepted.",
    weight: Weight::Security,
    coverage: Observability::Scenarios,
}];
