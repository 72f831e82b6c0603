use super::{Coverage, Document, Level, Requirement, Weight};

/// The statements of XEP-0280 1.0.1 that say which copies are to be believed.
pub(super) const REQUIREMENTS: &[Requirement] = &[Requirement {
    id: "xep-0280/inbound/own-bare-jid",
    document: Document::Xep0280,
    anchor: "inbound",
    level: Level::Must,
    summary: "A carbon copy that comes from another JID than the own account's bare one is not accepted.",
    weight: Weight::Security,
    coverage: Coverage::Scenarios,
}];
