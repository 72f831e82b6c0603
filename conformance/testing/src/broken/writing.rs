//! Mistakes in the form of trust messages.

use super::{BrokenVariant, broken_by};
use crate::variant::writes;
use crate::writing::Slip;

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "no-type",
        "the stanza has no type",
        writes(&[Slip::NoType]),
        &["xep-0434/structure/chat-written", "xep-0450/use-cases/recommended-by-tm"],
    ),
    broken_by(
        "headline",
        "the stanza is a headline, which servers neither store nor copy",
        writes(&[Slip::Headline]),
        &["xep-0434/structure/chat-written"],
    ),
    broken_by(
        "no-store-hint",
        "the stanza has no <store/> hint",
        writes(&[Slip::NoStore]),
        &["xep-0434/structure/store-written", "xep-0420/rules/store-written"],
    ),
    broken_by(
        "store-hint-inside",
        "the <store/> hint stands in the envelope, where the server cannot see it",
        writes(&[Slip::StoreInside]),
        &["xep-0420/server-processed/nothing-inside-written"],
    ),
    broken_by(
        "not-encrypted",
        "trust messages are not encrypted",
        writes(&[Slip::Clear]),
        &["xep-0434/structure/encrypted-written", "xep-0434/encrypted/signed-written"],
    ),
    broken_by(
        "clear-beside-encrypted",
        "what is encrypted stands in the clear as well",
        writes(&[Slip::ClearBeside]),
        &["xep-0420/server-processed/nothing-outside-written"],
    ),
    broken_by(
        "body-beside-encrypted",
        "there is a <body/> for those who cannot decrypt",
        writes(&[Slip::Body]),
        &["xep-0420/sending/no-body-written"],
    ),
    broken_by(
        "no-padding",
        "the envelope has no <rpad/>",
        writes(&[Slip::NoPadding]),
        &["xep-0434/sce-profile/rpad-written"],
    ),
    broken_by(
        "no-time",
        "the envelope has no <time/>",
        writes(&[Slip::NoTime]),
        &["xep-0434/sce-profile/time-written"],
    ),
    broken_by(
        "local-time",
        "the time of another zone is written as if it were UTC",
        writes(&[Slip::LocalTime]),
        &["xep-0434/sce-profile/time-written"],
    ),
    broken_by(
        "unix-time",
        "the time is written in seconds since 1970",
        writes(&[Slip::UnixTime]),
        &["xep-0420/affixes/time-written"],
    ),
    broken_by(
        "no-from",
        "the envelope has no <from/>",
        writes(&[Slip::NoFrom]),
        &["xep-0434/sce-profile/from-written"],
    ),
    broken_by(
        "no-to",
        "the envelope has no <to/>",
        writes(&[Slip::NoTo]),
        &["xep-0434/sce-profile/to-written"],
    ),
    broken_by(
        "full-to",
        "the envelope has a full JID in <to/>",
        writes(&[Slip::FullTo]),
        &["xep-0420/affixes/to-written"],
    ),
    broken_by(
        "sender-in-to",
        "the envelope has the own account in <to/>, whoever the message is for",
        writes(&[Slip::SenderInTo]),
        &["xep-0434/sce-profile/to-written"],
    ),
    broken_by(
        "base16",
        "identifiers are written in Base16, as people see them and as codes have them",
        writes(&[Slip::Base16]),
        &["xep-0434/structure/identifier-kind-written"],
    ),
    broken_by(
        "short-identifiers",
        "only the beginning of a fingerprint is written",
        writes(&[Slip::ShortIdentifiers]),
        &["xep-0434/structure/identifier-kind-written"],
    ),
    broken_by(
        "joined-identifiers",
        "all identifiers of a verdict stand in one element",
        writes(&[Slip::JoinedIdentifiers]),
        &["xep-0434/structure/identifier-written"],
    ),
    broken_by(
        "other-usage",
        "the usage is that of another protocol",
        writes(&[Slip::OtherUsage]),
        &["xep-0434/structure/usage-written"],
    ),
    broken_by(
        "no-usage",
        "the trust message has no usage",
        writes(&[Slip::NoUsage]),
        &["xep-0434/structure/usage-written"],
    ),
    broken_by(
        "no-encryption",
        "the trust message has no encryption",
        writes(&[Slip::NoEncryption]),
        &["xep-0434/structure/encryption-written"],
    ),
    broken_by(
        "other-encryption",
        "the trust message always names one encryption, whatever the keys are for",
        writes(&[Slip::OtherEncryption]),
        &["xep-0434/structure/encryption-written"],
    ),
    broken_by(
        "other-namespace",
        "the trust message is in a namespace of its own",
        writes(&[Slip::OtherNamespace]),
        &["xep-0434/structure/namespace-written"],
    ),
    broken_by(
        "full-owner",
        "the owner of keys is written as a full JID",
        writes(&[Slip::FullOwner]),
        &["xep-0434/structure/key-owner-written"],
    ),
    broken_by(
        "no-owner",
        "the owner of keys is not written",
        writes(&[Slip::NoOwner]),
        &["xep-0434/structure/key-owner-written"],
    ),
    broken_by(
        "owner-without-verdict",
        "the own account stands in each message, with verdicts or without",
        writes(&[Slip::OwnerWithoutVerdict]),
        &["xep-0434/structure/verdicts-written"],
    ),
    broken_by(
        "no-key-owners",
        "trust messages are sent empty",
        writes(&[Slip::NoKeyOwners]),
        &["xep-0434/structure/key-owners-written"],
    ),
    broken_by(
        "one-element-each",
        "each owner has a trust message of its own in one envelope",
        writes(&[Slip::OneElementEach]),
        &["xep-0434/structure/one-element-written"],
    ),
    broken_by(
        "no-content",
        "the trust message stands directly in the envelope",
        writes(&[Slip::NoContent]),
        &["xep-0434/encrypted/content-written"],
    ),
    broken_by(
        "nested",
        "the trust message stands in an element of the app's own",
        writes(&[Slip::Nested]),
        &["xep-0434/structure/one-element-written"],
    ),
    broken_by(
        "both-verdicts",
        "a key that is distrusted is trusted in the same message, so that nobody can make anything of it",
        writes(&[Slip::BothVerdicts]),
        &["xep-0450/do-s", "xep-0450/dc-s"],
    ),
    broken_by(
        "raw-jids",
        "characters of JIDs are not escaped in the XML of stanzas",
        writes(&[Slip::RawJids]),
        &["xep-0434/structure/jids"],
    )
    .at("https://www.w3.org/TR/xml/#syntax")
    .shows_with("odd characters in the resources of devices"),
];
