use super::date_time::{stamp_from_date_time, stamp_to_date_time};
use super::element::{Element, Parent};
use super::reader::read_element;
use super::writer::write_element;
use crate::codec::address::read_jid;
use crate::codec::namespace::{CARBONS, CLIENT, DELAY, FORWARD, HINTS, SCE, TRUST_MESSAGES};
use crate::codec::{Malformed, NamedEnvelope, NamedTrustMessage};
use crate::jid::Jid;
use crate::names::Stamp;

/// A `<message/>` stanza as it comes from or goes to a server, possibly a carbon around another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageStanza {
    /// The stanza itself.
    pub message: Message,
    /// What it forwards, if it is a carbon. Only the own bare JID may send one (XEP-0280 §7): whether
    /// `message.from` is that one is for the reader to check.
    pub carbon: Option<Carbon>,
}

/// A copy of a message that another endpoint of the account sent or received (XEP-0280).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carbon {
    /// Which of the two.
    pub direction: CarbonDirection,
    /// The stamps beside the forwarded message (XEP-0297 §3).
    pub delays: Vec<Delay>,
    /// The message.
    pub message: Message,
}

/// Whether a carbon's message came in or went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarbonDirection {
    /// Another own endpoint received it: `<received/>`.
    Received,
    /// Another own endpoint sent it: `<sent/>`.
    Sent,
}

/// The part of a `<message/>` that is not encrypted, as far as trust messages are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its `type`.
    pub message_type: MessageType,
    /// Its sender; its own server may leave it out.
    pub from: Option<Jid>,
    /// Its recipient.
    pub to: Option<Jid>,
    /// Its `id`.
    pub id: Option<String>,
    /// Whether it asks to be stored (XEP-0334), as XEP-0434 §4 recommends.
    pub has_store_hint: bool,
    /// The namespace of an `<encrypted/>` in it, which marks where something was encrypted. What that was is not
    /// for this codec.
    pub encrypted: Option<String>,
    /// When and by whom it was held back.
    pub delays: Vec<Delay>,
    /// What stands there in the clear although it belongs in an encrypted element.
    pub clear: Vec<ClearElement>,
}

/// The `type` of a message (RFC 6121 §5.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// `chat`: the one for trust messages (XEP-0434 §4).
    Chat,
    /// `error`.
    Error,
    /// `groupchat`.
    Groupchat,
    /// `headline`.
    Headline,
    /// `normal`, none, or one that nobody knows.
    Normal,
}

/// A `<delay/>` (XEP-0203).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// Who put it there. Anybody can: the word of the own server counts.
    pub from: Option<Jid>,
    /// When the stanza was first sent.
    pub stamp: Stamp,
}

/// A direct child of a `<message/>` that is not encrypted: what it says, or why it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClearElement {
    /// A `<trust-message/>`.
    TrustMessage(Result<NamedTrustMessage, Malformed>),
    /// An `<envelope/>`.
    Envelope(Result<NamedEnvelope, Malformed>),
}

impl MessageStanza {
    /// A stanza for a trust message as XEP-0434 §4 recommends it: of the type `chat`, with a `<store/>` hint.
    #[must_use]
    pub fn chat(from: Jid, to: Jid, id: &str) -> Self {
        let message = Message {
            message_type: MessageType::Chat,
            from: Some(from),
            to: Some(to),
            id: Some(id.to_owned()),
            has_store_hint: true,
            encrypted: None,
            delays: Vec::new(),
            clear: Vec::new(),
        };
        Self { message, carbon: None }
    }

    /// Reads a `<message/>` that is the root of `xml`.
    ///
    /// Attributes and elements that are not of interest here are ignored, as RFC 6120 §8.4 demands.
    ///
    /// # Errors
    ///
    /// If it is no `<message/>` of a client's stream, has text between its elements, an address or a time in it
    /// is none, or it wraps anything but exactly one message that is no wrapper itself. A trust message in it
    /// that is refused does not make the stanza malformed.
    pub fn parse(xml: &str) -> Result<Self, Malformed> {
        let root = read_element(xml)?;
        root.expect(CLIENT, "message", &Parent::Root)?;
        Ok(Self { message: Message::read(&root)?, carbon: Carbon::read_in(&root)? })
    }

    /// Writes the `<message/>`. Of what stands in the clear, only what is not refused is written.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let message = self.message.write();
        write_element(&match &self.carbon {
            Some(carbon) => message.with_element(carbon.write()),
            None => message,
        })
    }
}

impl Carbon {
    fn read_in(message: &Element) -> Result<Option<Self>, Malformed> {
        find_carbon(message)?.map(|(element, direction)| Self::read(element, direction)).transpose()
    }

    fn read(element: &Element, direction: CarbonDirection) -> Result<Self, Malformed> {
        let forwarded = only_child(element, FORWARD, "forwarded")?;
        let message = only_child(forwarded, CLIENT, "message")?;
        if find_carbon(message)?.is_some() {
            return Err(Malformed::NestedCarbon);
        }
        Ok(Self { direction, delays: read_delays(forwarded)?, message: Message::read(message)? })
    }

