//! Misreadings of envelopes by an implementation that knows only a few examples.

use super::{DISTRUST, KEY_OWNER, STAMP, TRUST, pieces, replace_each, unless};

/// Takes every time for UTC, whatever its zone.
pub(crate) fn without_zone(xml: &str) -> String {
    replace_each(xml, STAMP, |stamp| {
        let value = stamp.trim_start_matches("stamp='").trim_end_matches('\'');
        format!("stamp='{}'", in_utc(value))
    })
}

/// A date and time with the zone replaced by UTC.
fn in_utc(value: &str) -> String {
    let time = value.find('T').unwrap_or(0);
    let end = value[time..].find(['Z', '+', '-']).map_or(value.len(), |end| time + end);
    format!("{}Z", &value[..end])
}

/// The time with its zone replaced by UTC. `None` if it is in UTC.
pub(crate) fn stamp_as_written(xml: &str) -> Option<String> {
    let value = *pieces(xml, STAMP).first()?;
    let utc = in_utc(value);
    (utc != value).then_some(utc)
}

/// Reads only the last of several elements about one owner.
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

/// Reads a trust message without an envelope as if it had one.
pub(crate) fn in_an_envelope(xml: &str) -> String {
    if !xml.starts_with("<trust-message") {
        return xml.to_owned();
    }
    format!("<envelope xmlns='urn:xmpp:sce:1'><rpad/><content>{xml}</content></envelope>")
}

/// Reads only the keys of the first owner.
pub(crate) fn first_owner(xml: &str) -> String {
    let mut is_later = false;
    replace_each(xml, KEY_OWNER, |element| unless(std::mem::replace(&mut is_later, true), element))
}

/// Reads only the first trusted key of each owner.
pub(crate) fn first_trust(xml: &str) -> String {
    replace_each(xml, KEY_OWNER, |element| first(element, TRUST))
}

/// Reads only the first distrusted key of each owner.
pub(crate) fn first_distrust(xml: &str) -> String {
    replace_each(xml, KEY_OWNER, |element| first(element, DISTRUST))
}

fn first(xml: &str, element: [&str; 2]) -> String {
    let mut is_later = false;
    replace_each(xml, element, |element| unless(std::mem::replace(&mut is_later, true), element))
}

/// Ignores trusts in a message that also distrusts keys.
pub(crate) fn no_trust_beside_distrust(xml: &str) -> String {
    if xml.contains(DISTRUST[0]) { without(xml, TRUST) } else { xml.to_owned() }
}

/// Ignores distrusts in a message that also trusts keys.
pub(crate) fn no_distrust_beside_trust(xml: &str) -> String {
    if xml.contains(TRUST[0]) { without(xml, DISTRUST) } else { xml.to_owned() }
}

fn without(xml: &str, element: [&str; 2]) -> String {
    let xml = replace_each(xml, element, |_| String::new());
    let is_empty = |owner: &str| !owner.contains(TRUST[0]) && !owner.contains(DISTRUST[0]);
    replace_each(&xml, KEY_OWNER, |owner| unless(is_empty(owner), owner))
}

/// Finds a trust message at any depth of the content.
pub(crate) fn found_at_any_depth(xml: &str) -> String {
    let (Some(begin), Some(end)) = (xml.find("<trust-message"), xml.find("</trust-message>")) else {
        return xml.to_owned();
    };
    let message = &xml[begin..end + "</trust-message>".len()];
    replace_each(xml, ["<content", "</content>"], |_| format!("<content>{message}</content>"))
}

/// Refuses attribute values in double quotes.
pub(crate) fn no_quotation_marks(xml: &str) -> String {
    unless(xml.contains("=\""), xml)
}

/// Refuses prefixes.
pub(crate) fn no_prefixes(xml: &str) -> String {
    unless(xml.contains("xmlns:"), xml)
}

/// Refuses white space between elements.
pub(crate) fn no_white_space(xml: &str) -> String {
    let is_blank = |text: &&str| text.is_empty() || !text.chars().all(char::is_whitespace);
    unless(!pieces(xml.trim(), [">", "<"]).iter().all(is_blank), xml)
}

/// Refuses character references.
pub(crate) fn no_character_references(xml: &str) -> String {
    unless(xml.contains("&#"), xml)
}

/// Refuses attributes in an order other than that of the examples.
pub(crate) fn attributes_in_order(xml: &str) -> String {
    let Some((_, message)) = xml.split_once("<trust-message") else { return xml.to_owned() };
    let at = |name: &str| message.find(name).unwrap_or(0);
    unless(at("xmlns=") > at("usage=") || at("usage=") > at("encryption="), xml)
}

