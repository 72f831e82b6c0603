use std::fmt;
use std::str::FromStr;

/// A change in the way a case is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variation {
    /// Elements have prefixes.
    Prefixes,
    /// Attribute values are in double quotes.
    DoubleQuotes,
    /// Attributes are in reverse order.
    AttributesReversed,
    /// Characters are written as references.
    CharacterReferences,
    /// Elements are separated by white space.
    WhiteSpace,
    /// Empty elements have an end tag.
    LongTags,
    /// The children of the envelope are in reverse order.
    EnvelopeReversed,
    /// The content of the envelope is between its affixes.
    ContentBetween,
    /// Other content precedes the trust message.
    ContentBefore,
    /// Other content follows the trust message.
    ContentAfter,
    /// The envelope has an unknown affix.
    UnknownAffix,
    /// Key owners are in reverse order.
    OwnersReversed,
    /// The keys of an owner are in reverse order.
    KeysReversed,
    /// Each key has its own `<key-owner/>` element.
    OwnersSplit,
    /// Times have a fraction and a zone east of UTC.
    EasternZone,
    /// Times have a zone west of UTC.
    WesternZone,
    /// Times have a fraction of one digit.
    OneDigit,
    /// Times have a fraction of three digits.
    ThreeDigits,
    /// The padding is long.
    LongPadding,
    /// The padding is empty.
    EmptyPadding,
    /// Identifiers in codes are in upper case.
    UpperCaseCode,
    /// The encryption in a code is percent-encoded.
    EncodedCode,
    /// Each message arrives twice.
    Duplicates,
    /// The own server stamps each message as delayed.
    Delayed,
    /// Each key is discovered twice, and again before a person decides on it.
    DiscoveredTwice,
    /// The device restarts after each input.
    Restarts,
    /// The resources of devices contain characters that XML escapes, and separators of JIDs.
    OddResources,
    /// Times have no zone.
    NoZone,
    /// Times have a fraction of six digits.
    SixDigits,
    /// JIDs of key owners are in capital letters.
    CapitalJids,
    /// Identifiers contain white space.
    SpacedIdentifiers,
    /// Identifiers have no padding.
    UnpaddedIdentifiers,
    /// Trust messages have an unknown attribute.
    UnknownAttribute,
    /// Trust messages contain an unknown element.
    UnknownElement,
    /// Distrusted keys precede trusted ones.
    DistrustFirst,
    /// The envelope names neither sender nor recipient.
    NoAddresses,
    /// The envelope names full JIDs.
    FullAddresses,
    /// Messages come in the clear.
    InTheClear,
    /// Messages come in the clear, beside an encrypted part.
    BesideEncrypted,
    /// The encryption names a key of another account as the sender.
    ForeignSender,
    /// The encryption names no sender.
    NoSender,
    /// Messages have another namespace.
    OtherNamespace,
    /// The elements of decisions have another namespace.
    OtherDecisions,
    /// Envelopes have another namespace.
    OtherEnvelope,
    /// Messages are for another protocol.
    OtherUsage,
    /// Messages name no protocol.
    NoUsage,
    /// Messages name an encryption other than the one that carries them.
    OtherEncryption,
    /// The encryption that carries messages is not the one that they name.
    OtherCarrier,
    /// Messages come as carbon copies from another account.
    ForeignCarbon,
    /// The stanza has no `from`, so it is from the own account, although a contact's key encrypted it.
    NoFrom,
    /// The envelope names another sender.
    OtherFrom,
    /// The envelope names another recipient.
    OtherTo,
    /// The envelope has no time.
    NoTime,
    /// The time in the envelope is two years off.
    FarTime,
}

/// The aspect that a variation changes. At most one variation of an axis applies at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// The form of the XML.
    Xml,
    /// The order of the parts of an envelope.
    Envelope,
    /// Additional content.
    Beside,
    /// The order of the decisions in a message.
    Message,
    /// The form of times.
    Time,
    /// The length of the padding.
    Padding,
    /// The form of codes.
    Code,
    /// The delivery of messages and keys.
    Transport,
    /// Restarts of the device.
    Life,
    /// The names of devices.
    Names,
    /// Forms that the specifications leave open. They are tried alone.
    Open,
    /// Changes that make a message unlawful. It must never have an effect.
    Attack,
}

