//! Converts a logged stanza to a handwritten one.

use atm_adapter_protocol::protocol::{Decrypted, DeliverStanza};
use atm_engine::codec::{Delay, Message, MessageStanza, MessageType};
use atm_engine::jid::{BareJid, FullJid, Jid};
use atm_simulator::scenario::{
    Address, BareAddress, DeliverStep, DeviceName, EncryptedPart, FullAddress, KeyName, StanzaType,
};
use roxmltree::Node;

/// The namespaces of the elements that must not count in the clear.
const CLEAR: [(&str, &str); 2] = [("urn:xmpp:tm:1", "trust-message"), ("urn:xmpp:sce:1", "envelope")];

/// The device at which a stanza arrives.
pub(super) struct Receiver<'a> {
    pub(super) name: &'a DeviceName,
    pub(super) account: &'a BareJid,
}

/// The stanza of a `deliver` command as a step. `sender` is the name of the key that encrypted it.
///
/// # Errors
///
/// If the stanza cannot be parsed.
pub(super) fn deliver_step(
    deliver: &DeliverStanza,
    receiver: &Receiver<'_>,
    sender: Option<KeyName>,
) -> Result<DeliverStep, String> {
    let stanza = MessageStanza::parse(&deliver.stanza).map_err(|malformed| malformed.to_string())?;
    let own = receiver.account;
    let is_own = |jid: Option<&Jid>| jid.is_none_or(|jid| jid.to_bare() == *own);
    let outer_from = stanza.message.from.clone();
    let mut delays = stanza.message.delays.clone();
    let (message, carbon_from) = match (stanza.carbon, stanza.archived) {
        (Some(carbon), _) => {
            delays.extend(carbon.delays);
            (carbon.message, Some(outer_from.clone().unwrap_or_else(|| own.clone().into())))
        }
        (None, Some(archived)) if is_own(outer_from.as_ref()) => {
            delays.extend(archived.delays);
            (archived.message, None)
        }
        (None, _) => (stanza.message, None),
    };
    delays.extend(message.delays.iter().cloned());
    Ok(DeliverStep {
        to: receiver.name.clone(),
        from: message.from.clone().map(|from| FullAddress(full(from))),
        addressed_to: message.to.as_ref().map(|to| BareAddress(to.to_bare())),
        stanza_type: stanza_type(&message),
        id: message.id.clone(),
        encrypted: deliver.encrypted.as_ref().map(|encrypted| encrypted_part(encrypted, sender)),
        clear: clear(&deliver.stanza),
        carbon_from: carbon_from.map(Address),
        delayed_since: delays.iter().find(|delay| is_of_server(delay, own)).map(|delay| delay.stamp.into()),
    })
}

fn encrypted_part(encrypted: &Decrypted, sender: Option<KeyName>) -> EncryptedPart {
    let with = encrypted.encryption.parse().ok();
    EncryptedPart { with, key: sender, xml: encrypted.content.clone() }
}

/// Whether the own server wrote the stamp. A stamp of somebody else says nothing.
fn is_of_server(delay: &Delay, own: &BareJid) -> bool {
    delay.from.as_ref().is_none_or(|jid| jid.localpart().is_none() && jid.domain() == own.domain())
}

fn stanza_type(message: &Message) -> StanzaType {
    match message.message_type {
        MessageType::Chat => StanzaType::Chat,
        MessageType::Error => StanzaType::Error,
        MessageType::Groupchat => StanzaType::Groupchat,
        MessageType::Headline => StanzaType::Headline,
        MessageType::Normal => StanzaType::Normal,
    }
}

/// A bare JID gets a resource that no endpoint has.
fn full(jid: Jid) -> FullJid {
    match jid.try_into_full() {
        Ok(full) => full,
        Err(bare) => bare.with_resource("no-resource").expect("a valid resource"),
    }
}

/// The first element in the clear that should be encrypted, as it is written.
fn clear(stanza: &str) -> Option<String> {
    let document = roxmltree::Document::parse(stanza).ok()?;
    let is_clear = |node: &Node<'_, '_>| {
        CLEAR.contains(&(node.tag_name().namespace().unwrap_or_default(), node.tag_name().name()))
    };
    let found = document.descendants().find(is_clear)?;
    Some(stanza[found.range()].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(stanza: &str) -> DeliverStep {
        let (device, account) = ("alice/phone".parse().unwrap(), "alice@example.org".parse().unwrap());
        let receiver = Receiver { name: &device, account: &account };
        let deliver = DeliverStanza {
            device: "me".to_owned(),
            now: "2020-01-01T12:00:00Z".to_owned(),
            stanza: stanza.to_owned(),
            encrypted: None,
        };
        deliver_step(&deliver, &receiver, None).unwrap()
    }

    const INNER: &str = "<message xmlns='jabber:client' type='chat' from='bob@example.com/phone' \
                         to='alice@example.org'><encrypted xmlns='urn:xmpp:omemo:2'/></message>";

    fn forwarded(delay_from: &str) -> String {
        format!(
            "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' from='{delay_from}' \
             stamp='2020-01-01T11:00:00Z'/>{INNER}</forwarded>"
        )
    }

    #[test]
    fn a_result_of_the_own_archive_is_the_message_in_it() {
        let result = format!("<result xmlns='urn:xmpp:mam:2' id='1'>{}</result>", forwarded("example.org"));
        let step =
            step(&format!("<message xmlns='jabber:client' from='alice@example.org'>{result}</message>"));
        assert_eq!(step.from.unwrap().0.to_string(), "bob@example.com/phone");
        assert_eq!(step.carbon_from, None);
        assert!(step.delayed_since.is_some());
    }

    #[test]
    fn only_the_own_server_delays() {
        let delayed = |from: &str| {
            let delay = format!("<delay xmlns='urn:xmpp:delay' from='{from}' stamp='2020-01-01T11:00:00Z'/>");
            step(&INNER.replace("</message>", &format!("{delay}</message>"))).delayed_since.is_some()
        };
        assert!(delayed("example.org"));
        assert!(!delayed("example.com"));
        assert!(!delayed("bob@example.org"));
    }

    #[test]
    fn a_carbon_names_its_sender() {
        let sent = format!("<sent xmlns='urn:xmpp:carbons:2'>{}</sent>", forwarded("example.org"));
        let carbon =
            |from: &str| step(&format!("<message xmlns='jabber:client' from='{from}'>{sent}</message>"));
        assert_eq!(carbon("alice@example.org").carbon_from.unwrap().0.to_string(), "alice@example.org");
        assert_eq!(carbon("mallory@example.net").carbon_from.unwrap().0.to_string(), "mallory@example.net");
    }

    #[test]
    fn a_trust_message_in_the_clear_is_kept_as_it_is_written() {
        let clear = "<trust-message xmlns=\"urn:xmpp:tm:1\" usage='urn:xmpp:atm:1'  />";
        let stanza = INNER.replace("</message>", &format!("<body>Hello</body>{clear}</message>"));
        assert_eq!(step(&stanza).clear.as_deref(), Some(clear));
        assert_eq!(step(INNER).clear, None);
    }
}