    fn write(&self) -> Element {
        let forwarded = with_delays(Element::new(FORWARD, "forwarded"), &self.delays);
        let forwarded = forwarded.with_element(self.message.write());
        Element::new(CARBONS, self.direction.element_name()).with_element(forwarded)
    }
}

impl CarbonDirection {
    fn element_name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }
}

impl Message {
    fn read(element: &Element) -> Result<Self, Malformed> {
        let address = |name| element.attribute(name).map(read_jid).transpose();
        Ok(Self {
            message_type: MessageType::read(element.attribute("type")),
            from: address("from")?,
            to: address("to")?,
            id: element.attribute("id").map(str::to_owned),
            has_store_hint: element.elements()?.any(|child| child.is(HINTS, "store")),
            encrypted: element
                .elements()?
                .find(|child| child.name == "encrypted")
                .map(|child| child.namespace.to_string()),
            delays: read_delays(element)?,
            clear: element.elements()?.filter_map(ClearElement::read).collect(),
        })
    }

    fn write(&self) -> Element {
        let attributes = [
            ("type", Some(self.message_type.as_str())),
            ("from", self.from.as_ref().map(|jid| jid.as_str())),
            ("to", self.to.as_ref().map(|jid| jid.as_str())),
            ("id", self.id.as_deref()),
        ];
        let mut element = Element::new(CLIENT, "message");
        for (name, value) in attributes {
            if let Some(value) = value {
                element = element.with_attribute(name, value);
            }
        }
        element = self.clear.iter().filter_map(ClearElement::write).fold(element, Element::with_element);
        if let Some(namespace) = &self.encrypted {
            element = element.with_element(Element::new(namespace, "encrypted"));
        }
        if self.has_store_hint {
            element = element.with_element(Element::new(HINTS, "store"));
        }
        with_delays(element, &self.delays)
    }
}

impl MessageType {
    fn read(found: Option<&str>) -> Self {
        match found {
            Some("chat") => Self::Chat,
            Some("error") => Self::Error,
            Some("groupchat") => Self::Groupchat,
            Some("headline") => Self::Headline,
            Some(_) | None => Self::Normal,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Error => "error",
            Self::Groupchat => "groupchat",
            Self::Headline => "headline",
            Self::Normal => "normal",
        }
    }
}

impl Delay {
    fn read(element: &Element) -> Result<Self, Malformed> {
        let from = element.attribute("from").map(read_jid).transpose()?;
        let stamp = element
            .attribute("stamp")
            .ok_or_else(|| Malformed::MissingStamp { element: "delay".to_owned() })?;
        Ok(Self { from, stamp: stamp_from_date_time(stamp)? })
    }

    fn write(&self) -> Element {
        let element = Element::new(DELAY, "delay").with_attribute("stamp", &stamp_to_date_time(self.stamp));
        match &self.from {
            Some(from) => element.with_attribute("from", from.as_str()),
            None => element,
        }
    }
}

impl ClearElement {
    fn read(element: &Element) -> Option<Self> {
        if element.is(TRUST_MESSAGES, "trust-message") {
            Some(Self::TrustMessage(NamedTrustMessage::read(element)))
        } else if element.is(SCE, "envelope") {
            Some(Self::Envelope(NamedEnvelope::read(element)))
        } else {
            None
        }
    }

    fn write(&self) -> Option<Element> {
        match self {
            Self::TrustMessage(message) => message.as_ref().ok().map(NamedTrustMessage::write),
            Self::Envelope(envelope) => envelope.as_ref().ok().map(NamedEnvelope::write),
        }
    }
}

/// The carbon in a `<message/>`. Two of them are one too many, whichever their direction.
fn find_carbon(message: &Element) -> Result<Option<(&Element, CarbonDirection)>, Malformed> {
    let mut carbon = None;
    for child in message.elements()? {
        let direction = match (child.namespace.as_str(), child.name.as_str()) {
            (CARBONS, "received") => CarbonDirection::Received,
            (CARBONS, "sent") => CarbonDirection::Sent,
            _ => continue,
        };
        if carbon.replace((child, direction)).is_some() {
            let element = direction.element_name();
            return Err(Malformed::RepeatedElement { parent: "message".to_owned(), element });
        }
    }
    Ok(carbon)
}

/// The one child of this name; others are ignored.
fn only_child<'a>(
    parent: &'a Element,
    namespace: &'static str,
    name: &'static str,
) -> Result<&'a Element, Malformed> {
    let mut children = parent.elements()?.filter(|child| child.is(namespace, name));
    let child = children.next();
    if children.next().is_some() {
        return Err(Malformed::RepeatedElement { parent: parent.name.to_string(), element: name });
    }
    child.ok_or_else(|| Malformed::MissingElement { parent: parent.name.to_string(), element: name })
}

fn read_delays(element: &Element) -> Result<Vec<Delay>, Malformed> {
    element.elements()?.filter(|child| child.is(DELAY, "delay")).map(Delay::read).collect()
}

fn with_delays(element: Element, delays: &[Delay]) -> Element {
    delays.iter().map(Delay::write).fold(element, Element::with_element)
}
