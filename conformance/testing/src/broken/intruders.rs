//! Mistakes by which messages count that are unlawful in one aspect.

use atm_naive_model::Quirk;

use super::{BrokenVariant, broken_by};
use crate::hearing::Mishearing;
use crate::text::forms;
use crate::twist::Twist;
use crate::variant::{decides, hears, twists};

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "hears-cleartext-of-own-account",
        "what nobody encrypted counts if it comes from the own account",
        hears(&[Mishearing::CleartextOfOwnAccount]),
        &["xep-0420/rules/plaintext-ignored"],
    ),
    broken_by(
        "hears-unsigned-of-own-account",
        "what no key signed counts if it comes from the own account",
        hears(&[Mishearing::UnsignedOfOwnAccount]),
        &["xep-0434/structure/signed"],
    ),
    broken_by(
        "hears-senders-carbons",
        "a carbon counts if it comes from the account of the sender",
        hears(&[Mishearing::SendersCarbon]),
        &["xep-0280/inbound/own-bare-jid"],
    ),
    broken_by(
        "hears-own-endpoints-carbons",
        "a carbon counts if it comes from any endpoint of the own account",
        hears(&[Mishearing::OwnEndpointsCarbon]),
        &["xep-0280/inbound/own-bare-jid"],
    )
    .shows_with("a carbon from a full JID of the own account"),
    broken_by(
        "no-from-check-of-own-account",
        "the sender in the envelope is compared with that of the stanza for contacts only",
        hears(&[Mishearing::NoFromCheckOfOwnAccount]),
        &["xep-0420/affixes/from"],
    ),
    broken_by(
        "sender-in-to-counts",
        "an envelope may name its sender as the recipient",
        hears(&[Mishearing::SenderInTo]),
        &["xep-0420/affixes/to"],
    ),
    broken_by(
        "takes-any-day",
        "of the time of a message only that of the day is looked at",
        decides(&[Quirk::TakesAnyDay]),
        &["xep-0420/affixes/time"],
    ),
    broken_by(
        "nobody-is-the-own-account",
        "an envelope that names no sender is taken for one of the own account",
        decides(&[Quirk::NobodyIsTheOwnAccount]),
        &["xep-0450/introduction/own-account-only"],
    )
    .shows_with("an envelope without sender"),
    broken_by(
        "any-version-of-usage",
        "a trust message for another version of ATM counts",
        twists(&[Twist::Envelope(forms::any_version_of_usage)]),
        &["xep-0434/structure/usage"],
    ),
    broken_by(
        "any-version-of-messages",
        "a trust message of another version counts",
        twists(&[Twist::Envelope(forms::any_version_of_messages)]),
        &["xep-0420/rules/namespaces"],
    ),
    broken_by(
        "decisions-of-any-namespace",
        "decisions in a trust message are known by their name alone",
        twists(&[Twist::Envelope(forms::decisions_of_any_namespace)]),
        &["xep-0420/rules/namespaces"],
    )
    .shows_with("a decision of another namespace"),
    broken_by(
        "any-version-of-envelopes",
        "a trust message in an envelope of another version counts",
        twists(&[Twist::Envelope(forms::any_version_of_envelopes)]),
        &["xep-0420/rules/envelope-namespace"],
    )
    .shows_with("an envelope of another version"),
    broken_by(
        "usage-not-needed",
        "a trust message without usage is taken for one of ATM",
        twists(&[Twist::Envelope(forms::usage_not_needed)]),
        &["xep-0434/structure/usage"],
    )
    .shows_with("a trust message without usage"),
    broken_by(
        "no-time-needed-of-own-account",
        "a message of another own endpoint counts without a time",
        hears(&[Mishearing::NoTimeNeededOfOwnAccount]),
        &["xep-0434/sce-profile/time"],
    ),
    broken_by(
        "strangers-need-no-from",
        "what waits for its sender waits under the key that encrypted it, also if the stanza has no sender",
        hears(&[Mishearing::StrangersNeedNoFrom]),
        &["rfc-6120/client-streams/no-from"],
    ),
];
