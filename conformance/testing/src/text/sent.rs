//! Changes of written stanzas.

use atm_adapter_protocol::protocol::SentStanza;
use atm_engine::codec::{stamp_from_date_time, stamp_to_date_time};

use super::{DISTRUST, KEY_OWNER, STAMP, TRUST, pieces, replace_each};

/// Changes the envelope.
fn change(sent: &mut SentStanza, change: impl FnOnce(&str) -> String) {
    if let Some(encrypted) = &mut sent.encrypted {
        encrypted.content = change(&encrypted.content);
    }
}

/// Changes all identifiers in the envelope.
fn change_identifiers(sent: &mut SentStanza, identifier: impl Fn(&str) -> String) {
    let within = |element: [&str; 2], xml: &str| {
        replace_each(xml, element, |piece| {
            let text = &piece[element[0].len()..piece.len() - element[1].len()];
            format!("{}{}{}", element[0], identifier(text), element[1])
        })
    };
    change(sent, |xml| within(DISTRUST, &within(TRUST, xml)));
}

/// Changes the time in the envelope.
fn change_stamp(sent: &mut SentStanza, stamp: impl Fn(&str) -> String) {
    let value = |piece: &str| stamp(piece.trim_start_matches("stamp='").trim_end_matches('\''));
    change(sent, |xml| replace_each(xml, STAMP, |piece| format!("stamp='{}'", value(piece))));
}

pub(crate) fn empty_encryption(sent: &mut SentStanza) {
    change(sent, |xml| replace_each(xml, [" encryption='", "'"], |_| " encryption=''".to_owned()));
}

pub(crate) fn url_safe_identifiers(sent: &mut SentStanza) {
    change_identifiers(sent, |text| text.replace('+', "-").replace('/', "_"));
}

pub(crate) fn identifiers_without_padding(sent: &mut SentStanza) {
    change_identifiers(sent, |text| text.trim_end_matches('=').to_owned());
}

pub(crate) fn spaced_identifiers(sent: &mut SentStanza) {
    change_identifiers(sent, |text| format!("\n  {text}\n"));
}

pub(crate) fn store_of_other_namespace(sent: &mut SentStanza) {
    sent.stanza = sent.stanza.replace("urn:xmpp:hints", "urn:xmpp:hints:0");
}

pub(crate) fn not_to_be_stored(sent: &mut SentStanza) {
    sent.stanza = sent.stanza.replace("<store ", "<no-store ");
}

pub(crate) fn groupchat(sent: &mut SentStanza) {
    sent.stanza = sent.stanza.replace("type='chat'", "type='groupchat'");
}

pub(crate) fn legacy_date(sent: &mut SentStanza) {
    change_stamp(sent, |stamp| stamp.split('.').next().unwrap_or(stamp).replace(['-', 'Z'], ""));
}

pub(crate) fn affixes_inside(sent: &mut SentStanza) {
    change(sent, |xml| {
        let affixes = ["<rpad>", "<content>"];
        let moved: String = pieces(xml, affixes).concat();
        let rest = replace_each(xml, affixes, |_| "<content>".to_owned());
        rest.replace("<content>", &format!("<content><rpad>{moved}"))
    });
}

pub(crate) fn other_verdict_names(sent: &mut SentStanza) {
    change(sent, |xml| xml.replace("trust>", "trusted>"));
}

pub(crate) fn encryption_hint_inside(sent: &mut SentStanza) {
    change(sent, |xml| {
        xml.replace("<content>", "<content><encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>")
    });
}

pub(crate) fn encryption_hint(sent: &mut SentStanza) {
    let hint = "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/><store ";
    sent.stanza = sent.stanza.replace("<store ", hint);
}

pub(crate) fn private(sent: &mut SentStanza) {
    let hints = "<private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/><store ";
    sent.stanza = sent.stanza.replace("<store ", hints);
}

pub(crate) fn without_from_and_id(sent: &mut SentStanza) {
    let stanza = replace_each(&sent.stanza, [" from='", "'"], |_| String::new());
    sent.stanza = replace_each(&stanza, [" id='", "'"], |_| String::new());
}

