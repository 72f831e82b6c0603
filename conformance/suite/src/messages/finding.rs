use atm_simulator::scenario::DeviceName;

/// A violation of a requirement in a message of an implementation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageFinding {
    /// The id of the requirement.
    pub requirement: &'static str,
    /// The demanded form.
    pub expected: &'static str,
    /// The observed form.
    pub observed: String,
    /// Whether receivers can still read the message.
    pub content: Content,
    /// The sender and the time of the message, if they are known.
    pub sent: Option<Sent>,
}

/// The sender and the time of a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// The step of the scenario, counted from 0; `None` before the first.
    pub in_step: Option<usize>,
    /// The device.
    pub by: DeviceName,
}

impl MessageFinding {
    /// The same, of a message that this device sent in this step.
    #[must_use]
    pub fn sent(self, by: &DeviceName, in_step: Option<usize>) -> Self {
        Self { sent: Some(Sent { in_step, by: by.clone() }), ..self }
    }

    /// Whether it is the same violation as another one, perhaps in another message.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let kind = |found: &Self| (found.requirement, found.expected, found.content);
        kind(self) == kind(other) && self.observed == other.observed
    }
}

/// The effect of a violation on the content of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// Receivers can read the content.
    Read,
    /// The content is lost for all receivers.
    Lost,
}

/// The possible violations in a message, each with the requirement that it breaks.
pub mod findings {
    use atm_engine::codec::Malformed;

    use super::{Content, MessageFinding};
    use crate::requirements::{self, Observability, Requirement};

