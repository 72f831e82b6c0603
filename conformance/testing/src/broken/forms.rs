//! Mistakes in reading other forms of messages: one mistake for each form.

use super::{BrokenVariant, broken_by};
use crate::text::forms;
use crate::twist::Twist;
use crate::variant::twists;

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "no-end-tags",
        "elements without content are known by the end of their start tag",
        twists(&[Twist::Envelope(forms::no_end_tags)]),
        &["xep-0434/structure/xml"],
    )
    .shows_with("empty elements with an end tag"),
    broken_by(
        "first-child-of-content",
        "the first child of the content is taken for an element, also if it is white space",
        twists(&[Twist::Envelope(forms::first_child_of_content)]),
        &["xep-0434/structure/xml"],
    )
    .shows_with("white space between elements"),
    broken_by(
        "decimal-references",
        "character references in hexadecimals are not read",
        twists(&[Twist::Envelope(forms::decimal_references)]),
        &["xep-0434/structure/xml"],
    )
    .shows_with("character references"),
    broken_by(
        "namespace-first",
        "the namespace of an element is its first attribute",
        twists(&[Twist::Envelope(forms::namespace_first)]),
        &["xep-0434/structure/xml"],
    )
    .shows_with("attributes in another order"),
    broken_by(
        "nothing-after-content",
        "what stands after the content of an envelope is not read",
        twists(&[Twist::Envelope(forms::nothing_after_content)]),
        &["xep-0420/rules/envelope-order"],
    )
    .shows_with("affixes in another order"),
    broken_by(
        "padding-first",
        "an envelope begins with its padding",
        twists(&[Twist::Envelope(forms::padding_first)]),
        &["xep-0420/rules/envelope-order"],
    )
    .shows_with("affixes in another order"),
    broken_by(
        "sender-first",
        "the first address in an envelope is taken for that of the sender",
        twists(&[Twist::Envelope(forms::sender_first)]),
        &["xep-0420/rules/envelope-order"],
    )
    .shows_with("affixes in another order"),
    broken_by(
        "last-of-content",
        "only the last element of the content is looked at",
        twists(&[Twist::Envelope(forms::last_of_content)]),
        &["xep-0420/rules/other-content"],
    )
    .shows_with("another element after the trust message"),
    broken_by(
        "alone-in-content",
        "a trust message that is not alone in the content is ignored",
        twists(&[Twist::Envelope(forms::alone_in_content)]),
        &["xep-0420/rules/other-content"],
    )
    .shows_with("another element beside the trust message"),
    broken_by(
        "until-unknown-affix",
        "affixes are read until one comes that is not known",
        twists(&[Twist::Envelope(forms::until_unknown_affix)]),
        &["xep-0420/rules/other-content"],
    )
    .shows_with("an unknown affix"),
    broken_by(
        "last-owner",
        "only the keys of the last owner are read",
        twists(&[Twist::Envelope(forms::last_owner)]),
        &["xep-0450/ao-r"],
    ),
    broken_by(
        "last-trust",
        "only the last trusted key of each owner is read",
        twists(&[Twist::Envelope(forms::last_trust)]),
        &["xep-0450/ac-r/own-endpoint"],
    ),
    broken_by(
        "last-distrust",
        "only the last distrusted key of each owner is read",
        twists(&[Twist::Envelope(forms::last_distrust)]),
        &["xep-0450/dc-r/own-endpoint"],
    ),
    broken_by(
        "first-element-of-each-owner",
        "of two elements about one owner only the first is read",
        twists(&[Twist::Envelope(forms::first_element_of_each_owner)]),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .shows_with("one owner in two elements"),
    broken_by(
        "zone-in-hours",
        "the minutes of a zone are not read",
        twists(&[Twist::Envelope(forms::zone_in_hours)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .shows_with("a time in another zone than UTC"),
    broken_by(
        "eastern-zones",
        "the sign of a zone is not read",
        twists(&[Twist::Envelope(forms::eastern_zones)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .shows_with("a time in another zone than UTC"),
    broken_by(
        "zone-turned-round",
        "the zone is added to the time, not subtracted",
        twists(&[Twist::Envelope(forms::zone_turned_round)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .shows_with("a time in another zone than UTC"),
    broken_by(
        "nothing-after-fraction",
        "the zone is not read if a fraction stands before it",
        twists(&[Twist::Envelope(forms::nothing_after_fraction)]),
        &["xep-0434/sce-profile/time-forms"],
    )
    .shows_with("a fraction and another zone than UTC"),
    broken_by(
        "no-empty-padding",
        "an envelope with empty padding is refused",
        twists(&[Twist::Envelope(forms::no_empty_padding)]),
        &["xep-0420/affixes/rpad"],
    )
    .shows_with("empty padding"),
    broken_by(
        "no-padding-beyond-recommended",
        "an envelope with more padding than recommended is refused",
        twists(&[Twist::Envelope(forms::no_padding_beyond_recommended)]),
        &["xep-0420/affixes/rpad"],
    ),
];