pub(crate) fn without_to_for_the_own_account(sent: &mut SentStanza) {
    let account = |name: [&str; 2]| {
        let jids = pieces(&sent.stanza, name);
        jids.first().map(|jid| jid.split('/').next().unwrap_or_default().to_owned())
    };
    if account([" from='", "'"]) == account([" to='", "'"]) {
        sent.stanza = replace_each(&sent.stanza, [" to='", "'"], |_| String::new());
    }
}

pub(crate) fn quotation_marks(sent: &mut SentStanza) {
    change(sent, |xml| xml.replace('\'', "\""));
}

pub(crate) fn prefixes(sent: &mut SentStanza) {
    change(sent, |xml| {
        let xml = xml.replace("<trust-message xmlns=", "<tm:trust-message xmlns:tm=");
        ["trust-message>", "key-owner>", "trust>", "distrust>"]
            .iter()
            .fold(xml, |xml, end| xml.replace(&format!("</{end}"), &format!("</tm:{end}")))
            .replace("<key-owner", "<tm:key-owner")
            .replace("<trust>", "<tm:trust>")
            .replace("<distrust>", "<tm:distrust>")
    });
}

pub(crate) fn other_zone(sent: &mut SentStanza) {
    change_stamp(sent, |stamp| match stamp_from_date_time(stamp) {
        Ok(time) => stamp_to_date_time(time.offset(2 * 3_600_000)).replace('Z', "+02:00"),
        Err(_) => stamp.to_owned(),
    });
}

pub(crate) fn microseconds(sent: &mut SentStanza) {
    change_stamp(sent, |stamp| match stamp.contains('.') {
        true => stamp.replace('Z', "000Z"),
        false => stamp.replace('Z', ".000000Z"),
    });
}

pub(crate) fn one_element_for_each_key(sent: &mut SentStanza) {
    change(sent, |xml| {
        replace_each(xml, KEY_OWNER, |owner| {
            let (head, rest) = owner.split_once('>').unwrap_or((owner, ""));
            let verdicts = rest.trim_end_matches("</key-owner>");
            let of = |element: [&str; 2]| -> String {
                let one = |key: &&str| format!("{head}>{}{key}{}</key-owner>", element[0], element[1]);
                pieces(verdicts, element).iter().map(one).collect()
            };
            of(TRUST) + &of(DISTRUST)
        })
    });
}

pub(crate) fn distrust_first(sent: &mut SentStanza) {
    change(sent, |xml| {
        replace_each(xml, KEY_OWNER, |owner| {
            let (head, rest) = owner.split_once('>').unwrap_or((owner, ""));
            let of = |element: [&str; 2]| -> String {
                let one = |key: &&str| format!("{}{key}{}", element[0], element[1]);
                pieces(rest, element).iter().map(one).collect()
            };
            format!("{head}>{}{}</key-owner>", of(DISTRUST), of(TRUST))
        })
    });
}

/// Adds an owner without a decision to messages for contacts.
pub(crate) fn empty_owner_for_contacts(sent: &mut SentStanza) {
    let account = |attribute: &str| {
        let (_, rest) = sent.stanza.split_once(attribute)?;
        Some(rest.split(['/', '\'']).next().unwrap_or_default().to_owned())
    };
    let (Some(from), Some(to)) = (account(" from='"), account(" to='")) else { return };
    if from != to {
        let empty = format!("<key-owner jid='{to}'/></trust-message>");
        change(sent, |xml| xml.replace("</trust-message>", &empty));
    }
}

pub(crate) fn content_first(sent: &mut SentStanza) {
    change(sent, |xml| {
        let (Some(begin), Some(end)) = (xml.find("<rpad>"), xml.find("<content>")) else {
            return xml.to_owned();
        };
        let content = xml[end..].trim_end_matches("</envelope>");
        format!("{}{content}{}</envelope>", &xml[..begin], &xml[begin..end])
    });
}

pub(crate) fn own_attribute(sent: &mut SentStanza) {
    change(sent, |xml| xml.replace("<trust-message ", "<trust-message version='2' "));
}
