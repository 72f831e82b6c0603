//! Mistakes in reading XML and codes.

use super::{BrokenVariant, broken_by};
use crate::reading::Misreading;
use crate::variant::reads;

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "reads-broken-xml",
        "trust messages are found by string search, also in XML that breaks off",
        reads(&[Misreading::BrokenXml]),
        &["xep-0420/rules/invalid-xml"],
    ),
    broken_by(
        "reads-any-end-tag",
        "an end tag ends the element that is open, whatever element it names",
        reads(&[Misreading::AnyEndTag]),
        &["xep-0420/rules/invalid-xml"],
    ),
    broken_by(
        "reads-any-namespace",
        "elements are known by their names, whatever their namespaces",
        reads(&[Misreading::AnyNamespace]),
        &["xep-0420/rules/namespaces", "xep-0420/rules/envelope-namespace"],
    ),
    broken_by(
        "refuses-long-padding",
        "envelopes with more than 200 characters of padding are refused",
        reads(&[Misreading::NoLongPadding]),
        &["xep-0420/affixes/rpad"],
    ),
    broken_by(
        "stops-at-malformed",
        "after a broken message, messages are not handled any more",
        reads(&[Misreading::StopsAtMalformed]),
        &["xep-0450/ac-r/contact-endpoint"],
    ),
    broken_by(
        "uri-in-base64",
        "the identifiers of a Trust Message URI are read as Base64, like those of a trust message",
        reads(&[Misreading::UriInBase64]),
        &["xep-0434/uri/base16"],
    ),
    broken_by(
        "uri-other-names",
        "the pairs of a Trust Message URI are called after what the app calls it",
        reads(&[Misreading::UriOtherNames]),
        &["xep-0434/uri/names"],
    ),
    broken_by(
        "uri-trusts-all",
        "all keys of a Trust Message URI are authenticated",
        reads(&[Misreading::UriTrustsAll]),
        &["xep-0434/uri/verdicts"],
    ),
    broken_by(
        "uri-first-key",
        "only the first key of a Trust Message URI is read",
        reads(&[Misreading::UriFirstKey]),
        &["xep-0434/uri/verdicts"],
    ),
    broken_by(
        "uri-any-encryption",
        "the encryption of a Trust Message URI is not looked at",
        reads(&[Misreading::UriAnyEncryption]),
        &["xep-0434/uri/encryption"],
    ),
    broken_by(
        "uri-any-owner",
        "the keys of a Trust Message URI are found by their identifiers, whoever owns them",
        reads(&[Misreading::UriAnyOwner]),
        &["xep-0434/uri/owner"],
    ),
];
