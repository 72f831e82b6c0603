use super::Weight::{Advice, Informational};
use super::{Document, Obligation, Observability, Requirement, Weight};

/// The requirements of this project beyond the specifications: the invariants of every run, the engine's own rules that
/// some scenario tests, the project's checks of messages, and the questions that the specifications leave open, each
/// with one answer.
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
        "atm/invariants/agreement",
        "Devices that authenticated each other do not contradict each other in the end, as far as the rules promise it.",
    ),
    invariant(
        "atm/invariants/confluence",
        "Duplicates, redelivery, crashes and reordering end in the state of the run without them.",
    ),
    invariant(
        "atm/invariants/nothing-lost",
        "Every postponed decision is applied, still stored, superseded, dropped with its sender, or \
         refused with a reason.",
    ),
    rule(
        "atm/rules/repair",
        Informational,
        "A person's decision that a message has made before is announced all the same, which repairs a gap.",
    ),
    rule(
        "atm/rules/own-key",
        Informational,
        "A device's own key is never decided on, by a person or by a message.",
    ),
    rule(
        "atm/rules/release-order",
        Advice,
        "If several senders are authenticated at once, their postponed decisions are applied with the distrusts \
         first, and those of a sender are not applied if its key is distrusted before its turn.",
    ),
    rule(
        "atm/rules/distrusted-sender",
        Advice,
        "After a distrust, the sender's postponed decisions are dropped, its messages are refused, and \
         those that it sent until then stay refused for ever.",
    ),
    rule(
        "atm/rules/order",
        Informational,
        "The latest decision on a key counts, a distrust at the same time, and none counts as later than its arrival.",
    ),
    rule(
        "atm/rules/malformed",
        Informational,
        "Of a malformed trust message nothing counts, and it does no harm.",
    ),
    rule(
        "atm/rules/quota",
        Informational,
        "The storage that others can fill on a device is bounded, and nothing that is stored is lost.",
    ),
    ours(
        "atm/rules/outbox",
        Informational,
        "the-engine",
        "An unsent message survives a crash, and is not sent if it no longer holds.",
        Observability::Confirmations,
    ),
    rule(
        "atm/rules/body",
        Advice,
        "A person's text reaches the reader, even if the trust message beside it is malformed.",
    ),
    rule(
        "atm/rules/backup",
        Advice,
        "A restored backup brings back the decisions and the postponed decisions of its time.",
    ),
    rule(
        "atm/rules/returning-key",
        Advice,
        "A key that was distrusted is not used when it has left its list and returned to it.",
    ),
    message("atm/messages/one-verdict-written", "A trust message does not both trust and distrust a key."),
    fact("atm/facts/clock-margin", "Clocks that are four minutes off do no harm."),
    fact("atm/facts/wide-clock-margin", "Clocks that are an hour off do no harm."),
    fact(
        "atm/facts/undiscovered-keys",
        "Of a key that has not been discovered nothing is shown, whatever messages say about it.",
    ),
    fact(
        "atm/facts/distrusts-in-summaries",
        "A device that is told the authenticated keys is told the distrusted ones, too.",
    ),
    fact(
        "atm/facts/own-key-in-summary",
        "A device that is told the authenticated keys is told the own one as well.",
    ),
    fact(
        "atm/facts/released-announced",
        "A decision that another decision releases is announced like that one.",
    ),
    fact(
        "atm/facts/received-relayed",
        "A decision in a message is announced by the device that received it.",
    ),
    fact(
        "atm/facts/summary-to-released",
        "An endpoint that a message authenticated is told the authenticated keys, too.",
    ),
    fact(
        "atm/facts/confirmation-announced",
        "A person's decision that a message has made before is announced once more.",
    ),
    fact(
        "atm/facts/trust-after-distrust",
        "A key that one sender distrusted is authenticated when another one says so later.",
    ),
    fact(
        "atm/facts/trust-after-manual-distrust",
        "A key that a person distrusted is authenticated when a later message says so.",
    ),
    fact(
        "atm/facts/time-between-senders",
        "Of what two senders say about a key the later one by its time counts, not the one that arrives last.",
    ),
    fact(
        "atm/facts/time-against-manual",
        "A person's trust stands against a distrust that was written before it and arrives after.",
    ),
    fact("atm/facts/tie", "Of trust and distrust at the same time, distrust counts."),
    fact(
        "atm/facts/mixed-message",
        "Of a contact's message the part that it has a say in counts, whatever else is in it.",
    ),
    fact(
        "atm/facts/uri-distrust",
        "Keys that a Trust Message URI distrusts are distrusted, and that is announced.",
    ),
    fact(
        "atm/facts/distrust-drops",
        "A postponed decision is not used if its sender's key is distrusted first and authenticated \
         afterwards.",
    ),
    fact("atm/facts/a-label", "A domain that is written as an A-label is the one that has a U-label."),
    fact("atm/facts/final-dot", "A domain with a dot at its end is the one without."),
    fact(
        "atm/facts/received-carbon",
        "A contact's message counts that comes as a carbon copy from the own account.",
    ),
    fact(
        "atm/facts/envelope-without-addresses",
        "An envelope counts that names neither sender nor recipient.",
    ),
    fact("atm/facts/type-error", "A trust message counts in a stanza of the type error."),
    fact("atm/facts/type-groupchat", "A trust message counts in a stanza of the type groupchat."),
    fact("atm/facts/type-headline", "A trust message counts in a stanza of the type headline."),
    fact("atm/facts/long-chain", "A chain of 20,000 postponed decisions is released to its end."),
    fact(
        "atm/facts/returning-key",
        "A key that has left its list and returned to it has the level that it had, and what its holder said still waits.",
    ),
    fact(
        "atm/facts/distrust-after-backup",
        "A distrust that came after a backup is lost when it is restored.",
    ),
    fact("atm/facts/no-from", "The word of an own endpoint counts in a stanza without a from."),
    form("atm/forms/no-zone", Advice, "A time without a zone is in UTC."),
    form("atm/forms/six-digits", Advice, "A time may have more than three digits of a fraction."),
    form(
        "atm/forms/capital-jids",
        Advice,
        "A JID in capital letters names the same account as in small letters (RFC 7622).",
    ),
    form("atm/forms/spaced-identifiers", Informational, "White space may stand in an identifier."),
    form("atm/forms/unpadded-identifiers", Informational, "An identifier may lack the padding of Base64."),
    form(
        "atm/forms/extensions",
        Informational,
        "Unknown attributes and elements in a trust message are ignored.",
    ),
    form("atm/forms/distrust-first", Informational, "Distrusted keys may stand before trusted ones."),
    form("atm/forms/addresses", Informational, "An envelope may name no addresses, or those of endpoints."),
];

const fn form(id: &'static str, weight: Weight, summary: &'static str) -> Requirement {
    ours(id, weight, "what-the-specifications-leave-open", summary, Observability::Variations)
}

const fn invariant(id: &'static str, summary: &'static str) -> Requirement {
    ours(id, Informational, "invariants", summary, Observability::Scenarios)
}

const fn rule(id: &'static str, weight: Weight, summary: &'static str) -> Requirement {
    ours(id, weight, "the-engine", summary, Observability::Scenarios)
}

const fn message(id: &'static str, summary: &'static str) -> Requirement {
    ours(id, Informational, "the-engine", summary, Observability::Messages)
}

const fn fact(id: &'static str, summary: &'static str) -> Requirement {
    ours(id, Informational, "what-the-specifications-leave-open", summary, Observability::Scenarios)
}

const fn ours(
    id: &'static str,
    weight: Weight,
    anchor: &'static str,
    summary: &'static str,
    coverage: Observability,
) -> Requirement {
    Requirement { id, document: Document::Design, anchor, level: Obligation::Ours, summary, weight, coverage }
}
