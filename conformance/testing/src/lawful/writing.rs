//! Permitted differences in writing.

use super::{LawfulVariant, lawful};
use crate::text::sent;
use crate::twist::Twist;
use crate::variant::twists;

pub(super) const LAWFUL: &[LawfulVariant] = &[
    lawful(
        "spaced-identifiers",
        "writes white space around identifiers",
        twists(&[Twist::Sent(sent::spaced_identifiers)]),
        &[],
    )
    .open("the schema of XEP-0434 allows it"),
    lawful(
        "encryption-hint",
        "tells in the clear which encryption is used",
        twists(&[Twist::Sent(sent::encryption_hint)]),
        &[],
    )
    .open("XEP-0420 asks for it"),
    lawful("private", "asks the servers to copy nothing", twists(&[Twist::Sent(sent::private)]), &[])
        .open("XEP-0280 allows it; own endpoints get messages of their own"),
    lawful(
        "no-stanza-from",
        "leaves sender and id of a stanza to the server",
        twists(&[Twist::Sent(sent::without_from_and_id)]),
        &[],
    )
    .open("RFC 6120 allows it"),
    lawful(
        "no-stanza-to",
        "leaves the recipient out of a stanza for the own account",
        twists(&[Twist::Sent(sent::without_to_for_the_own_account)]),
        &[],
    )
    .open("RFC 6120 allows it"),
    lawful(
        "quotation-marks",
        "writes attributes in quotation marks",
        twists(&[Twist::Sent(sent::quotation_marks)]),
        &[],
    )
    .open("it is the same XML"),
    lawful("prefixes", "writes elements with prefixes", twists(&[Twist::Sent(sent::prefixes)]), &[])
        .open("it is the same XML"),
    lawful(
        "other-zone",
        "writes the time in another zone than UTC",
        twists(&[Twist::Sent(sent::other_zone)]),
        &[],
    )
    .open("XEP-0082 allows it"),
    lawful(
        "microseconds",
        "writes six digits after the second",
        twists(&[Twist::Sent(sent::microseconds)]),
        &[],
    )
    .open("XEP-0082 allows any number of digits"),
    lawful(
        "one-element-for-each-key",
        "writes an element with the owner for each key",
        twists(&[Twist::Sent(sent::one_element_for_each_key)]),
        &[],
    )
    .open("XEP-0434 asks for at least one"),
    lawful(
        "distrust-first",
        "writes distrusted keys before trusted ones",
        twists(&[Twist::Sent(sent::distrust_first)]),
        &[],
    )
    .open("the text of XEP-0434 names no order"),
    lawful(
        "content-first",
        "writes the content before the affixes",
        twists(&[Twist::Sent(sent::content_first)]),
        &[],
    )
    .open("XEP-0420 names no order"),
    lawful(
        "own-attribute",
        "writes an attribute of its own in a trust message",
        twists(&[Twist::Sent(sent::own_attribute)]),
        &[],
    )
    .open("it changes nothing for those who do not know it"),
];
