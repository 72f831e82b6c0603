use super::{Document, Obligation, Observability, Requirement, Weight};

/// The statement of RFC 6120 about the sender of a stanza without `from`.
pub(super) const REQUIREMENTS: &[Requirement] = &[Requirement {
    id: "rfc-6120/client-streams/no-from",
    document: Document::Rfc6120,
    anchor: "section-8.1.2.1",
    level: Obligation::Must,
    summary: "A stanza without a from is from the own account, and never from a contact.",
    weight: Weight::Security,
    coverage: Observability::Scenarios,
}];
