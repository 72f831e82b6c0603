//! How an envelope is read by somebody who has seen a few examples of one.

use super::{DISTRUST, KEY_OWNER, STAMP, TRUST, pieces, replace_each, unless};

/// Whatever the zone is, the time is taken for one in UTC.
pub(crate) fn without_zone(xml: &str) -> String {
    replace_each(xml, STAMP, |stamp| {
        let value = stamp.trim_start_matches("stamp='").trim_end_matches('\'');
        format!("stamp='{}'", in_utc(value))
    })
}

/// A date and time with its zone replaced.
fn in_utc(value: &str) -> String {
    let time = value.find('T').unwrap_or(0);
    let end = value[time..].find(['Z', '+', '-']).map_or(value.len(), |end| time + end);
    format!("{}Z", &value[..end])
}

/// The time as it would be if it were written in UTC, if it is not.
pub(crate) fn stamp_as_written(xml: &str) -> Option<String> {
    let value = *pieces(xml, STAMP).first()?;
    let utc = in_utc(value);
    (utc != value).then_some(utc)
}

/// Of several elements about one owner the last one replaces the others.
pub(crate) fn last_element_of_each_owner(xml: &str) -> String {
    let mut owners: Vec<String> = Vec::new();
    replace_each(xml, KEY_OWNER, |element| {
        owners.push(owner(element));
        element.to_owned()
    });
    let mut position = 0;
    replace_each(xml, KEY_OWNER, |element| {
        position += 1;
        unless(owners[position..].contains(&owner(element)), element)
    })
}

pub(super) fn owner(element: &str) -> String {
    pieces(element, ["jid='", "'"]).first().map_or_else(String::new, |jid| (*jid).to_owned())
}

/// A trust message without an envelope is read as if it stood in one.
pub(crate) fn in_an_envelope(xml: &str) -> String {
    if !xml.starts_with("<trust-message") {
        return xml.to_owned();
    }
    format!("<envelope xmlns='urn:xmpp:sce:1'><rpad/><content>{xml}</content></envelope>")
}

/// Only the first owner's keys are read.
pub(crate) fn first_owner(xml: &str) -> String {
    let mut is_later = false;
    replace_each(xml, KEY_OWNER, |element| unless(std::mem::replace(&mut is_later, true), element))
}

/// Only the first trusted key of each owner is read.
pub(crate) fn first_trust(xml: &str) -> String {
    replace_each(xml, KEY_OWNER, |element| first(element, TRUST))
}

/// Only the first distrusted key of each owner is read.
pub(crate) fn first_distrust(xml: &str) -> String {
    replace_each(xml, KEY_OWNER, |element| first(element, DISTRUST))
}

fn first(xml: &str, element: [&str; 2]) -> String {
    let mut is_later = false;
    replace_each(xml, element, |element| unless(std::mem::replace(&mut is_later, true), element))
}

/// A message that distrusts keys trusts none.
pub(crate) fn no_trust_beside_distrust(xml: &str) -> String {
    if xml.contains(DISTRUST[0]) { without(xml, TRUST) } else { xml.to_owned() }
}

/// A message that trusts keys distrusts none.
pub(crate) fn no_distrust_beside_trust(xml: &str) -> String {
    if xml.contains(TRUST[0]) { without(xml, DISTRUST) } else { xml.to_owned() }
}

fn without(xml: &str, element: [&str; 2]) -> String {
    let xml = replace_each(xml, element, |_| String::new());
    let is_empty = |owner: &str| !owner.contains(TRUST[0]) && !owner.contains(DISTRUST[0]);
    replace_each(&xml, KEY_OWNER, |owner| unless(is_empty(owner), owner))
}

/// A trust message is found wherever it stands in the content.
pub(crate) fn found_at_any_depth(xml: &str) -> String {
    let (Some(begin), Some(end)) = (xml.find("<trust-message"), xml.find("</trust-message>")) else {
        return xml.to_owned();
    };
    let message = &xml[begin..end + "</trust-message>".len()];
    replace_each(xml, ["<content", "</content>"], |_| format!("<content>{message}</content>"))
}

/// Attributes are found by their apostrophes.
pub(crate) fn no_quotation_marks(xml: &str) -> String {
    unless(xml.contains("=\""), xml)
}

/// Elements are found by their names without prefix.
pub(crate) fn no_prefixes(xml: &str) -> String {
    unless(xml.contains("xmlns:"), xml)
}

/// The children of an element are elements, nothing else.
pub(crate) fn no_white_space(xml: &str) -> String {
    let is_blank = |text: &&str| text.is_empty() || !text.chars().all(char::is_whitespace);
    unless(!pieces(xml.trim(), [">", "<"]).iter().all(is_blank), xml)
}

