use super::Level::{Derived, May, Must, Should};
use super::Weight::{Advice, Demanded, Informational, Security};
use super::{Coverage, Document, Level, Requirement, Weight};

/// The statements of XEP-0434 0.6.0 that say when a trust message counts, in the order of its text.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    requirement(
        "xep-0434/advantages/confidential",
        Informational,
        "why-trust-messages-advantages-with-encryption-confidential-communication-of-trust",
        Derived,
        "An attacker cannot read trust messages, not even by introducing a key of its own.",
    ),
    requirement(
        "xep-0434/advantages/no-selective-blocking",
        Informational,
        "why-trust-messages-advantages-with-encryption-no-selective-blocking",
        Derived,
        "An attacker cannot tell a distrust message from others, so it can only block everything or at random.",
    ),
    requirement(
        "xep-0434/structure/signed",
        Security,
        STRUCTURE,
        Must,
        "A trust message is signed, so that it is known who said it: what nobody signed does not count.",
    ),
    requirement(
        "xep-0434/structure/usage",
        Security,
        STRUCTURE,
        Must,
        "A trust message names the protocol that it is for: one for another protocol means nothing to ATM.",
    ),
    requirement(
        "xep-0434/structure/encryption",
        Security,
        STRUCTURE,
        Must,
        "A trust message names the encryption protocol of the keys: it is about keys of no other one.",
    ),
    requirement(
        "xep-0434/structure/key-owner",
        Security,
        STRUCTURE,
        Must,
        "A trust message names the owner of each key: it is about no other owner's key, though the identifiers \
         be the same.",
    ),
    requirement(
        "xep-0434/structure/key-identifier",
        Demanded,
        STRUCTURE,
        Must,
        "Each verdict has exactly one key identifier, in Base64 and of the kind that the encryption uses.",
    ),
    requirement(
        "xep-0434/structure/offline-endpoints",
        Demanded,
        STRUCTURE,
        Should,
        "A trust message is stored for endpoints that are offline, which get it when they are back.",
    ),
    requirement(
        "xep-0434/encrypted/authenticated-endpoints",
        Security,
        "use-cases-encrypted-trust-message",
        Should,
        "A trust message is sent only to endpoints whose keys have been authenticated.",
    ),
    requirement(
        "xep-0434/sce-profile/time",
        Advice,
        PROFILE,
        Must,
        "A trust message carries its time, so that one that is delivered again or in the wrong order does not \
         undo a later one.",
    ),
    requirement(
        "xep-0434/sce-profile/from",
        Informational,
        PROFILE,
        Should,
        "A trust message names its sender inside of the encryption, so that nobody else passes for it.",
    ),
    requirement(
        "xep-0434/sce-profile/to",
        Informational,
        PROFILE,
        Should,
        "A trust message names its recipient inside of the encryption, so that nobody passes it on to others.",
    ),
    requirement(
        "xep-0434/implementation-notes/own-reflection",
        Informational,
        "implementation-notes",
        May,
        "A trust message that comes back to the endpoint that sent it may be discarded unread.",
    ),
];

const STRUCTURE: &str = "trust-message-structure";
const PROFILE: &str = "use-cases-encrypted-trust-message-sce-profile";

const fn requirement(
    id: &'static str,
    weight: Weight,
    anchor: &'static str,
    level: Level,
    summary: &'static str,
) -> Requirement {
    Requirement {
        id,
        document: Document::Xep0434,
        anchor,
        level,
        summary,
        weight,
        coverage: Coverage::Scenarios,
    }
}
