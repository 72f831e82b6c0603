//! Mistakes in reading envelopes whose form differs from the examples.

use super::{BrokenVariant, broken_by};
use crate::text::envelopes;
use crate::twist::{Lapse, Twist};
use crate::variant::{lapses, twists};

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "ignores-zones",
        "the zone of a time is ignored",
        twists(&[Twist::Envelope(envelopes::without_zone)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .at("https://xmpp.org/extensions/xep-0082.html#sect-idm46046549459600")
    .shows_with("a time in another zone than UTC"),
    broken_by(
        "utc-only",
        "a time whose zone is written in hours and minutes cannot be read",
        twists(&[Twist::Envelope(envelopes::utc_only)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .at("https://xmpp.org/extensions/xep-0082.html#sect-idm46046549459600")
    .shows_with("a time in another zone than UTC"),
    broken_by(
        "no-fractions",
        "a time with a fraction of a second cannot be read",
        twists(&[Twist::Envelope(envelopes::no_fractions)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .at("https://xmpp.org/extensions/xep-0420.html#affix_elements"),
    broken_by(
        "fractions-only",
        "a time without a fraction of a second cannot be read",
        twists(&[Twist::Envelope(envelopes::fractions_only)]),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0420.html#affix_elements"),
    broken_by(
        "no-short-fractions",
        "a fraction of a second has three digits",
        twists(&[Twist::Envelope(envelopes::no_short_fractions)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .at("https://xmpp.org/extensions/xep-0420.html#affix_elements")
    .shows_with("a fraction with one or two digits"),
    broken_by(
        "last-element-of-each-owner",
        "of two elements about one owner the later replaces the earlier",
        twists(&[Twist::Envelope(envelopes::last_element_of_each_owner)]),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0434.html#trust-message-structure")
    .shows_with("one owner in two elements"),
    broken_by(
        "first-owner",
        "only the keys of the first owner are read",
        twists(&[Twist::Envelope(envelopes::first_owner)]),
        &["xep-0450/ac-r/own-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0434.html#trust-message-structure"),
    broken_by(
        "first-trust",
        "only the first trusted key of each owner is read",
        twists(&[Twist::Envelope(envelopes::first_trust)]),
        &["xep-0450/ac-r/own-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0434.html#trust-message-structure"),
    broken_by(
        "first-distrust",
        "only the first distrusted key of each owner is read",
        twists(&[Twist::Envelope(envelopes::first_distrust)]),
        &["xep-0450/dc-r/own-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0434.html#trust-message-structure"),
    broken_by(
        "no-trust-beside-distrust",
        "what a message trusts is ignored if it distrusts anything",
        twists(&[Twist::Envelope(envelopes::no_trust_beside_distrust)]),
        &["xep-0450/ac-r/own-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0450.html#glossary"),
    broken_by(
        "no-distrust-beside-trust",
        "what a message distrusts is ignored if it trusts anything",
        twists(&[Twist::Envelope(envelopes::no_distrust_beside_trust)]),
        &["xep-0450/dc-r/own-endpoint"],
    )
    .at("https://xmpp.org/extensions/xep-0450.html#glossary"),
    broken_by(
        "found-at-any-depth",
        "a trust message counts wherever it stands in the content, also in something that is only quoted",
        twists(&[Twist::Envelope(envelopes::found_at_any_depth)]),
        &["xep-0450/introduction/security-level"],
    )
    .at("https://xmpp.org/extensions/xep-0434.html#use-cases-encrypted-trust-message")
    .shows_with("a trust message inside another element of the content"),
    broken_by(
        "no-quotation-marks",
        "attributes in quotation marks are not found",
        twists(&[Twist::Envelope(envelopes::no_quotation_marks)]),
        &["xep-0434/structure/xml"],
    )
    .at("https://www.w3.org/TR/xml-names/")
    .shows_with("quotation marks instead of apostrophes"),
    broken_by(
        "no-prefixes",
        "elements with a prefix are not found",
        twists(&[Twist::Envelope(envelopes::no_prefixes)]),
        &["xep-0434/structure/xml"],
    )
    .at("https://www.w3.org/TR/xml-names/")
    .shows_with("prefixes"),
    broken_by(
        "no-white-space",
        "white space between elements is taken for an element",
        twists(&[Twist::Envelope(envelopes::no_white_space)]),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .at("https://www.w3.org/TR/xml-names/"),
    broken_by(
        "no-character-references",
        "character references stay as they are",
        twists(&[Twist::Envelope(envelopes::no_character_references)]),
        &["xep-0434/structure/xml"],
    )
    .at("https://www.w3.org/TR/xml-names/")
    .shows_with("character references"),
    broken_by(
        "attributes-in-order",
        "attributes are read by their order",
        twists(&[Twist::Envelope(envelopes::attributes_in_order)]),
        &["xep-0434/structure/xml"],
    )
    .at("https://www.w3.org/TR/xml-names/")
    .shows_with("attributes in another order"),
    broken_by(
        "first-of-content",
        "only the first element of the content is looked at",
        twists(&[Twist::Envelope(envelopes::first_of_content)]),
        &["xep-0420/rules/other-content"],
    )
    .at("https://xmpp.org/extensions/xep-0420.html#receiving")
    .shows_with("another element before the trust message"),
    broken_by(
        "affixes-in-order",
        "the children of an envelope are read by their order",
        twists(&[Twist::Envelope(envelopes::affixes_in_order)]),
        &["xep-0420/rules/envelope-order"],
    )
    .at("https://xmpp.org/extensions/xep-0420.html#affix_elements")
    .shows_with("affixes in another order"),
    broken_by(
        "no-unknown-affixes",
        "an envelope with an affix that is not known is refused",
        twists(&[Twist::Envelope(envelopes::no_unknown_affixes)]),
        &["xep-0420/rules/other-content"],
    )
    .at("https://xmpp.org/extensions/xep-0420.html#affix_elements")
    .shows_with("an unknown affix"),
    broken_by(
        "loses-bodies",
        "what people wrote is lost with a malformed trust message beside it",
        lapses(&[Lapse::LosesBodies]),
        &["atm/rules/body"],
    ),
];
