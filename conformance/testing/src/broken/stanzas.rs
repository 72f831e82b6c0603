//! Mistakes in stanzas that are otherwise complete.

use super::{BrokenVariant, broken_by};
use crate::text::sent;
use crate::twist::Twist;
use crate::variant::twists;

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "empty-encryption",
        "the encryption of a trust message is empty",
        twists(&[Twist::Sent(sent::empty_encryption)]),
        &["xep-0434/structure/encryption-written"],
    ),
    broken_by(
        "url-safe-identifiers",
        "identifiers are written in the Base64 of URLs",
        twists(&[Twist::Sent(sent::url_safe_identifiers)]),
        &["xep-0434/structure/identifier-written"],
    )
    .at("https://www.rfc-editor.org/rfc/rfc4648#section-4"),
    broken_by(
        "identifiers-without-padding",
        "identifiers are written in Base64 without padding",
        twists(&[Twist::Sent(sent::identifiers_without_padding)]),
        &["xep-0434/structure/identifier-written"],
    )
    .at("https://www.rfc-editor.org/rfc/rfc4648#section-3.2"),
    broken_by(
        "store-of-other-namespace",
        "the <store/> hint is in another namespace, where the server does not know it",
        twists(&[Twist::Sent(sent::store_of_other_namespace)]),
        &["xep-0434/structure/store-written"],
    ),
    broken_by(
        "not-to-be-stored",
        "there is a hint that says the opposite of <store/>",
        twists(&[Twist::Sent(sent::not_to_be_stored)]),
        &["xep-0434/structure/store-written"],
    ),
    broken_by(
        "groupchat",
        "the stanza is one of a group chat",
        twists(&[Twist::Sent(sent::groupchat)]),
        &["xep-0434/structure/chat-written"],
    ),
    broken_by(
        "legacy-date",
        "the time is written without hyphens and zone, as before XEP-0082",
        twists(&[Twist::Sent(sent::legacy_date)]),
        &["xep-0420/affixes/time-written"],
    ),
    broken_by(
        "affixes-inside",
        "the affixes stand in the content",
        twists(&[Twist::Sent(sent::affixes_inside)]),
        &["xep-0434/encrypted/content-written"],
    ),
    broken_by(
        "other-verdict-names",
        "the verdicts are called trusted and distrusted",
        twists(&[Twist::Sent(sent::other_verdict_names)]),
        &["xep-0434/structure/verdicts-written"],
    ),
    broken_by(
        "encryption-hint-inside",
        "the hint which encryption is used stands in the envelope",
        twists(&[Twist::Sent(sent::encryption_hint_inside)]),
        &["xep-0420/server-processed/nothing-inside-written"],
    ),
];
