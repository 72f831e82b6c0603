//! Rewrites encrypted content in other forms.

use atm_engine::Stamp;
use atm_engine::codec::{stamp_from_date_time, stamp_to_date_time};

use super::element::{Child, Element};
use super::variation::{Axis, Variation};

const SCE: &str = "urn:xmpp:sce:1";
const TRUST_MESSAGES: &str = "urn:xmpp:tm:1";

/// The XML with these variations. Malformed XML stays as it is.
#[must_use]
pub fn rewritten(xml: &str, variations: &[Variation]) -> String {
    let Some(mut root) = Element::read(xml) else { return xml.to_owned() };
    for variation in variations {
        root.each(&mut |element| change(element, *variation));
    }
    let form = variations.iter().copied().find(|variation| variation.axis() == Axis::Xml);
    root.write(form)
}

/// The code with these variations.
pub(super) fn vary_code(uri: &str, variations: &[Variation]) -> String {
    let Some((before, query)) = uri.split_once('?') else { return uri.to_owned() };
    let pairs = query.split(';').map(|pair| match pair.split_once('=') {
        Some((name @ ("trust" | "distrust"), value)) if variations.contains(&Variation::UpperCaseCode) => {
            format!("{name}={}", value.to_uppercase())
        }
        Some((name @ "encryption", value)) if variations.contains(&Variation::EncodedCode) => {
            format!("{name}={}", value.replace(':', "%3A"))
        }
        _ => pair.to_owned(),
    });
    format!("{before}?{}", pairs.collect::<Vec<_>>().join(";"))
}

fn change(element: &mut Element, variation: Variation) {
    let is_envelope = element.is(SCE, "envelope");
    let is_content = element.is(SCE, "content");
    let is_time = element.is(SCE, "time");
    let is_message = element.is(TRUST_MESSAGES, "trust-message");
    let is_owner = element.is(TRUST_MESSAGES, "key-owner");
    let is_identifier = element.is(TRUST_MESSAGES, "trust") || element.is(TRUST_MESSAGES, "distrust");
    match variation {
        Variation::EnvelopeReversed if is_envelope => element.children.reverse(),
        Variation::ContentBetween if is_envelope => {
            let by = 2.min(element.children.len());
            element.children.rotate_right(by);
        }
        Variation::ContentBefore if is_content => element.children.insert(0, Child::Element(other_content())),
        Variation::ContentAfter if is_content => element.children.push(Child::Element(other_content())),
        Variation::UnknownAffix if is_envelope => {
            element.children.insert(0, Child::Element(Element::foreign("affix")));
        }
        Variation::OwnersReversed if is_message => element.children.reverse(),
        Variation::KeysReversed if is_owner => reverse_keys(element),
        Variation::OwnersSplit if is_message => split_owners(element),
        Variation::LongPadding if element.is(SCE, "rpad") => {
            element.children = vec![Child::Text("c1dXq8".repeat(100))];
        }
        Variation::EmptyPadding if element.is(SCE, "rpad") => element.children.clear(),
        Variation::EasternZone if is_time => {
            change_time(element, |stamp| in_zone(stamp, 330, |local| with_fraction(local, 3)));
        }
        Variation::WesternZone if is_time => {
            change_time(element, |stamp| in_zone(stamp, -480, stamp_to_date_time));
        }
        Variation::OneDigit if is_time => change_time(element, |stamp| with_fraction(stamp, 1)),
        Variation::ThreeDigits if is_time => change_time(element, |stamp| with_fraction(stamp, 3)),
        Variation::SixDigits if is_time => change_time(element, |stamp| with_fraction(stamp, 6)),
        Variation::NoZone if is_time => {
            change_time(element, |stamp| stamp_to_date_time(stamp).trim_end_matches('Z').to_owned());
        }
        Variation::CapitalJids if is_owner => {
            if let Some(jid) = element.attribute_mut("jid") {
                *jid = jid.to_ascii_uppercase();
            }
        }
        Variation::SpacedIdentifiers if is_identifier => change_text(element, |text| {
            let (start, end) = text.split_at(text.len() / 2);
            format!("\n  {start}\n  {end}\n")
        }),
        Variation::UnpaddedIdentifiers if is_identifier => {
            change_text(element, |text| text.trim_end_matches('=').to_owned());
        }
        Variation::UnknownAttribute if is_message => {
            element.attributes.push(("version".to_owned(), "2".to_owned()));
        }
        Variation::UnknownElement if is_message => {
            element.children.insert(0, Child::Element(Element::foreign("comment")));
        }
        Variation::DistrustFirst if is_owner => {
            element
                .children
                .sort_by_key(|child| !matches!(child, Child::Element(child) if child.name == "distrust"));
        }
        Variation::NoAddresses if is_envelope => element.children.retain(
            |child| !matches!(child, Child::Element(child) if child.is(SCE, "from") || child.is(SCE, "to")),
        ),
        Variation::FullAddresses if element.is(SCE, "from") || element.is(SCE, "to") => {
            if let Some(jid) = element.attribute_mut("jid").filter(|jid| !jid.contains('/')) {
                jid.push_str("/endpoint");
            }
        }
        _ => {}
    }
}

fn other_content() -> Element {
    let mut body = Element::foreign("note");
    body.children.push(Child::Text("hello".to_owned()));
    body
}

/// Reverses the keys, but keeps trusted keys before distrusted ones, as the schema demands.
fn reverse_keys(owner: &mut Element) {
    owner.children.reverse();
    owner.children.sort_by_key(|child| matches!(child, Child::Element(child) if child.name == "distrust"));
}

fn split_owners(message: &mut Element) {
    let mut split = Vec::new();
    for child in std::mem::take(&mut message.children) {
        match child {
            Child::Element(owner) if owner.is(TRUST_MESSAGES, "key-owner") && owner.children.len() > 1 => {
                let keys = owner.children.iter().filter(|child| matches!(child, Child::Element(_)));
                split.extend(
                    keys.map(|key| Child::Element(Element { children: vec![key.clone()], ..owner.clone() })),
                );
            }
            other => split.push(other),
        }
    }
    message.children = split;
}

fn change_text(element: &mut Element, change: impl Fn(&str) -> String) {
    for child in &mut element.children {
        if let Child::Text(text) = child {
            *text = change(text.trim());
        }
    }
}

fn change_time(time: &mut Element, write: impl Fn(Stamp) -> String) {
    if let Some(stamp) = time.attribute_mut("stamp")
        && let Ok(read) = stamp_from_date_time(stamp)
    {
        *stamp = write(read);
    }
}

fn in_zone(stamp: Stamp, minutes: i64, write: impl Fn(Stamp) -> String) -> String {
    let local = Stamp::from_millis(stamp.as_millis() + minutes * 60_000);
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    format!("{}{sign}{hours:02}:{minutes:02}", write(local).trim_end_matches('Z'))
}

/// Writes a time with at least this many fractional digits. No digit is lost.
fn with_fraction(stamp: Stamp, digits: usize) -> String {
    let written = stamp_to_date_time(stamp);
    let (seconds, fraction) =
        written.trim_end_matches('Z').split_once('.').unwrap_or((written.trim_end_matches('Z'), ""));
    format!("{seconds}.{fraction:0<digits$}Z")
}
