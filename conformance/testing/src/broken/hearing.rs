//! Mistakes in accepting messages and attributing them to senders and keys.

use std::time::Duration;

use atm_engine::DecisionKind::{Distrust, Trust};
use atm_engine::Rules;
use atm_naive_model::AccountSide::{Contact, Own};
use atm_naive_model::Quirk;

use super::{BrokenVariant, broken_by};
use crate::hearing::Mishearing;
use crate::text::envelopes;
use crate::twist::Twist;
use crate::variant::{Variant, chooses, decides, hears};

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "deaf-to-own-trust-in-own-keys",
        "what an own endpoint says about trust in own keys is ignored",
        decides(&[Quirk::Deaf(Own, Own, Trust)]),
        &["xep-0450/ao-r"],
    ),
    broken_by(
        "deaf-to-own-distrust-of-own-keys",
        "what an own endpoint says about distrust of own keys is ignored",
        decides(&[Quirk::Deaf(Own, Own, Distrust)]),
        &["xep-0450/do-r"],
    ),
    broken_by(
        "deaf-to-own-trust-in-contacts",
        "own endpoints are believed about own keys only",
        decides(&[Quirk::Deaf(Own, Contact, Trust)]),
        &["xep-0450/ac-r/own-endpoint"],
    ),
    broken_by(
        "deaf-to-own-distrust-of-contacts",
        "what an own endpoint says about distrust of contacts' keys is ignored",
        decides(&[Quirk::Deaf(Own, Contact, Distrust)]),
        &["xep-0450/dc-r/own-endpoint"],
    ),
    broken_by(
        "deaf-to-contacts-trust",
        "what a contact's endpoint says about trust in its account's keys is ignored",
        decides(&[Quirk::Deaf(Contact, Contact, Trust)]),
        &["xep-0450/ac-r/contact-endpoint"],
    ),
    broken_by(
        "deaf-to-contacts-distrust",
        "what a contact's endpoint says about distrust of its account's keys is ignored",
        decides(&[Quirk::Deaf(Contact, Contact, Distrust)]),
        &["xep-0450/dc-r/contact-endpoint"],
    ),
    broken_by(
        "hears-contacts-about-third-parties",
        "a contact's endpoint is believed about keys of other contacts",
        decides(&[Quirk::HearsContactsAboutThirdParties]),
        &[
            "xep-0450/introduction/own-account-only",
            "test-cases/b1-for-c1/authenticate",
            "test-cases/b1-for-c1/distrust",
        ],
    ),
    broken_by(
        "hears-contacts-about-own-keys",
        "a contact's endpoint is believed about the receiver's keys",
        decides(&[Quirk::HearsContactsAboutOwnKeys]),
        &[
            "xep-0450/introduction/own-account-only",
            "test-cases/b1-for-a2/authenticate",
            "test-cases/b1-for-a2/distrust",
        ],
    ),
    broken_by(
        "hears-self-praise",
        "an endpoint that vouches for its own key is believed",
        decides(&[Quirk::HearsSelfPraise]),
        &["xep-0450/use-cases/another-endpoint"],
    ),
    broken_by(
        "one-key-of-the-account-is-enough",
        "a sender is believed if any key of its account is authenticated",
        decides(&[Quirk::OneKeyOfTheAccountIsEnough]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "used-is-enough",
        "a sender is believed if its key is trusted, though not authenticated",
        decides(&[Quirk::UsedIsEnough]),
        &[
            "xep-0450/introduction/security-level",
            "test-cases/b1-for-b2/sender-not-authenticated/authenticate",
        ],
    ),
    broken_by(
        "hears-everybody",
        "nobody looks whether the sender is authenticated",
        decides(&[Quirk::HearsEverybody]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "hears-distrusted",
        "a sender is believed whose key is distrusted",
        decides(&[Quirk::HearsDistrusted]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "takes-own-endpoints-for-itself",
        "what is encrypted with the own key is taken for an own message, though all own endpoints share that key",
        decides(&[Quirk::TakesOwnEndpointsForItself]),
        &["xep-0450/ook"],
    ),
    broken_by(
        "hears-cleartext",
        "trust messages count that nobody encrypted",
        hears(&[Mishearing::Cleartext]),
        &["xep-0420/rules/unencrypted-envelope", "xep-0420/rules/plaintext-ignored"],
    ),
    broken_by(
        "hears-cleartext-beside",
        "what stands in the clear counts if something encrypted stands beside it",
        hears(&[Mishearing::CleartextBesideEncrypted]),
        &["xep-0420/rules/plaintext-ignored"],
    ),
    broken_by(
        "hears-bare-trust-messages-beside",
        "a trust message that stands in the clear beside something encrypted counts, as if it had been decrypted",
        Variant {
            twists: &[Twist::Envelope(envelopes::in_an_envelope)],
            ..hears(&[Mishearing::CleartextBesideEncrypted, Mishearing::NoTimeNeeded])
        },
        &["xep-0420/rules/plaintext-ignored"],
    ),
    broken_by(
        "hears-unsigned",
        "a message that no key signed counts as one of the endpoint in the stanza's from",
        hears(&[Mishearing::Unsigned]),
        &["xep-0434/structure/signed"],
    ),
    broken_by(
        "goes-by-the-stanza",
        "the sender is whoever the stanza's from names, not whoever encrypted",
        hears(&[Mishearing::GoesByTheStanza]),
        &["xep-0434/structure/signed"],
    ),
    broken_by(
        "hears-any-carbon",
        "carbons count from whomever they come",
        hears(&[Mishearing::AnyCarbon]),
        &["xep-0280/inbound/own-bare-jid"],
    ),
    broken_by(
        "hears-any-usage",
        "the usage of a trust message is not looked at",
        hears(&[Mishearing::AnyUsage]),
        &["xep-0434/structure/usage"],
    ),
    broken_by(
        "hears-any-carrier",
        "the encryption that carries a message is not compared with the one that it names",
        hears(&[Mishearing::AnyCarrier]),
        &["xep-0434/structure/carrying-encryption"],
    ),
    broken_by(
        "hears-any-encryption",
        "the encryption that a trust message names is not looked at",
        hears(&[Mishearing::AnyEncryption]),
        &["xep-0434/structure/encryption"],
    ),
    broken_by(
        "hears-any-owner",
        "keys are found by their identifiers, whoever owns them",
        hears(&[Mishearing::AnyOwner]),
        &["xep-0434/structure/key-owner"],
    ),
    broken_by(
        "owner-by-the-stanza",
        "the key that encrypted a message is looked up among the keys of the stanza's sender, by its identifier",
        hears(&[Mishearing::OwnerByTheStanza]),
        &["xep-0434/structure/signed"],
    )
    .security(),
    broken_by(
        "no-time-check",
        "the time in an envelope is not compared with that of the stanza",
        chooses(|rules| Rules { clock_margin: Duration::MAX, ..rules }),
        &["xep-0420/affixes/time"],
    ),
    broken_by(
        "no-time-needed",
        "a message without a time counts as written now",
        hears(&[Mishearing::NoTimeNeeded]),
        &["xep-0434/sce-profile/time"],
    ),
    broken_by(
        "no-delay",
        "a message that waited for the receiver counts as too old",
        hears(&[Mishearing::NoDelay]),
        &["xep-0450/storing/unauthenticated-sender", "xep-0450/ac-r/contact-endpoint"],
    ),
    broken_by(
        "no-from-check",
        "the sender in the envelope is not compared with the stanza's",
        hears(&[Mishearing::NoFromCheck]),
        &["xep-0420/affixes/from"],
    ),
    broken_by(
        "no-to-check",
        "the recipient in the envelope is not compared with the stanza's",
        hears(&[Mishearing::NoToCheck]),
        &["xep-0420/affixes/to"],
    ),
    broken_by(
        "no-from-needed",
        "a stanza without a from is from whoever encrypted what is in it",
        hears(&[Mishearing::NoFromNeeded]),
        &["rfc-6120/client-streams/no-from"],
    ),
    broken_by(
        "hears-bounces",
        "an own message that comes back as an error is heard like one of another own endpoint",
        Variant {
            quirks: &[Quirk::HearsItself, Quirk::LastArrivalCounts],
            ..hears(&[Mishearing::BouncesAreOwn])
        },
        &["xep-0434/structure/signed"],
    ),
];