    /// The requirements that are checked on every message.
    pub fn requirements() -> impl Iterator<Item = &'static Requirement> {
        requirements::all().filter(|requirement| requirement.coverage == Observability::Messages)
    }

    /// Whether the requirement with this id is checked on every message.
    #[must_use]
    pub fn are_about(id: &str) -> bool {
        requirements().any(|requirement| requirement.id == id)
    }

    /// A trust message is sent without encryption.
    #[must_use]
    pub fn not_encrypted(what: &str) -> [MessageFinding; 2] {
        let observed = format!("not encrypted: {what}");
        [
            lost("xep-0434/structure/encrypted-written", "trust messages are encrypted", observed.clone()),
            lost("xep-0434/encrypted/signed-written", "trust messages are signed and encrypted", observed),
        ]
    }

    /// A trust message is in the clear, beside an encrypted part.
    #[must_use]
    pub fn in_the_clear(what: &str) -> MessageFinding {
        finding(
            "xep-0420/server-processed/nothing-outside-written",
            "what belongs into the envelope does not stand outside of it",
            format!("in the clear: {what}"),
        )
    }

    /// A message has a type other than `chat`.
    #[must_use]
    pub fn not_chat(found: &str) -> MessageFinding {
        finding("xep-0434/structure/chat-written", "the stanza is of the type chat", format!("type {found}"))
    }

    /// A message has no `<store/>` hint. XEP-0434 wants the hint so that the message reaches endpoints that are offline.
    /// It does if it has a `<body/>`, since servers store such messages.
    #[must_use]
    pub fn no_store_hint(has_body: bool) -> Vec<MessageFinding> {
        let broken: &[_] = match has_body {
            true => &["xep-0420/rules/store-written"],
            false => &["xep-0434/structure/store-written", "xep-0420/rules/store-written"],
        };
        let found = broken
            .iter()
            .map(|requirement| finding(requirement, "the stanza has a <store/> hint", "no hint".to_owned()));
        found.collect()
    }

    /// A stanza has a `<body/>` beside its encrypted part.
    #[must_use]
    pub fn body() -> MessageFinding {
        let observed = "a <body/> in the clear".to_owned();
        finding("xep-0420/sending/no-body-written", "no <body/> beside an encrypted envelope", observed)
    }

    /// An envelope contains an element for servers.
    #[must_use]
    pub fn server_element_inside(element: &str) -> MessageFinding {
        finding(
            "xep-0420/server-processed/nothing-inside-written",
            "what is for servers does not stand in the envelope",
            format!("<{element}/> in it"),
        )
    }

    /// The encrypted content is no envelope with a trust message.
    #[must_use]
    pub fn malformed(malformed: &Malformed, content: &str) -> MessageFinding {
        let quoted = atm_adapter_protocol::quoted(content);
        let expected = "an envelope with a trust message, as the XEPs describe them";
        let found = lost(broken_by(malformed), expected, format!("{malformed}, in {quoted}"));
        match malformed {
            // The message contradicts itself, and a device must choose one of the decisions.
            Malformed::Contradiction { .. } => MessageFinding { content: Content::Read, ..found },
            _ => found,
        }
    }

    /// The requirement that a malformed envelope or trust message breaks.
    fn broken_by(malformed: &Malformed) -> &'static str {
        match malformed {
            Malformed::WrongNamespace { .. } => "xep-0434/structure/namespace-written",
            Malformed::MissingUsage => "xep-0434/structure/usage-written",
            Malformed::BadNamespace { attribute, .. } if *attribute == "usage" => {
                "xep-0434/structure/usage-written"
            }
            Malformed::MissingEncryption | Malformed::BadNamespace { .. } => {
                "xep-0434/structure/encryption-written"
            }
            Malformed::NoKeyOwner => "xep-0434/structure/key-owners-written",
            Malformed::MissingJid { .. } | Malformed::FullJidOwner { .. } | Malformed::BadJid { .. } => {
                "xep-0434/structure/key-owner-written"
            }
            Malformed::OwnerWithoutDecision { .. } => "xep-0434/structure/verdicts-written",
            Malformed::BadBase64 { .. } | Malformed::BadBase16 { .. } => {
                "xep-0434/structure/identifier-written"
            }
            Malformed::EmptyKey { .. } | Malformed::KeyLength { .. } => {
                "xep-0434/structure/identifier-kind-written"
            }
            Malformed::Contradiction { .. } => "atm/messages/one-verdict-written",
            Malformed::MissingStamp { .. } | Malformed::BadTime { .. } => "xep-0420/affixes/time-written",
            Malformed::MissingElement { element, .. } if *element == "trust-message" => {
                "xep-0434/structure/one-element-written"
            }
            Malformed::RepeatedElement { element, .. } if *element == "trust-message" => {
                "xep-0434/structure/one-element-written"
            }
            Malformed::UnknownElement { parent, .. } if parent == "<key-owner/>" => {
                "xep-0434/structure/verdicts-written"
            }
            Malformed::UnknownElement { parent, .. } if parent == "<trust-message/>" => {
                "xep-0434/structure/key-owners-written"
            }
            // The envelope is malformed or contains an element that does not belong there.
            _ => "xep-0434/encrypted/content-written",
        }
    }

    /// A key identifier lacks its Base64 padding.
    #[must_use]
    pub fn unpadded(identifier: &str) -> MessageFinding {
        finding(
            "xep-0434/structure/identifier-written",
            "key identifiers are Base64, with padding",
            format!("{identifier} has none"),
        )
    }

    /// An envelope has no `<rpad/>`.
    #[must_use]
    pub fn no_rpad() -> MessageFinding {
        finding("xep-0434/sce-profile/rpad-written", "the envelope has an <rpad/>", "none".to_owned())
    }

    /// An envelope has no `<time/>`, or one that differs from the sender's clock.
    #[must_use]
    pub fn wrong_time(observed: String) -> MessageFinding {
        finding("xep-0434/sce-profile/time-written", "the envelope has the <time/> of its writing", observed)
    }

    /// An envelope has no `<from/>`, or one with another account.
    #[must_use]
    pub fn wrong_from(observed: String) -> MessageFinding {
        let expected = "the envelope has the sender's account in <from/>";
        finding("xep-0434/sce-profile/from-written", expected, observed)
    }

    /// An envelope has no `<to/>`, or one with another account.
    #[must_use]
    pub fn wrong_to(observed: String) -> MessageFinding {
        let expected = "the envelope has the addressed account in <to/>";
        finding("xep-0434/sce-profile/to-written", expected, observed)
    }

    /// `<from/>` contains a full JID instead of a bare one.
    #[must_use]
    pub fn full_from(jid: &str) -> MessageFinding {
        finding("xep-0420/affixes/from-written", "<from/> holds a bare JID", format!("it holds {jid}"))
    }

    /// `<to/>` contains a full JID instead of a bare one.
    #[must_use]
    pub fn full_to(jid: &str) -> MessageFinding {
        finding("xep-0420/affixes/to-written", "<to/> holds a bare JID", format!("it holds {jid}"))
    }

    /// A trust message has the usage of another protocol.
    #[must_use]
    pub fn wrong_usage() -> MessageFinding {
        let observed = "another usage".to_owned();
        finding("xep-0434/structure/usage-written", "usage is urn:xmpp:atm:1", observed)
    }

    /// A trust message names an encryption other than the one that carries it.
    #[must_use]
    pub fn wrong_encryption(found: &str) -> MessageFinding {
        let expected = "encryption is the protocol that carries the message";
        finding("xep-0434/structure/encryption-written", expected, found.to_owned())
    }

    /// The code that a device shows is invalid or does not trust its key.
    #[must_use]
    pub fn wrong_code(requirement: &'static str, found: String) -> MessageFinding {
        let expected = "the code that a device shows is a Trust Message URI that trusts its key";
        finding(requirement, expected, found)
    }

    fn finding(requirement: &'static str, expected: &'static str, observed: String) -> MessageFinding {
        MessageFinding { requirement, expected, observed, content: Content::Read, sent: None }
    }

    /// A finding that leaves the message unreadable.
    fn lost(requirement: &'static str, expected: &'static str, observed: String) -> MessageFinding {
        MessageFinding { content: Content::Lost, ..finding(requirement, expected, observed) }
    }
}

#[cfg(test)]
mod tests {
    use super::findings::no_store_hint;
    use crate::requirements;

    /// XEP-0313 (Business Rules) recommends to store messages with a `<body/>`.
    #[test]
    fn a_message_with_a_body_needs_no_hint_to_be_stored() {
        let broken = |has_body| -> Vec<&str> {
            no_store_hint(has_body).iter().map(|found| found.requirement).collect()
        };
        assert_eq!(broken(false), ["xep-0434/structure/store-written", "xep-0420/rules/store-written"]);
        assert_eq!(broken(true), ["xep-0420/rules/store-written"]);
    }

    #[test]
    fn what_is_found_breaks_requirements_that_there_are() {
        let source = include_str!("finding.rs");
        let quoted = source.split('"').filter(|text| text.starts_with("xep-") || text.starts_with("atm/"));
        let mut checked = 0;
        for id in quoted.filter(|id| id.len() > "xep-".len()) {
            assert!(requirements::find(id).is_some(), "{id}");
            checked += 1;
        }
        assert!(checked > 20);
    }
}
