//! Mistakes in admitting messages, and in storing messages that are not admitted.

use std::time::Duration;

use atm_engine::Rules;
use atm_naive_model::{Quirk, TimeSide};

use super::{BrokenVariant, broken_by};
use crate::variant::{chooses, decides};

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "keeps-cleartext",
        "what nobody encrypted is stored, and used when the key of the endpoint is authenticated that it claims to be from",
        decides(&[Quirk::KeepsRefused("not-encrypted")]),
        &["xep-0420/rules/plaintext-ignored"],
    ),
    broken_by(
        "keeps-unsigned",
        "what no key signed is stored for the endpoint that it claims to be from",
        decides(&[Quirk::KeepsRefused("unbound-key")]),
        &["xep-0434/structure/signed"],
    ),
    broken_by(
        "keeps-any-usage",
        "the usage is looked at only if the sender is authenticated already",
        decides(&[Quirk::KeepsRefused("not-atm")]),
        &["xep-0434/structure/usage"],
    ),
    broken_by(
        "keeps-any-encryption",
        "the carrying encryption is looked at only if the sender is authenticated already",
        decides(&[Quirk::KeepsRefused("wrong-encryption")]),
        &["xep-0434/structure/carrying-encryption"],
    ),
    broken_by(
        "keeps-forged-carbons",
        "the sender of a carbon is looked at only if the sender of its content is authenticated already",
        decides(&[Quirk::KeepsRefused("forged-carbon")]),
        &["xep-0280/inbound/own-bare-jid"],
    )
    .security(),
    broken_by(
        "keeps-what-names-others",
        "the sender and the recipient in the envelope are looked at only if the sender is authenticated already",
        decides(&[Quirk::KeepsRefused("affix-mismatch")]),
        &["xep-0420/affixes/from", "xep-0420/affixes/to"],
    ),
    broken_by(
        "keeps-what-is-out-of-time",
        "the time is looked at only if the sender is authenticated already",
        decides(&[Quirk::KeepsRefused("clock")]),
        &["xep-0420/affixes/time"],
    ),
    broken_by(
        "keeps-what-has-no-time",
        "a message without time is stored, and dated when it came",
        decides(&[Quirk::KeepsRefused("missing-time")]),
        &["xep-0434/sce-profile/time"],
    ),
    broken_by(
        "takes-any-future-time",
        "only messages that are too old are refused",
        decides(&[Quirk::TakesAnyTime(TimeSide::Future)]),
        &["xep-0420/affixes/time"],
    ),
    broken_by(
        "takes-any-past-time",
        "only messages that are dated in the future are refused",
        decides(&[Quirk::TakesAnyTime(TimeSide::Past)]),
        &["xep-0420/affixes/time"],
    ),
    broken_by(
        "margin-of-a-second",
        "what is dated more than a second off is refused",
        chooses(|rules| Rules { clock_margin: Duration::from_secs(1), ..rules }),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0420.html#affix_elements")
    .shows_with("a clock that is up to ten seconds off"),
    broken_by(
        "one-message-for-each-time",
        "two messages of one sender with the same time are taken for one and its replay",
        decides(&[Quirk::OneMessageForEachTime]),
        &["xep-0450/ac-r/contact-endpoint"],
    ),
    broken_by(
        "nothing-older",
        "a message is dropped if a later one of its sender came before it, though that was about other keys",
        decides(&[Quirk::NothingOlder]),
        &["xep-0450/ac-r/contact-endpoint"],
    ),
    broken_by(
        "discards-what-is-about-itself",
        "a message that speaks of the receiver's own key, too, is discarded",
        decides(&[Quirk::DiscardsWhatIsAboutItself]),
        &["xep-0450/ao-r"],
    ),
    broken_by(
        "distrust-of-itself-silences",
        "a device whose own key is distrusted by a message announces nothing any more",
        decides(&[Quirk::DistrustSilences]),
        &["xep-0450/ac-s/own-endpoints"],
    )
    .at("conformance/ADAPTERS.md#create-a-device-joins-its-account"),
    broken_by(
        "compares-times-as-written",
        "times are compared as text, whatever their zone",
        decides(&[Quirk::ComparesTimesAsWritten]),
        &["xep-0434/sce-profile/time"],
    )
    .shows_with("a time in another zone than UTC"),
];
