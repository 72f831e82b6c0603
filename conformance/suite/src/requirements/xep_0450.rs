use super::Obligation::{Derived, May, Must, Recommended, Should};
use super::Observability::{Messages, Scenarios, Unobservable, Variations};
use super::Weight::{Advice, Demanded, Informational, Security};
use super::{Document, Obligation, Observability, Requirement, Weight};

/// The statements of XEP-0450 0.4.0, in the order of its text.
///
/// `ac`, `ao`, `do` and `dc` stand for its four use cases (authenticating and distrusting, the key of a
/// contact's and of an own endpoint), `s` and `r` for their sending and receiving parts, `ook` for accounts
/// with *only one key*.
///
/// The receiving parts say "as soon as". Using a decision later breaks them; using it earlier breaks
/// `introduction/security-level`. So the two failures have different requirements.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    requirement(
        "xep-0450/introduction/only-authenticated-endpoints",
        Security,
        "introduction",
        Derived,
        "A trust message is encrypted, and only for keys that the sending endpoint has authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/introduction/security-level",
        Security,
        "introduction",
        Derived,
        "Nothing becomes authenticated or distrusted that a person would not have authenticated or distrusted by \
         hand: everything automatic goes back, message by message, to a manual decision, and nobody is vouched \
         for whom the speaker has not authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/introduction/own-account-only",
        Security,
        "introduction",
        Derived,
        "A contact's endpoint decides about the keys of its own account only; what it says about anybody \
         else's keys, the receiver's included, has no effect.",
        Scenarios,
    ),
    requirement(
        "xep-0450/glossary/manual-decisions",
        Demanded,
        "glossary",
        Derived,
        "A key that a person authenticates or distrusts on an endpoint is authenticated or distrusted there.",
        Scenarios,
    ),
    requirement(
        "xep-0450/details/third-party",
        Informational,
        "details",
        May,
        "A third party that the person trusts may be used for the initial authentication.",
        Unobservable("how a person comes to trust a key happens outside of the protocol"),
    ),
    requirement(
        "xep-0450/details/manual-preferred",
        Informational,
        "details",
        Should,
        "A manual initial authentication is preferred to one by a third party.",
        Unobservable("how a person comes to trust a key happens outside of the protocol"),
    ),
    // The sending parts do not suffice for this, as hazards/released-keys-stay-untold-under-direct shows.
    requirement(
        "xep-0450/details/complete-graph",
        Informational,
        "details",
        Derived,
        "Of the n(n-1)/2 mutual authentications between n endpoints, n-1 have to be made by hand and ATM \
         makes all others.",
        Scenarios,
    ),
    requirement(
        "xep-0450/use-cases/recommended-by-tm",
        Demanded,
        "use-cases",
        Must,
        "An implementation follows the recommendations of XEP-0434: its SHOULDs about trust messages are \
         demanded here.",
        Messages,
    ),
    requirement(
        "xep-0450/use-cases/uris",
        Informational,
        "use-cases",
        Should,
        "An initial authentication can be made by a Trust Message URI, from a QR code for example.",
        Scenarios,
    ),
    requirement(
        "xep-0450/use-cases/other-encryptions",
        Informational,
        "use-cases",
        May,
        "Encryption protocols other than OMEMO may be used.",
        Scenarios,
    ),
    // The receiving parts speak of "another endpoint".
    requirement(
        "xep-0450/use-cases/another-endpoint",
        Security,
        "use-cases",
        Derived,
        "A key is authenticated by what another endpoint says, and never by what its own holder says of it.",
        Scenarios,
    ),
    // No sentence forbids telling more than the use cases demand.
    requirement(
        "xep-0450/use-cases/no-third-parties",
        Advice,
        "use-cases",
        Derived,
        "None of the use cases tells a contact anything about keys of other accounts than the sender's.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ook",
        Demanded,
        "use-cases",
        Derived,
        "If all endpoints of an account share one key, only the use cases about contacts' keys apply, and \
         own endpoints are always told and always believed, as they use the same key.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ac-s/own-endpoints",
        Demanded,
        "use-case-authentication-contact-endpoint-sending-to-own-endpoints",
        Must,
        "An endpoint that authenticates a contact's key tells it to each own endpoint whose key is \
         authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ac-s/contact-endpoint",
        Demanded,
        "use-case-authentication-contact-endpoint-sending-to-contact-endpoint",
        Must,
        "An endpoint that authenticates a contact's key tells the endpoint with that key all \
         authenticated keys of the own endpoints.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ac-r/own-endpoint",
        Demanded,
        "use-case-authentication-contact-endpoint-receiving-from-own-endpoint",
        Must,
        "A contact's key is authenticated when an own endpoint says so, as soon as that endpoint's key is \
         authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ac-r/contact-endpoint",
        Demanded,
        "use-case-authentication-contact-endpoint-receiving-from-contact-endpoint",
        Must,
        "A contact's key is authenticated when another endpoint of that contact says so, as soon as that \
         endpoint's key is authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ao-s/other-endpoints",
        Demanded,
        "use-case-authentication-own-endpoint-sending-to-other-endpoints",
        Must,
        "An endpoint that authenticates an own endpoint's key tells it to every other endpoint whose key \
         is authenticated, own and contacts' ones.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ao-s/new-endpoint",
        Demanded,
        "use-case-authentication-own-endpoint-sending-to-endpoint-key-authenticated",
        Must,
        "An endpoint that authenticates an own endpoint's key tells that endpoint all other \
         authenticated keys, own and contacts' ones.",
        Scenarios,
    ),
    requirement(
        "xep-0450/ao-r",
        Demanded,
        "use-case-authentication-own-endpoint-receiving",
        Must,
        "An own endpoint's key is authenticated when another own endpoint says so, as soon as that \
         endpoint's key is authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/do-s",
        Demanded,
        "use-case-distrusting-own-endpoint-sending",
        Must,
        "An endpoint that distrusts an own endpoint's key tells it to every other endpoint whose key is \
         authenticated, own and contacts' ones.",
        Scenarios,
    ),
    requirement(
        "xep-0450/do-r",
        Demanded,
        "use-case-distrusting-own-endpoint-receiving",
        Must,
        "An own endpoint's key is distrusted when another own endpoint says so, as soon as that endpoint's \
         key is authenticated; also one that was authenticated before, as in the specification's example.",
        Scenarios,
    ),
    requirement(
        "xep-0450/dc-s",
        Demanded,
        "use-case-distrusting-contact-endpoint-sending",
        Must,
        "An endpoint that distrusts a contact's key tells it to each other own endpoint whose key is \
         authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/dc-r/contact-endpoint",
        Demanded,
        "use-case-distrusting-contact-endpoint-receiving-from-contact-endpoint",
        Must,
        "A contact's key is distrusted when another endpoint of that contact says so, as soon as that \
         endpoint's key is authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/dc-r/own-endpoint",
        Demanded,
        "use-case-distrusting-contact-endpoint-receiving-from-own-endpoint",
        Must,
        "A contact's key is distrusted when an own endpoint says so, as soon as that endpoint's key is \
         authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/storing/unauthenticated-sender",
        Demanded,
        "implementation-notes-storing-trust-message-information-unauthenticated-keys",
        Must,
        "The decisions in a trust message are kept until the sender's key is authenticated, and used \
         then; nobody else's word removes them.",
        Scenarios,
    ),
    requirement(
        "xep-0450/storing/deletion",
        Informational,
        "implementation-notes-storing-trust-message-information-unauthenticated-keys",
        May,
        "The decisions in a trust message may be deleted once they have been used.",
        Unobservable("what an endpoint still holds after using it has no effect that others could see"),
    ),
    requirement(
        "xep-0450/storing/unknown-key",
        Demanded,
        "implementation-notes-storing-trust-message-information-unknown-keys",
        Must,
        "A decision about a key that the receiver has not fetched yet is kept until then, and used then.",
        Scenarios,
    ),
    requirement(
        "xep-0450/storing/restart",
        Demanded,
        "implementation-notes-storing-trust-message-information-unauthenticated-keys",
        Derived,
        "After a restart, an endpoint still has its decisions, and those that wait for a sender or a key.",
        Variations,
    ),
    requirement(
        "xep-0450/gui/not-displayed",
        Informational,
        "implementation-notes-gui-considerations",
        Should,
        "The bare content of a trust message is not shown to the person.",
        Unobservable("it is about what a screen shows"),
    ),
    requirement(
        "xep-0450/gui/hidden",
        Informational,
        "implementation-notes-gui-considerations",
        Should,
        "A trust message is hidden from the person.",
        Unobservable("it is about what a screen shows"),
    ),
    requirement(
        "xep-0450/gui/in-background",
        Informational,
        "implementation-notes-gui-considerations",
        Should,
        "Automatic authentications and distrusting happen in the background.",
        Scenarios,
    ),
    requirement(
        "xep-0450/confirmation/notification",
        Informational,
        "security-considerations-notification-and-confirmation",
        May,
        "The person may be told when a key has been authenticated or distrusted.",
        Unobservable("it is about what a screen shows"),
    ),
    requirement(
        "xep-0450/confirmation/before",
        Informational,
        "security-considerations-notification-and-confirmation",
        May,
        "An option may have the person confirm each automatic decision before it is made.",
        Unobservable("runs switch such an option off"),
    ),
    requirement(
        "xep-0450/toakafa/before",
        Informational,
        TOAKAFA,
        Recommended,
        "Until the first authentication, new keys that cannot be authenticated before encrypting with them \
         are trusted automatically.",
        Scenarios,
    ),
    requirement(
        "xep-0450/toakafa/latch",
        Advice,
        TOAKAFA,
        Should,
        "From the first authentication on, keys that were trusted without being authenticated are not used \
         for encryption until they are authenticated.",
        Scenarios,
    ),
    requirement(
        "xep-0450/toakafa/new-keys",
        Advice,
        TOAKAFA,
        Should,
        "Keys that appear after the first authentication are used for encryption only once they are \
         authenticated.",
        Scenarios,
    ),
];

const TOAKAFA: &str = "security-considerations-recommended-security-policy-trust-only-authenticated-keys-after-first-authentication-toakafa";

const fn requirement(
    id: &'static str,
    weight: Weight,
    anchor: &'static str,
    level: Obligation,
    summary: &'static str,
    coverage: Observability,
) -> Requirement {
    Requirement { id, document: Document::Xep0450, anchor, level, summary, weight, coverage }
}
