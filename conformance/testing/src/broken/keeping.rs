//! Mistakes in storing messages until they can be used.

use atm_naive_model::{Memory, Quirk};

use super::{BrokenVariant, broken_by};
use crate::twist::Lapse;
use crate::variant::{decides, lapses};

const UNAUTHENTICATED_SENDER: &[&str] = &["xep-0450/storing/unauthenticated-sender"];
const UNKNOWN_KEY: &[&str] = &["xep-0450/storing/unknown-key"];

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "keeps-nothing",
        "what a sender says is lost if its key is not authenticated yet",
        decides(&[Quirk::KeepsNothing]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "keeps-the-first-decision",
        "of a message only the first decision is kept, as by the return in the loop of the upstream algorithm",
        decides(&[Quirk::KeepsTheFirstDecision]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "keeps-no-distrusts",
        "only what trusts keys is kept",
        decides(&[Quirk::KeepsNoDistrusts]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "keeps-one-decision-per-key",
        "what is kept is found by the key that it is about, so that senders erase each other's words",
        decides(&[Quirk::KeepsOneDecisionPerKey]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "releases-by-account",
        "what is kept is used once any key of the sender's account is authenticated",
        decides(&[Quirk::ReleasesByAccount]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "releases-one-step",
        "what a released sender left is released, but nothing that this releases in turn",
        decides(&[Quirk::ReleasesOneStep]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "releases-by-message-only",
        "what is kept is not looked for when a person authenticates its sender",
        decides(&[Quirk::ReleasesByMessageOnly]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "releases-by-person-only",
        "what is kept is not looked for when a message authenticates its sender",
        decides(&[Quirk::ReleasesByPersonOnly]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "releases-nothing-on-discovery",
        "what is kept is not looked for when its sender's key, vouched for before, is fetched",
        decides(&[Quirk::ReleasesNothingOnDiscovery]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "loses-what-is-kept",
        "what is kept for senders that are not authenticated does not survive a restart",
        decides(&[Quirk::Loses(Memory::Kept)]),
        UNAUTHENTICATED_SENDER,
    ),
    broken_by(
        "forgets-unknown-keys",
        "decisions about keys that were not fetched yet are dropped",
        decides(&[Quirk::ForgetsUnknownKeys]),
        UNKNOWN_KEY,
    ),
    broken_by(
        "forgets-distrust-of-unknown-keys",
        "distrusts of keys that were not fetched yet are dropped",
        decides(&[Quirk::ForgetsDistrustOfUnknownKeys]),
        UNKNOWN_KEY,
    ),
    broken_by(
        "loses-unknown-keys",
        "decisions about keys that were not fetched yet do not survive a restart",
        decides(&[Quirk::Loses(Memory::UnknownKeys)]),
        UNKNOWN_KEY,
    ),
    broken_by(
        "forgets-keys-that-leave",
        "what is known of a key is thrown away when it leaves its list, so that it is used again when it returns",
        lapses(&[Lapse::ForgetsKeys]),
        &["atm/rules/returning-key"],
    ),
];
