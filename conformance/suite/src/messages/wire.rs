//! The stanzas of a case in the form that adapters read and write.

use std::cell::RefCell;
use std::rc::Rc;

use atm_adapter_protocol::protocol::{Decrypted, SentStanza};
use atm_engine::codec::{
    Carbon, CarbonDirection, Delay, Malformed, Message, MessageStanza, MessageType, NamedEnvelope,
};
use atm_engine::jid::{FullJid, Jid};
use atm_engine::{Directory, MessageId, MessageRef, Payload, Protection, Received, Stamp};
use atm_simulator::scenario::{self, StanzaType};
use rustc_hash::FxHashMap;

use super::names;

/// The padding of stanzas that this crate writes.
const PADDING: &str = "2bqdJq0W3";

/// The stanzas that adapters sent in this case, kept verbatim for other adapters.
#[derive(Clone, Debug, Default)]
pub struct Wire(Rc<RefCell<FxHashMap<MessageRef, SentStanza>>>);

impl Wire {
    /// Keeps a sent stanza.
    pub(crate) fn keep(&self, id: MessageRef, stanza: SentStanza) {
        self.0.borrow_mut().insert(id, stanza);
    }

    /// The encrypted content of a received stanza, exactly as an adapter wrote it.
    pub(crate) fn content(&self, received: &Received) -> Option<String> {
        let sent = self.0.borrow();
        let encrypted = sent.get(&received.id?)?.encrypted.as_ref()?;
        Some(encrypted.content.clone())
    }

    /// The stanza and the decrypted content that `receiver` gets when the world delivers `received`.
    ///
    /// # Errors
    ///
    /// Returns an error if the content cannot be written because an affix is missing.
    pub(crate) fn arriving(
        &self,
        received: &Received,
        receiver: &FullJid,
        names: &Directory,
    ) -> Result<(String, Option<Decrypted>), String> {
        let Protection::Encrypted { with, by } = received.protection else {
            return Err("the world delivers only what was encrypted".to_owned());
        };
        let encryption = names.encryption_name(with).to_string();
        let content = match self.content(received) {
            Some(content) => content,
            None => content(&received.payload, names)?,
        };
        let sender = by.map(|key| names::key(key, names));
        let from: Jid = names.full_jid(received.from).clone().into();
        let to: Jid = names.jid(received.to).clone().into();
        let sender_jid = names.full_jid(received.from);
        let id = received
            .id
            .map_or_else(|| "0".to_owned(), |id| MessageId::new(sender_jid, id.number).to_string());
        let message = Stanza {
            message_type: MessageType::Chat,
            from: Some(from),
            to,
            id,
            encryption: Some(encryption.clone()),
            clear: None,
            delayed_since: received.delayed_since,
            carbon_from: received.carbon_from.map(|from| from.jid(names)),
        };
        Ok((message.to_xml(receiver), Some(Decrypted { encryption, sender, content })))
    }
}

/// The stanza and the decrypted content that `receiver` gets from a handmade stanza.
pub(crate) fn hand_made(
    written: &scenario::DeliverStep,
    parts: &[Received],
    receiver: &FullJid,
    names: &Directory,
) -> (String, Option<Decrypted>) {
    let encrypted = written.encrypted.as_ref().zip(parts.iter().find_map(|part| match part.protection {
        Protection::Encrypted { with, by } => Some((with, by)),
        Protection::None => None,
    }));
    let encrypted = encrypted.map(|(encrypted, (with, by))| Decrypted {
        encryption: names.encryption_name(with).to_string(),
        sender: by.map(|key| names::key(key, names)),
        content: encrypted.xml.trim().to_owned(),
    });
    let from: Option<Jid> = written.from.as_ref().map(|from| from.0.clone().into());
    let to: Jid = match &written.addressed_to {
        Some(jid) => jid.0.clone().into(),
        None => receiver.to_bare().into(),
    };
    let stanza = Stanza {
        message_type: match written.stanza_type {
            StanzaType::Chat => MessageType::Chat,
            StanzaType::Error => MessageType::Error,
            StanzaType::Groupchat => MessageType::Groupchat,
            StanzaType::Headline => MessageType::Headline,
            StanzaType::Normal => MessageType::Normal,
        },
        id: written.id.clone().unwrap_or_else(|| {
            let content = encrypted.as_ref().map_or("", |encrypted| &encrypted.content);
            format!("by-hand-{:016x}", digest([content, written.clear.as_deref().unwrap_or_default()]))
        }),
        from,
        to,
        encryption: encrypted.as_ref().map(|encrypted| encrypted.encryption.clone()),
        clear: written.clear.as_deref().map(str::trim),
        delayed_since: written.delayed_since.map(scenario::DateTime::stamp),
        carbon_from: written.carbon_from.as_ref().map(|jid| jid.0.clone()),
    };
    (stanza.to_xml(receiver), encrypted)
}

