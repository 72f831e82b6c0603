//! Mistakes in announcing decisions.

use atm_engine::DecisionKind::{Distrust, Trust};
use atm_naive_model::AccountSide::{Contact, Own};
use atm_naive_model::Quirk;

use super::{BrokenVariant, broken_by};
use crate::text::sent;
use crate::twist::Twist;
use crate::variant::{Variant, decides, twists};

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "tells-own-nothing-about-contacts-trusted",
        "own endpoints are not told when a contact's key is authenticated",
        decides(&[Quirk::Mute(Own, Contact, Trust)]),
        &["xep-0450/ac-s/own-endpoints"],
    ),
    broken_by(
        "tells-own-nothing-and-contacts-what-they-cannot-read",
        "own endpoints are not told when a contact's key is authenticated, and contacts are sent an owner without keys",
        Variant {
            quirks: &[Quirk::Mute(Own, Contact, Trust)],
            ..twists(&[Twist::Sent(sent::empty_owner_for_contacts)])
        },
        &["xep-0450/ac-s/own-endpoints", "xep-0434/structure/verdicts-written"],
    ),
    broken_by(
        "tells-own-nothing-about-contacts-distrusted",
        "own endpoints are not told when a contact's key is distrusted",
        decides(&[Quirk::Mute(Own, Contact, Distrust)]),
        &["xep-0450/dc-s"],
    ),
    broken_by(
        "tells-own-nothing-about-own-trusted",
        "other own endpoints are not told when an own key is authenticated",
        decides(&[Quirk::Mute(Own, Own, Trust)]),
        &["xep-0450/ao-s/other-endpoints"],
    ),
    broken_by(
        "tells-contacts-nothing-about-own-trusted",
        "contacts are not told when an own key is authenticated",
        decides(&[Quirk::Mute(Contact, Own, Trust)]),
        &["xep-0450/ao-s/other-endpoints"],
    ),
    broken_by(
        "tells-own-nothing-about-own-distrusted",
        "own endpoints are not told when an own key is distrusted",
        decides(&[Quirk::Mute(Own, Own, Distrust)]),
        &["xep-0450/do-s"],
    ),
    broken_by(
        "tells-contacts-nothing-about-own-distrusted",
        "contacts are not told when an own key is distrusted",
        decides(&[Quirk::Mute(Contact, Own, Distrust)]),
        &["xep-0450/do-s"],
    ),
    broken_by(
        "no-summary-for-contacts",
        "a contact's endpoint is not told the own keys when its key is authenticated",
        decides(&[Quirk::NoSummary(Contact)]),
        &["xep-0450/ac-s/contact-endpoint"],
    ),
    broken_by(
        "no-summary-for-own-endpoints",
        "an own endpoint is told nothing when its key is authenticated",
        decides(&[Quirk::NoSummary(Own)]),
        &["xep-0450/ao-s/new-endpoint"],
    ),
    broken_by(
        "summary-without-own-keys",
        "an own endpoint is not told about the other own ones, as by the upstream algorithm",
        decides(&[Quirk::SummaryLacks(Own)]),
        &["xep-0450/ao-s/new-endpoint"],
    ),
    broken_by(
        "summary-without-contacts",
        "an own endpoint is told about the other own ones only",
        decides(&[Quirk::SummaryLacks(Contact)]),
        &["xep-0450/ao-s/new-endpoint"],
    ),
    broken_by(
        "announces-the-first-decision",
        "of several keys that a person decides on in one go only the first is announced",
        decides(&[Quirk::AnnouncesTheFirstDecision]),
        &["xep-0450/ac-s/own-endpoints"],
    ),
    broken_by(
        "announces-distrust-as-trust",
        "a distrust is announced as trust, as by the upstream algorithm",
        decides(&[Quirk::AnnouncesDistrustAsTrust]),
        &["xep-0450/do-s", "xep-0450/dc-s"],
    ),
    broken_by(
        "tells-contacts-everything",
        "contacts are told about keys of other contacts",
        decides(&[Quirk::TellsContactsEverything]),
        &["xep-0450/use-cases/no-third-parties"],
    ),
    broken_by(
        "tells-contacts-their-own-keys",
        "contacts are told about their own keys instead of the sender's, as by the upstream algorithm",
        decides(&[Quirk::TellsContactsTheirOwnKeys]),
        &["xep-0450/ac-s/contact-endpoint", "xep-0450/ao-s/other-endpoints", "xep-0450/do-s"],
    ),
    broken_by(
        "encrypts-for-known-keys",
        "trust messages are encrypted for all keys of the account",
        decides(&[Quirk::EncryptsForKnownKeys]),
        &[
            "xep-0450/introduction/only-authenticated-endpoints",
            "xep-0434/encrypted/authenticated-endpoints-written",
            "xep-0434/implementation-notes/encrypted-for-authenticated-written",
            "xep-0450/use-cases/recommended-by-tm",
        ],
    ),
    broken_by(
        "encrypts-for-used-keys",
        "trust messages are encrypted for the keys that other messages are encrypted for",
        decides(&[Quirk::EncryptsForUsedKeys]),
        &[
            "xep-0450/introduction/only-authenticated-endpoints",
            "xep-0434/encrypted/authenticated-endpoints-written",
        ],
    ),
    broken_by(
        "encrypts-for-the-distrusted",
        "a distrust is encrypted for the key that it is about, too",
        decides(&[Quirk::EncryptsForTheDistrusted]),
        &["xep-0434/encrypted/authenticated-endpoints-written", "xep-0450/use-cases/recommended-by-tm"],
    ),
    broken_by(
        "tells-nothing-with-one-key",
        "own endpoints are not told if they share their key, as it is not one of another endpoint",
        decides(&[Quirk::TellsNothingWithOneKey]),
        &["xep-0450/ook"],
    ),
];
