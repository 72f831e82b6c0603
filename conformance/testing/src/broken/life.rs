//! Mistakes with repeated and late messages, keys that are discovered twice, and restarts.

use atm_naive_model::{Memory, NaiveStanza, Quirk, Repetition, StoppingPoint};

use super::{BrokenVariant, broken_by};
use crate::twist::Twist;
use crate::variant::{decides, twists};

fn refuse_what_was_delayed(heard: &mut NaiveStanza) {
    heard.malformed |= heard.delayed_since.is_some();
}

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "repetition-forgets",
        "a message that comes again takes back what it decided",
        decides(&[Quirk::Repetition(Repetition::Forgets)]),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .shows_with("a message that comes twice"),
    broken_by(
        "repetition-drops-what-is-left",
        "a message that comes again removes what its sender left",
        decides(&[Quirk::Repetition(Repetition::DropsWhatIsLeft)]),
        &["xep-0450/storing/unauthenticated-sender"],
    )
    .shows_with("a message that comes twice"),
    broken_by(
        "repetition-distrusts-its-sender",
        "the sender of a message that comes again is distrusted",
        decides(&[Quirk::Repetition(Repetition::DistrustsItsSender)]),
        &["xep-0450/glossary/manual-decisions"],
    )
    .shows_with("a message that comes twice"),
    broken_by(
        "refuses-what-was-delayed",
        "a message that waited at the server is taken for an old one, and ignored",
        twists(&[Twist::Stanza(refuse_what_was_delayed)]),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .shows_with("a message that was delayed"),
    broken_by(
        "loses-manual-decisions",
        "what persons decided does not survive a restart",
        decides(&[Quirk::Loses(Memory::Manual)]),
        &["xep-0450/glossary/manual-decisions"],
    ),
    broken_by(
        "loses-trusts",
        "authentications do not survive a restart",
        decides(&[Quirk::Loses(Memory::Trusts)]),
        &["xep-0450/glossary/manual-decisions"],
    ),
    broken_by(
        "loses-known-keys",
        "after a restart only keys are known that are fetched again",
        decides(&[Quirk::Loses(Memory::KnownKeys)]),
        &["xep-0450/glossary/manual-decisions"],
    ),
    broken_by(
        "loses-all-but-one-kept",
        "of what waits for its sender one decision survives a restart",
        decides(&[Quirk::Loses(Memory::AllButOneKept)]),
        &["xep-0450/storing/unauthenticated-sender"],
    ),
    broken_by(
        "restart-releases",
        "what waits for its sender is used after a restart",
        decides(&[Quirk::RestartReleases]),
        &["xep-0450/introduction/security-level"],
    ),
    broken_by(
        "restart-trusts-all",
        "it is stored that a key was decided on, and not how",
        decides(&[Quirk::RestartTrustsAll]),
        &["xep-0450/glossary/manual-decisions"],
    ),
    broken_by(
        "stops-at-unknown-key",
        "a message is read until it speaks of a key that was not fetched yet",
        decides(&[Quirk::StopsAt(StoppingPoint::UnknownKey)]),
        &["xep-0450/storing/unknown-key"],
    ),
    broken_by(
        "stops-at-own-key",
        "a message is read until it speaks of the own key",
        decides(&[Quirk::StopsAt(StoppingPoint::OwnKey)]),
        &["xep-0450/ao-r"],
    ),
    broken_by(
        "stops-at-known-decision",
        "a message is read until it says what is known already",
        decides(&[Quirk::StopsAt(StoppingPoint::KnownDecision)]),
        &["xep-0450/ao-r"],
    ),
];
