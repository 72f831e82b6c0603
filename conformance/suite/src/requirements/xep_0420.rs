use super::Observability::{Messages, Scenarios, Unobservable, Variations};
use super::Weight::{Advice, Demanded, Informational, Security};
use super::{Document, Obligation, Observability, Requirement, Weight};

/// The statements of XEP-0420 0.5.0 on which ATM depends, in the order of its text.
///
/// Requirements of servers and encryption protocols, and those about elements that ATM does not use, are left out. A
/// client must check the affixes of an envelope, and alert the user or reject the stanza if they do not match. An alert
/// cannot be observed from outside, so using such an envelope is no failure.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    must(
        "xep-0420/affixes/rpad",
        Demanded,
        AFFIXES,
        "A padding that is longer than expected is no reason to reject an envelope.",
        Scenarios,
    ),
    must(
        "xep-0420/affixes/time-written",
        Demanded,
        AFFIXES,
        "The stamp of <time/> is a date and time as in XEP-0082. (The examples of XEP-0434 and XEP-0450 leave out the \
         zone, so nobody fails by that.)",
        Messages,
    ),
    must(
        "xep-0420/affixes/time",
        Advice,
        AFFIXES,
        "An envelope whose time is further than a margin from the sending time is rejected, or the person alerted.",
        Scenarios,
    ),
    must(
        "xep-0420/affixes/to-written",
        Demanded,
        AFFIXES,
        "The JID in <to/> is the bare one of the recipient.",
        Messages,
    ),
    must(
        "xep-0420/affixes/to",
        Advice,
        AFFIXES,
        "An envelope that names another recipient than the stanza is rejected, or the person alerted.",
        Scenarios,
    ),
    must(
        "xep-0420/affixes/from-written",
        Informational,
        AFFIXES,
        "The JID in <from/> is the bare one of the sender. (The examples of XEP-0434 and XEP-0450 have a full one, so nobody \
         fails by that.)",
        Messages,
    ),
    must(
        "xep-0420/affixes/from",
        Advice,
        AFFIXES,
        "An envelope that names another sender than the stanza is rejected, or the person alerted.",
        Scenarios,
    ),
    must(
        "xep-0420/sending/no-body-written",
        Demanded,
        "sending",
        "A stanza with an encrypted envelope has no <body/> beside it.",
        Messages,
    ),
    must(
        "xep-0420/server-processed/nothing-outside-written",
        Security,
        SERVER_PROCESSED,
        "Content that belongs into the envelope, such as a trust message, does not stand in the clear \
         outside of it.",
        Messages,
    ),
    must(
        "xep-0420/server-processed/nothing-inside-written",
        Demanded,
        SERVER_PROCESSED,
        "An element for servers, such as a <store/> hint, does not stand in the envelope.",
        Messages,
    ),
    must(
        "xep-0420/server-processed/inside-ignored",
        Demanded,
        SERVER_PROCESSED,
        "An element for servers is ignored if it stands in the envelope.",
        Unobservable("nothing that is for servers has an effect on trust"),
    ),
    must(
        "xep-0420/rules/unencrypted-envelope",
        Security,
        RULES,
        "An envelope that was not encrypted is dropped.",
        Scenarios,
    ),
    must(
        "xep-0420/rules/namespaces",
        Demanded,
        RULES,
        "Elements in the envelope are known by name and namespace: a <trust-message/> of another namespace is none.",
        Scenarios,
    ),
    Requirement {
        coverage: Scenarios,
        ..derived("xep-0420/rules/envelope-namespace", RULES, "An envelope of another namespace is none.")
    },
    derived(
        "xep-0420/rules/envelope-order",
        RULES,
        "The affixes and the content of an envelope may stand in any order.",
    ),
    derived(
        "xep-0420/rules/other-content",
        RULES,
        "A trust message counts whatever other content, and whatever unknown affixes, are in the envelope.",
    ),
    must(
        "xep-0420/rules/invalid-xml",
        Demanded,
        RULES,
        "An envelope that is not valid XML is rejected.",
        Scenarios,
    ),
    must(
        "xep-0420/rules/plaintext-ignored",
        Security,
        RULES,
        "Content that belongs into the envelope is ignored in the clear, even beside an envelope.",
        Scenarios,
    ),
    must(
        "xep-0420/rules/store-written",
        Demanded,
        RULES,
        "A chat message with an encrypted envelope has a <store/> hint in the clear.",
        Messages,
    ),
];

const AFFIXES: &str = "affix_elements";
const SERVER_PROCESSED: &str = "server-processed";
const RULES: &str = "rules";

const fn must(
    id: &'static str,
    weight: Weight,
    anchor: &'static str,
    summary: &'static str,
    coverage: Observability,
) -> Requirement {
    let (document, level) = (Document::Xep0420, Obligation::Must);
    Requirement { id, document, anchor, level, summary, weight, coverage }
}

/// A requirement that follows from the text although no sentence states it.
const fn derived(id: &'static str, anchor: &'static str, summary: &'static str) -> Requirement {
    let (document, level, weight) = (Document::Xep0420, Obligation::Derived, Demanded);
    Requirement { id, document, anchor, level, summary, weight, coverage: Variations }
}
