//! Permitted differences in reading and refusing.

use std::time::Duration;

use atm_engine::Rules;
use atm_naive_model::{NaiveStanza, Quirk};

use super::{LawfulVariant, lawful};
use crate::hearing::Mishearing;
use crate::text::{codes, envelopes, forms};
use crate::twist::Twist;
use crate::variant::{chooses, decides, hears, twists};

fn refuse_without_padding(heard: &mut NaiveStanza) {
    heard.malformed |= !heard.padded;
}

fn refuse_without_addresses(heard: &mut NaiveStanza) {
    heard.malformed |= heard.affix_from.is_none() || heard.affix_to.is_none();
}

pub(super) const LAWFUL: &[LawfulVariant] = &[
    lawful(
        "margin-of-ten-minutes",
        "refuses what is dated more than ten minutes off",
        chooses(|rules| Rules { clock_margin: Duration::from_mins(10), ..rules }),
        &[],
    )
    .open("XEP-0420 speaks of a reasonable margin"),
    lawful(
        "margin-of-an-hour",
        "refuses what is dated more than an hour off",
        chooses(|rules| Rules { clock_margin: Duration::from_hours(1), ..rules }),
        &[],
    )
    .open("XEP-0420 speaks of a reasonable margin"),
    lawful(
        "takes-times-as-told",
        "a decision counts as of the time in its message, also if the sender's clock is ahead",
        decides(&[Quirk::TakesTimesAsTold]),
        &[],
    )
    .open("no specification says that a message counts as of its arrival"),
    lawful(
        "refuses-without-padding",
        "refuses an envelope without padding",
        twists(&[Twist::Stanza(refuse_without_padding)]),
        &[],
    )
    .open("XEP-0434 demands the padding of the sender"),
    lawful(
        "refuses-without-addresses",
        "refuses an envelope without sender or recipient",
        twists(&[Twist::Stanza(refuse_without_addresses)]),
        &[],
    )
    .open("XEP-0434 asks the sender for both"),
    lawful(
        "hears-chat-only",
        "ignores stanzas of other types than chat",
        hears(&[Mishearing::ChatOnly]),
        &["atm/facts/type-error", "atm/facts/type-groupchat", "atm/facts/type-headline"],
    )
    .open("XEP-0434 asks the sender for that type"),
    lawful(
        "no-long-fractions",
        "refuses a time with more than three digits after the second",
        twists(&[Twist::Envelope(envelopes::no_long_fractions)]),
        &[],
    )
    .open("XEP-0082 recommends milliseconds at most"),
    lawful(
        "zones-only",
        "refuses a time without zone",
        twists(&[Twist::Envelope(envelopes::zones_only)]),
        &[],
    )
    .open("XEP-0082 demands a zone"),
    lawful(
        "no-capitals",
        "compares JIDs letter by letter",
        twists(&[Twist::Envelope(envelopes::no_capitals)]),
        &[],
    )
    .open("a sender has to prepare JIDs as RFC 7622 says"),
    lawful(
        "no-other-domains",
        "compares domains as they are written, as A-label or as U-label",
        twists(&[Twist::Envelope(envelopes::no_other_domains)]),
        &[],
    )
    .open("a sender has to prepare JIDs as RFC 7622 says"),
    lawful(
        "strict-identifiers",
        "refuses identifiers in Base64 with white space or without padding",
        twists(&[Twist::Envelope(envelopes::strict_identifiers)]),
        &[],
    )
    .open("RFC 4648 is stricter than the schema"),
    lawful(
        "trust-first",
        "refuses distrusted keys before trusted ones",
        twists(&[Twist::Envelope(envelopes::trust_first)]),
        &[],
    )
    .open("the schema of XEP-0434 has the other order"),
    lawful(
        "known-attributes-only",
        "refuses a trust message with an attribute that is not known",
        twists(&[Twist::Envelope(envelopes::known_attributes_only)]),
        &[],
    )
    .open("the schema of XEP-0434 has no such attribute"),
    lawful(
        "code-with-encryption-anywhere",
        "takes a code the encryption of which is not its first pair",
        twists(&[Twist::Code(codes::encryption_anywhere)]),
        &[],
    )
    .open("the order is demanded of the one who writes a code"),
    lawful(
        "known-elements-only",
        "refuses a trust message with an element that is not known",
        twists(&[Twist::Envelope(forms::known_elements_only)]),
        &[],
    )
    .open("the schema of XEP-0434 has no such element"),
];