/// A hash of the content (FNV-1a). Equal stanzas get equal ids, others different ones.
fn digest(parts: [&str; 2]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A stanza for delivery to a device.
struct Stanza<'a> {
    message_type: MessageType,
    /// The sender. The own server may leave it out.
    from: Option<Jid>,
    to: Jid,
    id: String,
    /// The namespace of the encryption, if the stanza has an encrypted part.
    encryption: Option<String>,
    /// The XML in the clear, which may be malformed.
    clear: Option<&'a str>,
    delayed_since: Option<Stamp>,
    carbon_from: Option<Jid>,
}

impl Stanza<'_> {
    fn to_xml(&self, receiver: &FullJid) -> String {
        let delays: Vec<Delay> = self.delayed_since.iter().map(|stamp| delay(*stamp, receiver)).collect();
        let message = |delays| Message {
            message_type: self.message_type,
            from: self.from.clone(),
            to: Some(self.to.clone()),
            id: Some(self.id.clone()),
            has_store_hint: true,
            encrypted: self.encryption.iter().cloned().collect(),
            delays,
            clear: Vec::new(),
        };
        let stanza = match &self.carbon_from {
            None => MessageStanza { message: message(delays), carbon: None, archived: None },
            Some(account) => MessageStanza {
                message: Message {
                    message_type: self.message_type,
                    from: Some(account.clone()),
                    to: Some(receiver.clone().into()),
                    id: None,
                    has_store_hint: false,
                    encrypted: Vec::new(),
                    delays: Vec::new(),
                    clear: Vec::new(),
                },
                carbon: Some(Carbon {
                    direction: if self.from.as_ref().is_none_or(|from| from.to_bare() == receiver.to_bare()) {
                        CarbonDirection::Sent
                    } else {
                        CarbonDirection::Received
                    },
                    delays,
                    message: message(Vec::new()),
                }),
                archived: None,
            },
        };
        let xml = stanza.to_xml();
        match self.clear {
            None => xml,
            // Handmade XML may be malformed, so it is inserted verbatim, before the only store hint: that of the inner
            // message.
            Some(clear) => xml.replacen("<store", &format!("{clear}<store"), 1),
        }
    }
}

fn delay(stamp: Stamp, receiver: &FullJid) -> Delay {
    let server = Jid::new(receiver.domain()).expect("the domain of a JID is one");
    Delay { from: Some(server), stamp }
}

fn content(payload: &Payload, names: &Directory) -> Result<String, String> {
    match payload {
        Payload::Parsed(envelope) => NamedEnvelope::of(envelope, PADDING, names)
            .map(|envelope| envelope.to_xml())
            .map_err(|reason| reason.to_string()),
        Payload::Malformed(malformed) => Err(Malformed::to_string(malformed)),
    }
}

#[cfg(test)]
mod tests {
    use atm_simulator::scenario::{Catalog, Scenario};
    use atm_simulator::script::{Action, Script};

    use super::hand_made;

    /// The stanza that arrives in a scenario with a single `deliver` step.
    fn written(deliver: &str) -> String {
        let text = format!(
            "format: 1\ntitle: One stanza\nrequirements: [xep-0434/structure/signed]\naccounts: {{ alice: {{ devices: {{ phone: \
             }} }} }}\nsteps:\n  - deliver: {{ to: alice/phone, {deliver} }}\n"
        );
        let scenario = Scenario::parse("deliver.yaml", &text, &Catalog::unchecked()).expect("a scenario");
        let script = Script::new(&scenario).expect("it can be cast");
        let Action::Deliver(device, stanza) = &script.actions[0] else { panic!("it delivers") };
        let names = script.cast.directory();
        let receiver = names.full_jid(script.cast.member(*device).endpoint);
        let (xml, _) = hand_made(&stanza.written, &stanza.parts, receiver, names);
        xml
    }

    #[test]
    fn a_stanza_has_the_type_that_the_scenario_gives() {
        let types = ["chat", "error", "groupchat", "headline", "normal"];
        for given in types {
            let xml = written(&format!("from: bob@example.org/phone, type: {given}, clear: <body/>"));
            assert!(xml.contains(&format!("type='{given}'")), "{xml}");
        }
        assert!(written("from: bob@example.org/phone, clear: <body/>").contains("type='chat'"));
    }

    #[test]
    fn a_stanza_without_a_sender_has_no_from() {
        let xml = written("clear: <body/>");
        assert!(!xml.contains("from="), "{xml}");
        assert!(xml.contains("to='alice@example.org'"), "{xml}");
    }

    #[test]
    fn stanzas_have_the_same_id_if_they_say_the_same() {
        let id = |stanza: &str| {
            let xml = written(&format!("from: bob@example.org/phone, clear: {stanza}"));
            xml.split("id='").nth(1).and_then(|rest| rest.split('\'').next()).expect("an id").to_owned()
        };
        assert_eq!(id("<body>one</body>"), id("<body>one</body>"));
        assert_ne!(id("<body>one</body>"), id("<body>two</body>"));
    }
}