/// Character references stay as they are.
pub(crate) fn no_character_references(xml: &str) -> String {
    unless(xml.contains("&#"), xml)
}

/// Attributes stand in the order of the examples.
pub(crate) fn attributes_in_order(xml: &str) -> String {
    let Some((_, message)) = xml.split_once("<trust-message") else { return xml.to_owned() };
    let at = |name: &str| message.find(name).unwrap_or(0);
    unless(at("xmlns=") > at("usage=") || at("usage=") > at("encryption="), xml)
}

/// The trust message is the first element of the content.
pub(crate) fn first_of_content(xml: &str) -> String {
    let after = xml.split_once("<content>").map_or("", |(_, after)| after.trim_start());
    unless(xml.contains("<trust-message") && !after.starts_with("<trust-message"), xml)
}

/// The children of the envelope stand in the order of the examples.
pub(crate) fn affixes_in_order(xml: &str) -> String {
    let places: Vec<usize> =
        ["<rpad", "<time", "<from", "<to", "<content"].iter().filter_map(|name| xml.find(name)).collect();
    unless(!places.is_sorted(), xml)
}

/// An affix that is not known is an attack.
pub(crate) fn no_unknown_affixes(xml: &str) -> String {
    let affixes = xml.split_once("<content").map_or("", |(affixes, _)| affixes);
    let is_known = |tag: &str| {
        let name = tag.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        ["", "envelope", "rpad", "time", "from", "to"].contains(&name)
    };
    unless(!affixes.split('<').all(is_known), xml)
}

/// Times are in whole seconds.
pub(crate) fn no_fractions(xml: &str) -> String {
    unless(fraction(xml).is_some(), xml)
}

/// Times have a fraction.
pub(crate) fn fractions_only(xml: &str) -> String {
    unless(fraction(xml).is_none() && xml.contains("stamp="), xml)
}

/// The fraction of a second is in milliseconds.
pub(crate) fn no_short_fractions(xml: &str) -> String {
    unless(fraction(xml).is_some_and(|digits| digits < 3), xml)
}

/// The fraction of a second is in milliseconds at most.
pub(crate) fn no_long_fractions(xml: &str) -> String {
    unless(fraction(xml).is_some_and(|digits| digits > 3), xml)
}

/// How many digits the fraction of a second has.
fn fraction(xml: &str) -> Option<usize> {
    let (_, fraction) = pieces(xml, STAMP).first()?.split_once('.')?;
    Some(fraction.chars().take_while(char::is_ascii_digit).count())
}

/// Times have a zone.
pub(crate) fn zones_only(xml: &str) -> String {
    let has_zone =
        |value: &&str| value.ends_with('Z') || value.rfind([':', '+', '-']).is_some_and(|at| at > 20);
    unless(!pieces(xml, STAMP).iter().all(has_zone), xml)
}

/// Times are in UTC.
pub(crate) fn utc_only(xml: &str) -> String {
    unless(stamp_as_written(xml).is_some(), xml)
}

/// JIDs are compared letter by letter.
pub(crate) fn no_capitals(xml: &str) -> String {
    let is_odd = |jid: &&str| jid.contains(|c: char| c.is_ascii_uppercase());
    unless(pieces(xml, ["jid='", "'"]).iter().any(is_odd), xml)
}

/// Domains are compared as they are written.
pub(crate) fn no_other_domains(xml: &str) -> String {
    let is_odd = |jid: &&str| jid.contains("xn--") || jid.ends_with('.');
    unless(pieces(xml, ["jid='", "'"]).iter().any(is_odd), xml)
}

/// Identifiers are read as RFC 4648 says, not as the schema does.
pub(crate) fn strict_identifiers(xml: &str) -> String {
    let identifiers = [pieces(xml, TRUST), pieces(xml, DISTRUST)].concat();
    // With references for characters it would have to be read first.
    let is_odd = |text: &&str| {
        !text.contains('&') && (text.contains(char::is_whitespace) || !text.len().is_multiple_of(4))
    };
    unless(identifiers.iter().any(is_odd), xml)
}

/// Trusted keys stand before distrusted ones, as the schema says.
pub(crate) fn trust_first(xml: &str) -> String {
    let is_odd = |owner: &&str| {
        let (trust, distrust) = (owner.rfind(TRUST[0]), owner.find(DISTRUST[0]));
        trust.zip(distrust).is_some_and(|(trust, distrust)| distrust < trust)
    };
    unless(pieces(xml, KEY_OWNER).iter().any(is_odd), xml)
}

/// A trust message has three attributes.
pub(crate) fn known_attributes_only(xml: &str) -> String {
    let is_odd = |tag: &&str| tag.matches('=').count() > 3;
    unless(pieces(xml, ["<trust-message", ">"]).iter().any(is_odd), xml)
}