impl Axis {
    /// The axes of which a row may have one variation each.
    pub const COMBINED: [Self; 10] = [
        Self::Xml,
        Self::Envelope,
        Self::Beside,
        Self::Message,
        Self::Time,
        Self::Padding,
        Self::Code,
        Self::Transport,
        Self::Life,
        Self::Names,
    ];

    /// The variations of this axis, in the order of the table.
    pub fn variations(self) -> impl Iterator<Item = Variation> {
        TABLE.iter().filter(move |row| row.axis == self).map(|row| row.variation)
    }
}

/// The properties of a variation.
struct Row {
    variation: Variation,
    axis: Axis,
    name: &'static str,
    /// The condition under which the variation applies, for reports.
    says: &'static str,
    /// The requirement that a device breaks if the variation makes a difference. `None` stands for the requirement that
    /// fails then.
    requirement: Option<&'static str>,
    /// The requirement that voids the message, if this is an attack.
    voided_by: Option<&'static str>,
}

const fn row(
    variation: Variation,
    axis: Axis,
    name: &'static str,
    says: &'static str,
    requirement: &'static str,
) -> Row {
    Row { variation, axis, name, says, requirement: Some(requirement), voided_by: None }
}

const fn free(variation: Variation, axis: Axis, name: &'static str, says: &'static str) -> Row {
    Row { variation, axis, name, says, requirement: None, voided_by: None }
}

const fn attack(
    variation: Variation,
    name: &'static str,
    says: &'static str,
    voided_by: &'static str,
) -> Row {
    Row { variation, axis: Axis::Attack, name, says, requirement: None, voided_by: Some(voided_by) }
}

const XML: &str = "xep-0434/structure/xml";
const ENVELOPE: &str = "xep-0420/rules/envelope-order";
const BESIDE: &str = "xep-0420/rules/other-content";
const MESSAGE: &str = "xep-0434/structure/message-order";
const TIME: &str = "xep-0434/sce-profile/time-forms";
const PADDING: &str = "xep-0420/affixes/rpad";

