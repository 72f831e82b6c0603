use super::date_time::{stamp_from_date_time, stamp_to_date_time};
use super::element::{Element, Parent};
use super::reader::read_element;
use super::writer::write_element;
use crate::codec::address::read_jid;
use crate::codec::namespace::{CLIENT, SCE, TRUST_MESSAGES};
use crate::codec::{Malformed, NamedEnvelope, NamedTrustMessage};
use crate::jid::Jid;
use crate::names::Stamp;

impl NamedEnvelope {
    /// Parses an `<envelope/>` that is the root of `xml`.
    ///
    /// The affixes may come in any order, each at most once. All are optional: the caller decides what a missing affix
    /// means. Affixes of other namespaces (XEP-0420 §4), elements of other namespaces next to the trust message, and
    /// unknown attributes are ignored.
    ///
    /// # Errors
    ///
    /// If there is not exactly one `<content/>` with exactly one `<trust-message/>` (XEP-0434 §4), or if
    /// something in the namespaces of these two is invalid.
    pub fn parse(xml: &str) -> Result<Self, Malformed> {
        let root = read_element(xml)?;
        root.expect(SCE, "envelope", &Parent::Root)?;
        Self::read(&root)
    }

    /// The text of the `<body/>` in the `<content/>` of an `<envelope/>`, so that a malformed trust message next to it
    /// does not lose what a person wrote. `None` if there is no body or the XML is not well-formed.
    #[must_use]
    pub fn body_in(xml: &str) -> Option<String> {
        let root = read_element(xml).ok().filter(|root| root.is(SCE, "envelope"))?;
        let content = root.elements().ok()?.find(|child| child.is(SCE, "content"))?;
        let body = content.elements().ok()?.find(|child| child.is(CLIENT, "body"))?;
        body.text().ok().map(str::to_owned)
    }

    /// Writes the `<envelope/>` with its affixes: `<from/>` and `<to/>` as bare JIDs, as XEP-0420 §4 demands, and the
    /// time with a zone, as XEP-0082 §3.2 demands.
    ///
    /// Characters of the padding that XML cannot express are written as U+FFFD.
    #[must_use]
    pub fn to_xml(&self) -> String {
        write_element(&self.write())
    }

    /// Reads an element that is known to be an `<envelope/>`.
    pub(super) fn read(element: &Element) -> Result<Self, Malformed> {
        let parts = Parts::of(element)?;
        let content = parts.content.ok_or_else(|| missing("envelope", "content"))?;
        Ok(Self {
            padding: parts.rpad.map(read_padding).transpose()?,
            time: parts.time.map(read_time).transpose()?,
            from: parts.from.map(read_address).transpose()?,
            to: parts.to.map(read_address).transpose()?,
            message: read_content(content)?,
        })
    }

    pub(super) fn write(&self) -> Element {
        let affixes = [
            self.padding.as_deref().map(|padding| Element::new(SCE, "rpad").with_text(padding)),
            self.time
                .map(|time| Element::new(SCE, "time").with_attribute("stamp", &stamp_to_date_time(time))),
            self.from.as_ref().map(|jid| write_address("from", jid)),
            self.to.as_ref().map(|jid| write_address("to", jid)),
        ];
        let content = Element::new(SCE, "content").with_element(self.message.write());
        affixes
            .into_iter()
            .flatten()
            .fold(Element::new(SCE, "envelope"), Element::with_element)
            .with_element(content)
    }
}

/// The known children of an `<envelope/>`.
#[derive(Default)]
struct Parts<'a> {
    rpad: Option<&'a Element>,
    time: Option<&'a Element>,
    from: Option<&'a Element>,
    to: Option<&'a Element>,
    content: Option<&'a Element>,
}

impl<'a> Parts<'a> {
    fn of(envelope: &'a Element) -> Result<Self, Malformed> {
        let mut parts = Self::default();
        for child in envelope.elements()? {
            let (part, name) = match (child.namespace.as_str(), child.name.as_str()) {
                (SCE, "rpad") => (&mut parts.rpad, "rpad"),
                (SCE, "time") => (&mut parts.time, "time"),
                (SCE, "from") => (&mut parts.from, "from"),
                (SCE, "to") => (&mut parts.to, "to"),
                (SCE, "content") => (&mut parts.content, "content"),
                (SCE | TRUST_MESSAGES, _) => return Err(child.unknown_in(&Parent::Element("envelope"))),
                _ => continue,
            };
            if part.replace(child).is_some() {
                return Err(Malformed::RepeatedElement { parent: "envelope".to_owned(), element: name });
            }
        }
        Ok(parts)
    }
}

fn read_padding(element: &Element) -> Result<String, Malformed> {
    element.text().map(str::to_owned)
}

fn read_time(element: &Element) -> Result<Stamp, Malformed> {
    element.only_empty()?;
    let stamp =
        element.attribute("stamp").ok_or_else(|| Malformed::MissingStamp { element: "time".to_owned() })?;
    stamp_from_date_time(stamp)
}

fn read_address(element: &Element) -> Result<Jid, Malformed> {
    element.only_empty()?;
    let jid = element
        .attribute("jid")
        .ok_or_else(|| Malformed::MissingJid { element: element.name.to_string() })?;
    read_jid(jid)
}

fn read_content(content: &Element) -> Result<NamedTrustMessage, Malformed> {
    let mut message = None;
    for child in content.elements()? {
        match (child.namespace.as_str(), child.name.as_str()) {
            (TRUST_MESSAGES, "trust-message") if message.is_none() => message = Some(child),
            (TRUST_MESSAGES, "trust-message") => {
                let parent = "content".to_owned();
                return Err(Malformed::RepeatedElement { parent, element: "trust-message" });
            }
            (_, "trust-message") => return Err(child.in_wrong_namespace(TRUST_MESSAGES)),
            (SCE | TRUST_MESSAGES, _) => return Err(child.unknown_in(&Parent::Element("content"))),
            _ => {}
        }
    }
    NamedTrustMessage::read(message.ok_or_else(|| missing("content", "trust-message"))?)
}

fn missing(parent: &str, element: &'static str) -> Malformed {
    Malformed::MissingElement { parent: parent.to_owned(), element }
}

fn write_address(name: &'static str, jid: &Jid) -> Element {
    Element::new(SCE, name).with_attribute("jid", jid.to_bare().as_str())
}
