//! Mistakes with postponed decisions.

use atm_engine::{Limits, Rules};
use atm_naive_model::{AccountSide, Quirk};

use super::{BrokenVariant, broken_by};
use crate::twist::Lapse;
use crate::variant::{chooses, decides, lapses};

/// Room for two decisions of each sender, so that a message about three keys does not fit.
fn small_bounds(rules: Rules) -> Rules {
    Rules { limits: Limits { own_sender: 2, contact_sender: 2, ..rules.limits }, ..rules }
}

pub(super) const BROKEN: &[BrokenVariant] = &[
broken_by("keeps-one-sender-per-account","of an account only what its last sender said is kept, so that an intruder erases what others said",decides(&[Quirk::KeepsOneSenderPerAccount]),&["xep-0450/storing/unauthenticated-sender"]).security(),
broken_by("keeps-no-contradictions","what two senders say about a key is dropped if one contradicts the other",decides(&[Quirk::KeepsNoContradictions]),&["xep-0450/storing/unauthenticated-sender"]).security(),
broken_by("keeps-the-first-message","of each sender only the first message is kept",decides(&[Quirk::KeepsTheFirstMessage]),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("keeps-the-last-message","of each sender only the last message is kept",decides(&[Quirk::KeepsTheLastMessage]),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("keeps-nothing-of-contacts","what contacts say is not kept",decides(&[Quirk::KeepsNothingOf(AccountSide::Contact)]),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("keeps-nothing-of-own-endpoints","what own endpoints say is not kept",decides(&[Quirk::KeepsNothingOf(AccountSide::Own)]),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("keeps-what-is-about-known-keys","what is about keys that were not fetched yet is kept for authenticated senders only",decides(&[Quirk::KeepsWhatIsAboutKnownKeys]),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("keeps-two-decisions","of each sender two decisions are kept, so that a greeting loses keys",chooses(small_bounds),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("throws-out-the-oldest","with more than eight decisions the oldest is thrown out, so that an intruder erases what others said",decides(&[Quirk::ThrowsOutTheOldest(8)]),&["xep-0450/storing/unauthenticated-sender"]).security(),
broken_by("release-empties","when anything is released, all else that is kept is thrown away",decides(&[Quirk::ReleaseEmpties]),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("drops-what-undiscovered-say","what a sender says is dropped if its key was not fetched yet",decides(&[Quirk::DropsWhatUndiscoveredSay]),&["xep-0450/storing/unauthenticated-sender"]),
broken_by("deep-releases-undo","what is released is released in a recursion, and if the stack does not hold it, the message that began it is lost",lapses(&[Lapse::DeepReleasesUndo]),&["xep-0450/ac-r/contact-endpoint"]),
];