const TABLE: &[Row] = {
    use Variation as V;
    &[
        row(V::Prefixes, Axis::Xml, "prefixes", "elements have prefixes", XML),
        row(V::DoubleQuotes, Axis::Xml, "double-quotes", "attributes stand in double quotes", XML),
        row(
            V::AttributesReversed,
            Axis::Xml,
            "attributes-reversed",
            "attributes stand in the other order",
            XML,
        ),
        row(V::CharacterReferences, Axis::Xml, "references", "characters are written as references", XML),
        row(V::WhiteSpace, Axis::Xml, "white-space", "white space stands between elements", XML),
        row(V::LongTags, Axis::Xml, "long-tags", "empty elements have an end tag", XML),
        row(
            V::EnvelopeReversed,
            Axis::Envelope,
            "envelope-reversed",
            "the children of the envelope stand in the other order",
            ENVELOPE,
        ),
        row(
            V::ContentBetween,
            Axis::Envelope,
            "content-between",
            "the content stands between the affixes",
            ENVELOPE,
        ),
        row(
            V::ContentBefore,
            Axis::Beside,
            "content-before",
            "other content stands before the trust message",
            BESIDE,
        ),
        row(
            V::ContentAfter,
            Axis::Beside,
            "content-after",
            "other content stands after the trust message",
            BESIDE,
        ),
        row(
            V::UnknownAffix,
            Axis::Beside,
            "unknown-affix",
            "the envelope has an affix that nobody knows",
            BESIDE,
        ),
        row(
            V::OwnersReversed,
            Axis::Message,
            "owners-reversed",
            "key owners stand in the other order",
            MESSAGE,
        ),
        row(V::KeysReversed, Axis::Message, "keys-reversed", "keys stand in the other order", MESSAGE),
        row(
            V::OwnersSplit,
            Axis::Message,
            "owners-split",
            "each key has an element of its owner of its own",
            MESSAGE,
        ),
        row(V::EasternZone, Axis::Time, "eastern-zone", "times have a fraction and a zone in the east", TIME),
        row(V::WesternZone, Axis::Time, "western-zone", "times have a zone in the west", TIME),
        row(V::OneDigit, Axis::Time, "one-digit", "times have one digit of a fraction", TIME),
        row(V::ThreeDigits, Axis::Time, "three-digits", "times have three digits of a fraction", TIME),
        row(V::LongPadding, Axis::Padding, "long-padding", "the padding has 600 characters", PADDING),
        row(V::EmptyPadding, Axis::Padding, "empty-padding", "the padding is empty", PADDING),
        row(
            V::UpperCaseCode,
            Axis::Code,
            "upper-case-code",
            "codes are in upper case",
            "xep-0434/uri/base16",
        ),
        row(
            V::EncodedCode,
            Axis::Code,
            "encoded-code",
            "the encryption in a code is percent-encoded",
            "xep-0434/uri/encryption",
        ),
        free(V::Duplicates, Axis::Transport, "duplicates", "each message arrives twice"),
        free(V::Delayed, Axis::Transport, "delayed", "the own server stamps each message as delayed"),
        free(
            V::DiscoveredTwice,
            Axis::Transport,
            "discovered-twice",
            "each key is discovered twice, and before each decision of a person",
        ),
        row(
            V::Restarts,
            Axis::Life,
            "restarts",
            "the device restarts after each input",
            "xep-0450/storing/restart",
        ),
        row(
            V::OddResources,
            Axis::Names,
            "odd-resources",
            "characters that XML escapes stand in the resources of devices",
            "xep-0434/structure/jids",
        ),
        row(V::NoZone, Axis::Open, "no-zone", "times have no zone", "atm/forms/no-zone"),
        row(
            V::SixDigits,
            Axis::Open,
            "six-digits",
            "times have six digits of a fraction",
            "atm/forms/six-digits",
        ),
        row(
            V::CapitalJids,
            Axis::Open,
            "capital-jids",
            "JIDs of key owners are in capital letters",
            "atm/forms/capital-jids",
        ),
        row(
            V::SpacedIdentifiers,
            Axis::Open,
            "spaced-identifiers",
            "white space stands in identifiers",
            "atm/forms/spaced-identifiers",
        ),
        row(
            V::UnpaddedIdentifiers,
            Axis::Open,
            "unpadded-identifiers",
            "identifiers have no padding",
            "atm/forms/unpadded-identifiers",
        ),
        row(
            V::UnknownAttribute,
            Axis::Open,
            "unknown-attribute",
            "trust messages have an attribute that nobody knows",
            "atm/forms/extensions",
        ),
        row(
            V::UnknownElement,
            Axis::Open,
            "unknown-element",
            "trust messages have an element in them that nobody knows",
            "atm/forms/extensions",
        ),
        row(
            V::DistrustFirst,
            Axis::Open,
            "distrust-first",
            "distrusted keys stand before trusted ones",
            "atm/forms/distrust-first",
        ),
        row(
            V::NoAddresses,
            Axis::Open,
            "no-addresses",
            "envelopes name neither sender nor recipient",
            "atm/forms/addresses",
        ),
        row(
            V::FullAddresses,
            Axis::Open,
            "full-addresses",
            "envelopes name endpoints",
            "atm/forms/addresses",
        ),
        attack(
            V::InTheClear,
            "in-the-clear",
            "messages come in the clear",
            "xep-0420/rules/plaintext-ignored",
        ),
        attack(
            V::BesideEncrypted,
            "beside-encrypted",
            "messages stand in the clear beside something encrypted",
            "xep-0420/rules/plaintext-ignored",
        ),
        attack(
            V::ForeignSender,
            "foreign-sender",
            "the encryption names a key of another account as the sender's",
            "xep-0434/structure/signed",
        ),
        attack(V::NoSender, "no-sender", "the encryption names no sender", "xep-0434/structure/signed"),
        attack(
            V::OtherNamespace,
            "other-namespace",
            "messages are of another namespace",
            "xep-0420/rules/namespaces",
        ),
        attack(
            V::OtherDecisions,
            "other-decisions",
            "decisions in messages are of another namespace",
            "xep-0420/rules/namespaces",
        ),
        attack(
            V::OtherEnvelope,
            "other-envelope",
            "envelopes are of another namespace",
            "xep-0420/rules/envelope-namespace",
        ),
        attack(V::OtherUsage, "other-usage", "messages are for another protocol", "xep-0434/structure/usage"),
        attack(
            V::NoUsage,
            "no-usage",
            "messages do not say for which protocol they are",
            "xep-0434/structure/usage",
        ),
        attack(
            V::OtherEncryption,
            "other-encryption",
            "messages name another encryption",
            "xep-0434/structure/encryption",
        ),
        attack(
            V::OtherCarrier,
            "other-carrier",
            "another encryption carries messages",
            "xep-0434/structure/carrying-encryption",
        ),
        attack(
            V::ForeignCarbon,
            "foreign-carbon",
            "messages come as carbon copies from another account",
            "xep-0280/inbound/own-bare-jid",
        ),
        attack(V::NoFrom, "no-from", "stanzas of contacts have no sender", "rfc-6120/client-streams/no-from"),
        attack(V::OtherFrom, "other-from", "envelopes name another sender", "xep-0420/affixes/from"),
        attack(V::OtherTo, "other-to", "envelopes name another recipient", "xep-0420/affixes/to"),
        attack(V::NoTime, "no-time", "envelopes have no time", "xep-0434/sce-profile/time"),
        attack(V::FarTime, "far-time", "times in envelopes are two years off", "xep-0420/affixes/time"),
    ]
};

