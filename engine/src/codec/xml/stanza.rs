use super::date_time::{stamp_from_date_time, stamp_to_date_time};
use super::element::{Element, Parent};
use super::reader::read_element;
use super::writer::write_element;
use crate::codec::address::read_jid;
use crate::codec::namespace::{ARCHIVES, CARBONS, CLIENT, DELAY, FORWARD, HINTS, SCE, TRUST_MESSAGES};
use crate::codec::{Malformed, NamedEnvelope, NamedTrustMessage};
use crate::jid::Jid;
use crate::names::Stamp;

/// A `<message/>` stanza from or to a server. It may be a carbon or an archive result that wraps another message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageStanza {
    /// The outer stanza.
    pub message: Message,
    /// The forwarded message, if the stanza is a carbon. Only the own bare JID may send one (XEP-0280 §7). The caller
    /// must check that `message.from` is that JID.
    pub carbon: Option<Carbon>,
    /// The forwarded message, if the stanza is an archive result. Only the queried archive may send one (XEP-0313 §5).
    /// The caller must check that `message.from` is that archive.
    pub archived: Option<Archived>,
}

/// A message from an archive (XEP-0313).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The stamps of the forwarded message (XEP-0297 §3).
    pub delays: Vec<Delay>,
    /// The message.
    pub message: Message,
}

/// A copy of a message that another endpoint of the account sent or received (XEP-0280).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carbon {
    /// Whether the other endpoint received or sent the message.
    pub direction: CarbonDirection,
    /// The stamps of the forwarded message (XEP-0297 §3).
    pub delays: Vec<Delay>,
    /// The message.
    pub message: Message,
}

/// The direction of a carbon's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarbonDirection {
    /// Another own endpoint received it: `<received/>`.
    Received,
    /// Another own endpoint sent it: `<sent/>`.
    Sent,
}

/// The unencrypted part of a `<message/>`, as far as it concerns trust messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The `type`.
    pub message_type: MessageType,
    /// The sender. The sender's own server may omit it.
    pub from: Option<Jid>,
    /// The recipient.
    pub to: Option<Jid>,
    /// The `id`.
    pub id: Option<String>,
    /// Whether the stanza has a `<store/>` hint (XEP-0334), as XEP-0434 §4 recommends.
    pub has_store_hint: bool,
    /// The namespaces of the `<encrypted/>` elements. They mark encrypted content, which this codec does not handle.
    pub encrypted: Vec<String>,
    /// The stamps of servers that delayed the message.
    pub delays: Vec<Delay>,
    /// Elements in the clear that should be encrypted.
    pub clear: Vec<ClearElement>,
}

/// The `type` of a message (RFC 6121 §5.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// `chat`: the type for trust messages (XEP-0434 §4).
    Chat,
    /// `error`.
    Error,
    /// `groupchat`.
    Groupchat,
    /// `headline`.
    Headline,
    /// `normal`, a missing type, or an unknown one.
    Normal,
}

/// A `<delay/>` (XEP-0203).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// The author of the stamp. Anybody can add one; only that of the own server counts.
    pub from: Option<Jid>,
    /// The time at which the stanza was first sent.
    pub stamp: Stamp,
}

/// A direct child of a `<message/>` that is in the clear: its content, or the reason why it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClearElement {
    /// A `<trust-message/>`.
    TrustMessage(Result<NamedTrustMessage, Malformed>),
    /// An `<envelope/>`.
    Envelope(Result<NamedEnvelope, Malformed>),
}

impl MessageStanza {
    /// Creates a stanza for a trust message as XEP-0434 §4 recommends: of the type `chat`, with a `<store/>` hint.
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

    /// Parses a `<message/>` that is the root of `xml`.
    ///
    /// Other attributes and elements are ignored, as RFC 6120 §8.4 demands.
    ///
    /// # Errors
    ///
    /// If the root is not a `<message/>` of a client's stream, if there is text between its elements, if an address or
    /// a time is invalid, or if it wraps anything but exactly one message that is not a wrapper itself. A refused trust
    /// message does not make the stanza malformed.
    pub fn parse(xml: &str) -> Result<Self, Malformed> {
        let root = read_element(xml)?;
        root.expect(CLIENT, "message", &Parent::Root)?;
        let (carbon, archived) = (Carbon::read_in(&root)?, Archived::read_in(&root)?);
        Ok(Self { message: Message::read(&root)?, carbon, archived })
    }

    /// Writes the `<message/>`. Refused elements in the clear are omitted.
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

    /// The value of the `type` attribute.
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

/// Finds the carbon in a `<message/>`. More than one carbon, of any direction, is an error.
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

/// The only child with this name. Other children are ignored.
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

/// Reads the only message in a wrapper, which must not be a carbon, and its stamps.
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
