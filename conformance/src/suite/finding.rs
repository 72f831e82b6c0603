/// Something in a message of an implementation that a requirement forbids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The requirement, by its id.
    pub requirement: &'static str,
    /// What is demanded.
    pub expected: &'static str,
    /// What is there instead.
    pub observed: String,
}

/// What can be wrong with a message, each with the requirement that it breaks.
pub mod findings {
    use atm_engine::codec::Malformed;

    use super::Finding;

    /// The ids of all requirements that are checked on each message.
    pub const REQUIREMENTS: [&str; 13] = [
        ENCRYPTED,
        AUTHENTICATED,
        CHAT,
        STORE,
        MALFORMED,
        RPAD,
        TIME,
        FROM,
        TO,
        BARE,
        USAGE,
        ENCRYPTION,
        OWN_ACCOUNT,
    ];

    const ENCRYPTED: &str = "xep-0434/messages/encrypted";
    const AUTHENTICATED: &str = "xep-0434/messages/authenticated-keys";
    const CHAT: &str = "xep-0434/messages/chat";
    const STORE: &str = "xep-0434/messages/store-hint";
    const MALFORMED: &str = "xep-0434/messages/well-formed";
    const RPAD: &str = "xep-0434/messages/rpad";
    const TIME: &str = "xep-0434/messages/time";
    const FROM: &str = "xep-0434/messages/from";
    const TO: &str = "xep-0434/messages/to";
    const BARE: &str = "xep-0420/messages/bare-jids";
    const USAGE: &str = "xep-0434/messages/usage";
    const ENCRYPTION: &str = "xep-0434/messages/encryption";
    const OWN_ACCOUNT: &str = "xep-0450/messages/own-account";

    /// A trust message stands in the clear.
    #[must_use]
    pub fn in_the_clear(what: &str) -> Finding {
        finding(ENCRYPTED, "trust messages are encrypted", format!("in the clear: {what}"))
    }

    /// A message is encrypted for a key that is not authenticated.
    #[must_use]
    pub fn not_authenticated(key: &str, level: &str) -> Finding {
        finding(
            AUTHENTICATED,
            "trust messages are encrypted for authenticated keys only",
            format!("encrypted for {key}, which is {level}"),
        )
    }

    /// A message has another type than `chat`.
    #[must_use]
    pub fn not_chat(found: &str) -> Finding {
        finding(CHAT, "the stanza is of the type chat", format!("type {found}"))
    }

    /// A message has no `<store/>` hint.
    #[must_use]
    pub fn no_store_hint() -> Finding {
        finding(STORE, "the stanza has a <store/> hint", "no hint".to_owned())
    }

    /// What is encrypted is no envelope around a trust message.
    #[must_use]
    pub fn malformed(malformed: &Malformed, content: &str) -> Finding {
        let quoted = crate::adapter::quoted(content);
        let observed = format!("{malformed}, in {quoted}");
        finding(MALFORMED, "an envelope with a trust message, as the XEPs describe them", observed)
    }

    /// An envelope has no `<rpad/>`.
    #[must_use]
    pub fn no_rpad() -> Finding {
        finding(RPAD, "the envelope has an <rpad/>", "none".to_owned())
    }

    /// An envelope has no `<time/>`, or another one than the sender's clock shows.
    #[must_use]
    pub fn wrong_time(observed: String) -> Finding {
        finding(TIME, "the envelope has the <time/> of its writing", observed)
    }

    /// An envelope has no `<from/>`, or another account's.
    #[must_use]
    pub fn wrong_from(observed: String) -> Finding {
        finding(FROM, "the envelope has the sender's account in <from/>", observed)
    }

    /// An envelope has no `<to/>`, or another account's.
    #[must_use]
    pub fn wrong_to(observed: String) -> Finding {
        finding(TO, "the envelope has the addressed account in <to/>", observed)
    }

    /// An affix names an endpoint where an account belongs.
    #[must_use]
    pub fn full_jid(element: &str, jid: &str) -> Finding {
        finding(BARE, "<from/> and <to/> hold bare JIDs", format!("<{element}/> holds {jid}"))
    }

    /// A trust message is for another protocol than ATM.
    #[must_use]
    pub fn wrong_usage() -> Finding {
        finding(USAGE, "usage is urn:xmpp:atm:1", "another usage".to_owned())
    }

    /// A trust message is about keys of another encryption protocol than the one that carries it.
    #[must_use]
    pub fn wrong_encryption(found: &str) -> Finding {
        finding(ENCRYPTION, "encryption is the protocol that carries the message", found.to_owned())
    }

    /// A contact is told about others.
    #[must_use]
    pub fn third_party(to: &str, key: &str) -> Finding {
        finding(
            OWN_ACCOUNT,
            "contacts are told about keys of the sender's account only",
            format!("tells {to} about {key}"),
        )
    }

    fn finding(requirement: &'static str, expected: &'static str, observed: String) -> Finding {
        Finding { requirement, expected, observed }
    }
}