/// Refuses a trust message that is not the first element of the content.
pub(crate) fn first_of_content(xml: &str) -> String {
    let after = xml.split_once("<content>").map_or("", |(_, after)| after.trim_start());
    unless(xml.contains("<trust-message") && !after.starts_with("<trust-message"), xml)
}

/// Refuses children of the envelope in an order other than that of the examples.
pub(crate) fn affixes_in_order(xml: &str) -> String {
    let places: Vec<usize> =
        ["<rpad", "<time", "<from", "<to", "<content"].iter().filter_map(|name| xml.find(name)).collect();
    unless(!places.is_sorted(), xml)
}

/// Refuses unknown affixes.
pub(crate) fn no_unknown_affixes(xml: &str) -> String {
    let affixes = xml.split_once("<content").map_or("", |(affixes, _)| affixes);
    let is_known = |tag: &str| {
        let name = tag.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        ["", "envelope", "rpad", "time", "from", "to"].contains(&name)
    };
    unless(!affixes.split('<').all(is_known), xml)
}

/// Refuses times with a fraction of a second.
pub(crate) fn no_fractions(xml: &str) -> String {
    unless(fraction(xml).is_some(), xml)
}

/// Refuses times without a fraction of a second.
pub(crate) fn fractions_only(xml: &str) -> String {
    unless(fraction(xml).is_none() && xml.contains("stamp="), xml)
}

/// Refuses fractions of a second with fewer than three digits.
pub(crate) fn no_short_fractions(xml: &str) -> String {
    unless(fraction(xml).is_some_and(|digits| digits < 3), xml)
}

/// Refuses fractions of a second with more than three digits.
pub(crate) fn no_long_fractions(xml: &str) -> String {
    unless(fraction(xml).is_some_and(|digits| digits > 3), xml)
}

/// The number of digits in the fraction of a second.
fn fraction(xml: &str) -> Option<usize> {
    let (_, fraction) = pieces(xml, STAMP).first()?.split_once('.')?;
    Some(fraction.chars().take_while(char::is_ascii_digit).count())
}

/// Refuses times without a zone.
pub(crate) fn zones_only(xml: &str) -> String {
    let has_zone =
        |value: &&str| value.ends_with('Z') || value.rfind([':', '+', '-']).is_some_and(|at| at > 20);
    unless(!pieces(xml, STAMP).iter().all(has_zone), xml)
}

/// Refuses times in a zone other than UTC.
pub(crate) fn utc_only(xml: &str) -> String {
    unless(stamp_as_written(xml).is_some(), xml)
}

/// Refuses JIDs with capital letters.
pub(crate) fn no_capitals(xml: &str) -> String {
    let is_odd = |jid: &&str| jid.contains(|c: char| c.is_ascii_uppercase());
    unless(pieces(xml, ["jid='", "'"]).iter().any(is_odd), xml)
}

/// Refuses domains in another form: A-labels or a trailing dot.
pub(crate) fn no_other_domains(xml: &str) -> String {
    let is_odd = |jid: &&str| jid.contains("xn--") || jid.ends_with('.');
    unless(pieces(xml, ["jid='", "'"]).iter().any(is_odd), xml)
}

/// Refuses white space in identifiers and missing padding, as RFC 4648 does but the schema does not.
pub(crate) fn strict_identifiers(xml: &str) -> String {
    let identifiers = [pieces(xml, TRUST), pieces(xml, DISTRUST)].concat();
    // Identifiers with character references would need decoding first.
    let is_odd = |text: &&str| {
        !text.contains('&') && (text.contains(char::is_whitespace) || !text.len().is_multiple_of(4))
    };
    unless(identifiers.iter().any(is_odd), xml)
}

/// Refuses distrusted keys before trusted ones, as the schema does.
pub(crate) fn trust_first(xml: &str) -> String {
    let is_odd = |owner: &&str| {
        let (trust, distrust) = (owner.rfind(TRUST[0]), owner.find(DISTRUST[0]));
        trust.zip(distrust).is_some_and(|(trust, distrust)| distrust < trust)
    };
    unless(pieces(xml, KEY_OWNER).iter().any(is_odd), xml)
}

/// Refuses trust messages with more than three attributes.
pub(crate) fn known_attributes_only(xml: &str) -> String {
    let is_odd = |tag: &&str| tag.matches('=').count() > 3;
    unless(pieces(xml, ["<trust-message", ">"]).iter().any(is_odd), xml)
}
