//! Misreadings of XML by an implementation that knows only one form of it.

use super::{DISTRUST, KEY_OWNER, STAMP, TRUST, pieces, replace_each, unless};

const AFFIXES: [&str; 4] = ["rpad", "time", "from", "to"];

/// Refuses empty elements with an end tag.
pub(crate) fn no_end_tags(xml: &str) -> String {
    unless(["time", "from", "to"].iter().any(|name| xml.contains(&format!("</{name}>"))), xml)
}

/// Refuses white space before the first element of the content.
pub(crate) fn first_child_of_content(xml: &str) -> String {
    let after = xml.split_once("<content>").map_or("", |(_, after)| after);
    unless(after.starts_with(char::is_whitespace), xml)
}

/// Refuses hexadecimal character references.
pub(crate) fn decimal_references(xml: &str) -> String {
    unless(xml.contains("&#x"), xml)
}

/// Refuses a namespace declaration that is not the first attribute.
pub(crate) fn namespace_first(xml: &str) -> String {
    let is_odd = |tag: &&str| {
        let first = tag.split_once(char::is_whitespace).map_or("", |(_, attributes)| attributes.trim_start());
        tag.contains(" xmlns=") && !first.starts_with("xmlns")
    };
    unless(pieces(xml, ["<", ">"]).iter().any(is_odd), xml)
}

/// Ignores everything after the content.
pub(crate) fn nothing_after_content(xml: &str) -> String {
    let Some((before, _)) = xml.split_once("</content>") else { return xml.to_owned() };
    if before.contains("<envelope") { format!("{before}</content></envelope>") } else { xml.to_owned() }
}

/// Refuses padding that is not the first child of the envelope.
pub(crate) fn padding_first(xml: &str) -> String {
    let after =
        xml.split_once("<envelope").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, after)| after);
    unless(xml.contains("<rpad") && !after.trim_start().starts_with("<rpad"), xml)
}

/// Takes the first address for that of the sender.
pub(crate) fn sender_first(xml: &str) -> String {
    let at = |name: &str| xml.find(name).unwrap_or(0);
    match at("<to ") < at("<from ") {
        true => xml.replace("<to ", "<was-to ").replace("<from ", "<to ").replace("<was-to ", "<from "),
        false => xml.to_owned(),
    }
}

/// Refuses a trust message that is not the last element of the content.
pub(crate) fn last_of_content(xml: &str) -> String {
    let before = xml.split_once("</content>").map_or("", |(before, _)| before.trim_end());
    unless(xml.contains("</content>") && !before.ends_with("trust-message>"), xml)
}

/// Refuses other elements beside the trust message.
pub(crate) fn alone_in_content(xml: &str) -> String {
    unless(last_of_content(xml).is_empty() || super::envelopes::first_of_content(xml).is_empty(), xml)
}

/// Ignores all affixes after an unknown one.
pub(crate) fn until_unknown_affix(xml: &str) -> String {
    let Some((affixes, content)) = xml.split_once("<content") else { return xml.to_owned() };
    let Some((envelope, affixes)) = affixes.split_once('>') else { return xml.to_owned() };
    let is_known =
        |affix: &&str| AFFIXES.iter().any(|known| affix.trim_start_matches('/').starts_with(known));
    let known: String =
        affixes.split('<').skip(1).take_while(is_known).map(|affix| format!("<{affix}")).collect();
    format!("{envelope}>{known}<content{content}")
}

/// Reads only the keys of the last owner.
pub(crate) fn last_owner(xml: &str) -> String {
    last(xml, KEY_OWNER)
}

/// Reads only the last trusted key of each owner.
pub(crate) fn last_trust(xml: &str) -> String {
    replace_each(xml, KEY_OWNER, |owner| last(owner, TRUST))
}

/// Reads only the last distrusted key of each owner.
pub(crate) fn last_distrust(xml: &str) -> String {
    replace_each(xml, KEY_OWNER, |owner| last(owner, DISTRUST))
}

fn last(xml: &str, element: [&str; 2]) -> String {
    let mut left = pieces(xml, element).len();
    replace_each(xml, element, |piece| {
        left -= 1;
        unless(left > 0, piece)
    })
}

