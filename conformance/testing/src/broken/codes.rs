//! Mistakes in reading codes and applying their decisions.

use super::{BrokenVariant, broken_by};
use crate::text::codes;
use crate::twist::{Lapse, Twist};
use crate::variant::{lapses, twists};

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "code-in-small-letters-only",
        "a code with identifiers in capitals is not read",
        twists(&[Twist::Code(codes::small_letters_only)]),
        &["xep-0434/uri/base16"],
    )
    .at("https://www.rfc-editor.org/rfc/rfc4648#section-8")
    .shows_with("a code in capitals"),
    broken_by(
        "code-with-nothing-encoded",
        "a code with anything percent-encoded is not read",
        twists(&[Twist::Code(codes::nothing_encoded)]),
        &["xep-0434/uri/encryption"],
    )
    .at("https://www.rfc-editor.org/rfc/rfc5122#section-2.7")
    .shows_with("a percent-encoded character in a code"),
    broken_by(
        "code-with-path-not-decoded",
        "the JID in a code is read as it is written",
        twists(&[Twist::Code(codes::path_not_decoded)]),
        &["xep-0434/uri/owner"],
    )
    .at("https://www.rfc-editor.org/rfc/rfc5122#section-2.7"),
    broken_by(
        "code-without-trust-beside-distrust",
        "a code that distrusts a key trusts none",
        twists(&[Twist::Code(codes::no_trust_beside_distrust)]),
        &["xep-0434/uri/verdicts"],
    ),
    broken_by(
        "code-last-key",
        "only the last key of a code is read",
        twists(&[Twist::Code(codes::last_key)]),
        &["xep-0434/uri/verdicts"],
    ),
    broken_by(
        "code-of-any-query",
        "the keys of a code count whatever the code is for",
        twists(&[Twist::Code(codes::any_query)]),
        &["xep-0434/uri/names"],
    )
    .security()
    .shows_with("a code with another query type"),
    broken_by(
        "code-without-encryption",
        "a code that names no encryption is taken for one of the own encryption",
        twists(&[Twist::Code(codes::encryption_not_needed)]),
        &["xep-0434/uri/encryption"],
    )
    .shows_with("a code without encryption"),
    broken_by(
        "scan-sends-nothing",
        "nothing is announced after a scan",
        lapses(&[Lapse::ScanSendsNothing]),
        &["xep-0450/ac-s/own-endpoints", "xep-0450/ac-s/contact-endpoint"],
    )
    .at("conformance/ADAPTERS.md#scan-a-person-scans-a-code"),
    broken_by(
        "scan-tells-no-contact",
        "a contact is told nothing after a scan",
        lapses(&[Lapse::ScanTellsNoContact]),
        &["xep-0450/ac-s/contact-endpoint"],
    )
    .at("conformance/ADAPTERS.md#scan-a-person-scans-a-code"),
    broken_by(
        "scan-of-known-keys-only",
        "what a code says about keys that were not fetched yet is dropped",
        lapses(&[Lapse::ScanOfKnownKeysOnly]),
        &["xep-0434/uri/verdicts"],
    )
    .at("conformance/ADAPTERS.md#discover-a-device-sees-keys-for-the-first-time")
    .shows_with("a code with a key that was not seen yet"),
    broken_by(
        "scan-of-contacts-only",
        "a code of the own account is ignored",
        lapses(&[Lapse::ScanOfContactsOnly]),
        &["xep-0434/uri/verdicts"],
    ),
    broken_by(
        "shows-base64",
        "the code that a device shows has its key in Base64",
        twists(&[Twist::OwnCode(codes::in_base64)]),
        &["xep-0434/uri/base16"],
    ),
    broken_by(
        "shows-encryption-last",
        "in the code that a device shows, the encryption comes last",
        twists(&[Twist::OwnCode(codes::encryption_last)]),
        &["xep-0434/uri/encryption"],
    ),
    broken_by(
        "shows-other-names",
        "in the code that a device shows, keys to be trusted are called authenticated",
        twists(&[Twist::OwnCode(codes::other_names)]),
        &["xep-0434/uri/names"],
    ),
    broken_by(
        "shows-full-jid",
        "the code that a device shows has its full JID",
        twists(&[Twist::OwnCode(codes::full_jid)]),
        &["xep-0434/uri/owner"],
    ),
    broken_by(
        "shows-path-not-encoded",
        "in the code that a device shows, the JID is written as it is",
        twists(&[Twist::OwnCode(codes::path_not_encoded)]),
        &["xep-0434/uri/owner"],
    )
    .at("https://www.rfc-editor.org/rfc/rfc5122#section-2.7"),
    broken_by(
        "shows-distrust",
        "the code that a device shows distrusts its key",
        twists(&[Twist::OwnCode(codes::distrusts_itself)]),
        &["xep-0434/uri/verdicts"],
    ),
];
