//! The demanded form of the messages that a device sends, as rules about their XML.

use serde::{Deserialize, Serialize};

/// The greatest difference in seconds between the time of a message and the clock of its sender.
const TOLERANCE: u32 = 2;

/// A demand on the XML of each message. An element has the form `{namespace}name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct FormRule {
    /// The id of the requirement that a message breaks otherwise.
    pub requirement: String,
    /// The part of a message with the element.
    pub part: MessagePart,
    /// The element, at any depth.
    pub element: String,
    /// The demand on each of these elements, or on their number.
    #[serde(flatten)]
    pub demand: FormDemand,
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MessagePart {
    /// The stanza as the server sees it.
    Stanza,
    /// The encrypted content.
    Content,
}

/// A demand on elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "demand", rename_all = "kebab-case")]
pub enum FormDemand {
    /// There is at least one.
    Present,
    /// There is none.
    Absent,
    /// There is exactly one.
    Single,
    /// An attribute has this value.
    Attribute {
        /// The attribute.
        name: String,
        /// The value.
        value: String,
    },
    /// An attribute is a bare or full JID of this account.
    Account {
        /// The attribute.
        name: String,
        /// The bare JID of the account.
        value: String,
    },
    /// An attribute is the bare JID to which the stanza is addressed. Without `to`, that is the own account.
    Addressee {
        /// The attribute.
        name: String,
    },
    /// An attribute is the time of the input, or a later one that an input stated before. A message that is sent again has
    /// its old time.
    Now {
        /// The attribute.
        name: String,
        /// The greatest difference in seconds.
        tolerance: u32,
    },
    /// The text without its white space is Base64 with padding.
    Base64,
}

/// The rules for the messages of an account with this encryption.
pub(super) fn rules(account: &str, encryption: &str) -> Vec<FormRule> {
    use FormDemand::{Absent, Addressee, Base64, Now, Present, Single};
    use MessagePart::{Content, Stanza};
    let attribute =
        |name: &str, value: &str| FormDemand::Attribute { name: name.to_owned(), value: value.to_owned() };
    let jid = || "jid".to_owned();
    let own = FormDemand::Account { name: jid(), value: account.to_owned() };
    let rules = [
        ("xep-0434/structure/chat-written", Stanza, "{jabber:client}message", attribute("type", "chat")),
        ("xep-0434/structure/store-written", Stanza, "{urn:xmpp:hints}store", Present),
        ("xep-0420/sending/no-body-written", Stanza, "{jabber:client}body", Absent),
        ("xep-0420/server-processed/nothing-outside-written", Stanza, "{urn:xmpp:sce:1}envelope", Absent),
        ("xep-0420/server-processed/nothing-outside-written", Stanza, "{urn:xmpp:tm:1}trust-message", Absent),
        ("xep-0420/server-processed/nothing-inside-written", Content, "{urn:xmpp:hints}store", Absent),
        ("xep-0420/server-processed/nothing-inside-written", Content, "{urn:xmpp:eme:0}encryption", Absent),
        ("xep-0434/encrypted/content-written", Content, "{urn:xmpp:sce:1}envelope", Single),
        ("xep-0434/sce-profile/rpad-written", Content, "{urn:xmpp:sce:1}rpad", Present),
        ("xep-0434/sce-profile/time-written", Content, "{urn:xmpp:sce:1}time", Present),
        (
            "xep-0434/sce-profile/time-written",
            Content,
            "{urn:xmpp:sce:1}time",
            Now { name: "stamp".to_owned(), tolerance: TOLERANCE },
        ),
        ("xep-0434/sce-profile/from-written", Content, "{urn:xmpp:sce:1}from", Present),
        ("xep-0434/sce-profile/from-written", Content, "{urn:xmpp:sce:1}from", own),
        ("xep-0434/sce-profile/to-written", Content, "{urn:xmpp:sce:1}to", Present),
        ("xep-0434/sce-profile/to-written", Content, "{urn:xmpp:sce:1}to", Addressee { name: jid() }),
        ("xep-0434/structure/one-element-written", Content, "{urn:xmpp:tm:1}trust-message", Single),
        (
            "xep-0434/structure/usage-written",
            Content,
            "{urn:xmpp:tm:1}trust-message",
            attribute("usage", "urn:xmpp:atm:1"),
        ),
        (
            "xep-0434/structure/encryption-written",
            Content,
            "{urn:xmpp:tm:1}trust-message",
            attribute("encryption", encryption),
        ),
        ("xep-0434/structure/key-owners-written", Content, "{urn:xmpp:tm:1}key-owner", Present),
        ("xep-0434/structure/identifier-written", Content, "{urn:xmpp:tm:1}trust", Base64),
        ("xep-0434/structure/identifier-written", Content, "{urn:xmpp:tm:1}distrust", Base64),
    ];
    let rule = |(requirement, part, element, demand): (&str, _, &str, _)| FormRule {
        requirement: requirement.to_owned(),
        part,
        element: element.to_owned(),
        demand,
    };
    rules.into_iter().map(rule).collect()
}
