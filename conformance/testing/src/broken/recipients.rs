//! Mistakes in the recipients of announcements and in summaries.

use atm_naive_model::{AccountSide, Quirk, Untold};

use super::{BrokenVariant, broken_by};
use crate::variant::decides;

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "tells-one-contact",
        "only the first contact is told about own keys",
        decides(&[Quirk::TellsOneContact]),
        &["xep-0450/ao-s/other-endpoints", "xep-0450/do-s"],
    ),
    broken_by(
        "tells-one-own-endpoint",
        "only one of the other own endpoints is told",
        decides(&[Quirk::TellsOneEndpoint(AccountSide::Own)]),
        &["xep-0450/ac-s/own-endpoints"],
    ),
    broken_by(
        "tells-one-endpoint-of-a-contact",
        "only one endpoint of a contact is told about own keys",
        decides(&[Quirk::TellsOneEndpoint(AccountSide::Contact)]),
        &["xep-0450/ao-s/other-endpoints"],
    ),
    broken_by(
        "summary-for-the-first",
        "only the first endpoint of an account that is authenticated gets a summary",
        decides(&[Quirk::SummaryForTheFirst]),
        &["xep-0450/ac-s/contact-endpoint"],
    ),
    broken_by(
        "no-summary-on-discovery",
        "an endpoint whose key was authenticated before it was fetched gets no summary",
        decides(&[Quirk::NoSummaryOnDiscovery]),
        &["xep-0450/ac-s/contact-endpoint"],
    ),
    broken_by(
        "announces-trust-only-if-both",
        "if a person authenticates some keys and distrusts others in one go, the distrust is not announced",
        decides(&[Quirk::AnnouncesTrustOnlyIfBoth]),
        &["xep-0450/dc-s"],
    ),
    broken_by(
        "announces-revocations-only",
        "the distrust of a key that was not authenticated before is not announced",
        decides(&[Quirk::AnnouncesRevocationsOnly]),
        &["xep-0450/dc-s"],
    ),
    broken_by(
        "announces-known-keys-only",
        "a decision on a key that was not fetched yet is never announced",
        decides(&[Quirk::AnnouncesKnownKeysOnly]),
        &["xep-0450/ac-s/own-endpoints"],
    ),
    broken_by(
        "summary-with-known-keys",
        "a summary trusts all keys that nobody decided on",
        decides(&[Quirk::SummaryTrusts(Untold::Known)]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "summary-with-used-keys",
        "a summary trusts the keys that are used though nobody authenticated them",
        decides(&[Quirk::SummaryTrusts(Untold::Used)]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "summary-with-waiting-words",
        "a summary trusts the keys that somebody trusts whose key is not authenticated",
        decides(&[Quirk::SummaryTrusts(Untold::Waiting)]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "summary-with-third-parties",
        "a summary for a contact holds the keys of other contacts",
        decides(&[Quirk::SummaryWithThirdParties]),
        &["xep-0450/use-cases/no-third-parties"],
    ),
    broken_by(
        "dates-by-the-decision",
        "a message is dated when the oldest decision in it was made, not when it is sent",
        decides(&[Quirk::DatesByTheDecision]),
        &["xep-0434/sce-profile/time-written"],
    ),
];