/// Reads only the first of several elements about one owner.
pub(crate) fn first_element_of_each_owner(xml: &str) -> String {
    let mut owners: Vec<String> = Vec::new();
    replace_each(xml, KEY_OWNER, |element| {
        let owner = super::envelopes::owner(element);
        let is_later = owners.contains(&owner);
        owners.push(owner);
        unless(is_later, element)
    })
}

/// Ignores the minutes of a zone.
pub(crate) fn zone_in_hours(xml: &str) -> String {
    change_zone(xml, |sign, hours, _| format!("{sign}{hours}:00"))
}

/// Takes all zones for eastern ones.
pub(crate) fn eastern_zones(xml: &str) -> String {
    change_zone(xml, |_, hours, minutes| format!("+{hours}:{minutes}"))
}

/// Adds the offset of a zone instead of subtracting it.
pub(crate) fn zone_turned_round(xml: &str) -> String {
    change_zone(xml, |sign, hours, minutes| {
        let other = if sign == "+" { "-" } else { "+" };
        format!("{other}{hours}:{minutes}")
    })
}

/// Ignores everything after a fraction.
pub(crate) fn nothing_after_fraction(xml: &str) -> String {
    if !xml.contains('.') {
        return xml.to_owned();
    }
    change_zone(xml, |_, _, _| "Z".to_owned())
}

/// Changes the zone of the time, if it has hours and minutes.
fn change_zone(xml: &str, zone: impl Fn(&str, &str, &str) -> String) -> String {
    replace_each(xml, STAMP, |piece| {
        let (value, time) = (&piece[STAMP[0].len()..piece.len() - 1], piece.find('T').unwrap_or(0));
        let Some(at) = piece[time..].find(['+', '-']).map(|at| time + at - STAMP[0].len()) else {
            return piece.to_owned();
        };
        let (local, offset) = value.split_at(at);
        let (hours, minutes) = offset[1..].split_once(':').unwrap_or((&offset[1..], "00"));
        format!("stamp='{local}{}'", zone(&offset[..1], hours, minutes))
    })
}

/// Refuses empty padding.
pub(crate) fn no_empty_padding(xml: &str) -> String {
    unless(xml.contains("<rpad/>") || xml.contains("<rpad></rpad>"), xml)
}

/// Refuses padding of more than 255 characters.
pub(crate) fn no_padding_beyond_recommended(xml: &str) -> String {
    unless(pieces(xml, ["<rpad>", "</rpad>"]).iter().any(|padding| padding.len() > 255), xml)
}

/// Accepts any version of the usage.
pub(crate) fn any_version_of_usage(xml: &str) -> String {
    replace_each(xml, ["usage='urn:xmpp:atm:", "'"], |_| "usage='urn:xmpp:atm:1'".to_owned())
}

/// Accepts any version of the namespace of trust messages.
pub(crate) fn any_version_of_messages(xml: &str) -> String {
    replace_each(xml, ["xmlns='urn:xmpp:tm:", "'"], |_| "xmlns='urn:xmpp:tm:1'".to_owned())
}

/// Takes each `<trust/>` and `<distrust/>` for a decision, whatever its namespace.
pub(crate) fn decisions_of_any_namespace(xml: &str) -> String {
    let without_namespace = |tag: &str| replace_each(tag, [" xmlns='", "'"], |_| String::new());
    let xml = replace_each(xml, ["<trust ", ">"], without_namespace);
    replace_each(&xml, ["<distrust ", ">"], without_namespace)
}

/// Assumes ATM for a message without usage.
pub(crate) fn usage_not_needed(xml: &str) -> String {
    replace_each(xml, ["<trust-message ", ">"], |tag| match tag.contains(" usage=") {
        true => tag.to_owned(),
        false => tag.replacen(' ', " usage='urn:xmpp:atm:1' ", 1),
    })
}

/// Accepts any version of the namespace of envelopes.
pub(crate) fn any_version_of_envelopes(xml: &str) -> String {
    replace_each(xml, ["xmlns='urn:xmpp:sce:", "'"], |_| "xmlns='urn:xmpp:sce:1'".to_owned())
}

/// Refuses elements of unknown namespaces in a trust message.
pub(crate) fn known_elements_only(xml: &str) -> String {
    let within = pieces(xml, ["<trust-message", "</trust-message>"]);
    unless(within.iter().any(|message| message.contains("urn:example:extension")), xml)
}
