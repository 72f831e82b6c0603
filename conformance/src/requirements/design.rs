use super::{Coverage, Document, Level, Requirement, Weight};

/// What this project promises beyond the specifications: the invariants that are watched in every run, and
/// those rules of the engine that no specification asks for but some scenario is about.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    invariant("atm/invariants/soundness", "Every authentication goes back to a person's decision."),
    invariant("atm/invariants/authority", "No account changes another's keys on a third party's device."),
    invariant(
        "atm/invariants/confidentiality",
        "No trust message is encrypted for a key that is not authenticated, and contacts hear of the sender's \
         account only.",
    ),
    invariant(
        "atm/invariants/no-premature-use",
        "A postponed decision has no effect before its sender is authenticated.",
    ),
    invariant(
        "atm/invariants/policy",
        "After the first authentication of a key of an owner, no key of that owner is used that is not authenticated.",
    ),
    invariant(
        "atm/invariants/resistance",
        "No adversary's key becomes authenticated unless a device is compromised or a person said so.",
    ),
    invariant(
        "atm/invariants/completeness",
        "Where people linked all endpoints in both directions, each ends with all keys of the others \
         authenticated, as far as the announcement rule promises it.",
    ),
    invariant(
        "atm/invariants/revocation",
        "Every device that the distrusting one had authenticated when it spoke distrusts the key in the end.",
    ),
    invariant(
        "atm/invariants/confluence",
        "Duplicates, redelivery, crashes and reordering end in the state of the run without them.",
    ),
    invariant(
        "atm/invariants/nothing-lost",
        "What was postponed is applied, still stored, superseded, dropped with its sender, or refused with a reason.",
    ),
    rule(
        "atm/rules/repair",
        "A person's decision that a message has made before is announced all the same, which repairs a gap.",
    ),
    rule("atm/rules/own-key", "A device's own key is never decided on, by a person or by a message."),
    rule("atm/rules/own-word", "Nobody's word counts about trust in its own key."),
    rule(
        "atm/rules/release-order",
        "What a sender left is applied when its key is authenticated, distrusts first, and not if its key is \
         distrusted before its turn.",
    ),
    rule(
        "atm/rules/distrusted-sender",
        "What a distrusted sender left is dropped, what it says is refused, and what it said until then stays \
         refused for ever.",
    ),
    rule(
        "atm/rules/order",
        "The latest decision on a key counts, a distrust at the same time, and none counts as later than its arrival.",
    ),
    rule("atm/rules/malformed", "Of a malformed trust message nothing counts, and it does no harm."),
    rule(
        "atm/rules/quota",
        "What others make a device store is bounded, and nothing that is stored is lost.",
    ),
    rule("atm/rules/outbox", "What is to be sent survives a crash, and is not sent if it no longer holds."),
];

const fn invariant(id: &'static str, summary: &'static str) -> Requirement {
    ours(id, "what-is-promised", summary)
}

const fn rule(id: &'static str, summary: &'static str) -> Requirement {
    ours(id, "where-the-rules-are", summary)
}

const fn ours(id: &'static str, anchor: &'static str, summary: &'static str) -> Requirement {
    Requirement {
        id,
        document: Document::Design,
        anchor,
        level: Level::Ours,
        summary,
        weight: Weight::Informational,
        coverage: Coverage::Scenarios,
    }
}