impl Variation {
    /// All variations.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.variation)
    }

    fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.variation == self).expect("a test shows that each is in the table")
    }

    /// The aspect that the variation changes.
    #[must_use]
    pub fn axis(self) -> Axis {
        self.row().axis
    }

    /// The name for `--variations`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The variation in words, as a clause for reports.
    #[must_use]
    pub fn says(self) -> &'static str {
        self.row().says
    }

    /// The id of the requirement that a device breaks if the variation makes a difference. `None` stands for the
    /// requirement that fails then.
    #[must_use]
    pub fn requirement(self) -> Option<&'static str> {
        self.row().requirement
    }

    /// Whether the variation is an attack because of which this requirement voids the message.
    #[must_use]
    pub fn voids(self, requirement: &str) -> bool {
        self.row().voided_by == Some(requirement)
    }
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// No variation has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no variation {0:?}")]
pub struct UnknownVariation(pub String);

impl FromStr for Variation {
    type Err = UnknownVariation;

    fn from_str(name: &str) -> Result<Self, UnknownVariation> {
        Self::all()
            .find(|variation| variation.name() == name)
            .ok_or_else(|| UnknownVariation(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::JUDGED;
    use crate::requirements::{self, Weight};

    #[test]
    fn each_is_in_the_table_once() {
        let source = include_str!("variation.rs");
        let (_, declared) = source.split_once("pub enum Variation {").expect("the declaration");
        let (declared, _) = declared.split_once("\n}").expect("its end");
        let declared = declared.lines().filter(|line| line.ends_with(',')).count();
        let mut all: Vec<Variation> = Variation::all().collect();
        assert_eq!(all.len(), declared);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), declared);
        for variation in all {
            assert_eq!(variation.name().parse(), Ok(variation));
        }
    }

    #[test]
    fn each_attack_makes_nothing_count_by_a_requirement_that_the_monitor_knows() {
        for Row { variation, axis, voided_by, .. } in TABLE {
            assert_eq!(voided_by.is_some(), *axis == Axis::Attack, "{variation}");
            assert!(voided_by.is_none_or(|id| JUDGED.contains(&id)), "{variation}");
        }
    }

    #[test]
    fn what_is_open_fails_nobody_and_all_else_does() {
        for variation in Variation::all() {
            let Some(id) = variation.requirement() else { continue }; // no requirement of its own
            let weight: Weight = requirements::find(id).unwrap_or_else(|| panic!("{id}")).weight;
            assert_eq!(weight.fails(), variation.axis() != Axis::Open, "{variation}");
        }
    }
}
