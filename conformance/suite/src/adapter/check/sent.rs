use atm_adapter_protocol::protocol::{EncryptedContent, SentStanza};
use atm_engine::codec::{MessageStanza, MessageType, NamedEnvelope};

use super::walk::{BOB, PHONE, Stop, TABLET, Walk, key, wrong};
use crate::messages::clear_content;
use crate::messages::names;

/// The reason why a recommendation is noted.
const RECOMMENDED: &str = "XEP-0434 recommends it, and XEP-0450 demands what XEP-0434 recommends";

impl Walk {
    /// Checks a sent stanza. Returns its addressee and the number of keys that can decrypt it.
    pub(super) fn look(&mut self, sent: &SentStanza) -> Result<(String, usize), Stop> {
        let message = match MessageStanza::parse(&sent.stanza) {
            Ok(stanza) => stanza.message,
            Err(malformed) => {
                return wrong(
                    format!("`stanza` is none: {malformed}"),
                    "the namespace jabber:client is missing",
                );
            }
        };
        if let Some(clear) = clear_content(&message.clear) {
            return wrong(
                format!("in the clear, `stanza` holds {clear}"),
                "what was encrypted belongs into `encrypted.content` only; in `stanza`, an empty <encrypted/> stands for it",
            );
        }
        let Some(EncryptedContent { keys, content, .. }) = &sent.encrypted else {
            return wrong("a stanza is not encrypted", "`encrypted` was forgotten");
        };
        let envelope = match NamedEnvelope::parse(content) {
            Ok(envelope) => envelope,
            Err(malformed) => {
                return wrong(
                    format!("`content` is no envelope with a trust message: {malformed}"),
                    "`content` is what is encrypted: the whole <envelope/>, and nothing else",
                );
            }
        };
        for key in keys {
            if ![PHONE, TABLET, BOB].into_iter().any(|device| self::key(device) == *key) {
                return wrong(
                    format!("it is encrypted for {}, which nobody has", key.describe()),
                    "an identifier was decoded twice or as Base16, or owner and key were mixed up",
                );
            }
        }
        self.look_at_affixes(&envelope)?;
        if message.message_type != MessageType::Chat {
            let found = message.message_type.as_str();
            self.note(format!("a stanza is of the type {found}, not chat: {RECOMMENDED}"));
        }
        if !message.has_store_hint {
            self.note(format!("a stanza has no <store/> hint: {RECOMMENDED}"));
        }
        let to = message.to.map_or_else(|| "the own account".to_owned(), |jid| jid.to_string());
        Ok((to, keys.len()))
    }

    fn look_at_affixes(&mut self, envelope: &NamedEnvelope) -> Result<(), Stop> {
        let must = "XEP-0434 demands <rpad/> and <time/> in each envelope (MUST)";
        if envelope.padding.is_none() {
            return wrong("an envelope has no <rpad/>", must);
        }
        let Some(time) = envelope.time else { return wrong("an envelope has no <time/>", must) };
        if self.has_injected_clock() && time.as_millis().abs_diff(self.clock.as_millis()) > 2_000 {
            return wrong(
                format!("its <time/> is {}, but `now` is {}", names::time(time), names::time(self.clock)),
                "the clock is not injected everywhere: say `\"clock\": \"system\"`, or pass `now` on",
            );
        }
        for (name, affix) in [("from", &envelope.from), ("to", &envelope.to)] {
            if affix.is_none() {
                self.note(format!("an envelope has no <{name}/>: {RECOMMENDED}"));
            }
        }
        Ok(())
    }
}
