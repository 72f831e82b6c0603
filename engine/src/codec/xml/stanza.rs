use super::date_time::{stamp_from_date_time, stamp_to_date_time};
use super::element::{Element, Parent};
use super::reader::read_element;
use super::writer::write_element;
use crate::codec::address::read_jid;
use crate::codec::namespace::{ARCHIVES, CARBONS, CLIENT, DELAY, FORWARD, HINTS, SCE, TRUST_MESSAGES};
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
    /// What it forwards, if it is a result of an archive. Only the archive that was asked may send one (XEP-0313 §5):
    /// whether `message.from` is that one is for the reader to check.
    pub archived: Option<Archived>,
}

/// A message out of an archive (XEP-0313).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The stamps beside the forwarded message (XEP-0297 §3).
    pub delays: Vec<Delay>,
    /// The message.
    pub message: Message,
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
    /// The namespaces of the `<encrypted/>` in it, which mark where something was encrypted. What that was is not for this
    /// codec.
    pub encrypted: Vec<String>,
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
            encrypted: Vec::new(),
            delays: Vec::new(),
            clear: Vec::new(),
        };
        Self { message, carbon: None, archived: None }
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
        let (carbon, archived) = (Carbon::read_in(&root)?, Archived::read_in(&root)?);
        Ok(Self { message: Message::read(&root)?, carbon, archived })
    }

    /// Writes the `<message/>`. Of what stands in the clear, only what is not refused is written.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let message = self.message.write();
        let wrapped = [self.carbon.as_ref().map(Carbon::write), self.archived.as_ref().map(Archived::write)];
        write_element(&wrapped.into_iter().flatten().fold(message, Element::with_element))
    }
}

impl Carbon {
    fn read_in(message: &Element) -> Result<Option<Self>, Malformed> {
        find_carbon(message)?.map(|(element, direction)| Self::read(element, direction)).transpose()
    }

    fn read(element: &Element, direction: CarbonDirection) -> Result<Self, Malformed> {
        let (delays, message) = read_forwarded(element)?;
        Ok(Self { direction, delays, message })
    }

    fn write(&self) -> Element {
        let wrapper = Element::new(CARBONS, self.direction.element_name());
        wrapper.with_element(write_forwarded(&self.delays, &self.message))
    }
}

impl Archived {
    fn read_in(message: &Element) -> Result<Option<Self>, Malformed> {
        let mut results = message.elements()?.filter(|child| child.is(ARCHIVES, "result"));
        let Some(result) = results.next() else { return Ok(None) };
        if results.next().is_some() {
            return Err(Malformed::RepeatedElement { parent: "message".to_owned(), element: "result" });
        }
        let (delays, message) = read_forwarded(result)?;
        Ok(Some(Self { delays, message }))
    }

    fn write(&self) -> Element {
        Element::new(ARCHIVES, "result").with_element(write_forwarded(&self.delays, &self.message))
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
                .filter(|child| child.name == "encrypted")
                .map(|child| child.namespace.clone())
                .collect(),
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
        for namespace in &self.encrypted {
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

/// The one message in a wrapper, which is no carbon itself, with the stamps beside it.
fn read_forwarded(wrapper: &Element) -> Result<(Vec<Delay>, Message), Malformed> {
    let forwarded = only_child(wrapper, FORWARD, "forwarded")?;
    let message = only_child(forwarded, CLIENT, "message")?;
    if find_carbon(message)?.is_some() {
        return Err(Malformed::NestedCarbon);
    }
    Ok((read_delays(forwarded)?, Message::read(message)?))
}

fn write_forwarded(delays: &[Delay], message: &Message) -> Element {
    with_delays(Element::new(FORWARD, "forwarded"), delays).with_element(message.write())
}

fn read_delays(element: &Element) -> Result<Vec<Delay>, Malformed> {
    element.elements()?.filter(|child| child.is(DELAY, "delay")).map(Delay::read).collect()
}

fn with_delays(element: Element, delays: &[Delay]) -> Element {
    delays.iter().map(Delay::write).fold(element, Element::with_element)
}
