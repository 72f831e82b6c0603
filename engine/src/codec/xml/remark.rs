use rxml::XMLNS_XML;

use super::element::{Attribute, Element, XmlNode};
use super::reader::read_element;
use crate::codec::Malformed;
use crate::codec::error::quoted;
use crate::codec::namespace::{ADDRESSES, ATM, CLIENT, DELAY, EME, HINTS, SCE, STANZA_IDS, TRUST_MESSAGES};
use crate::jid::Jid;

/// A remark about XML that is accepted although a specification forbids it, advises against it, or gives it less effect
/// than its author may expect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A time has no zone, although XEP-0082 §3.2 demands one. It is taken as UTC.
    NoZone {
        /// The time, as written.
        stamp: String,
    },
    /// A trust message belongs to another protocol than ATM. ATM ignores it (XEP-0450 §8.1).
    OtherUsage {
        /// The namespace of that protocol.
        usage: String,
    },
    /// The fraction of a time has more than three digits. Some readers refuse that.
    LongFraction {
        /// The time, as written.
        stamp: String,
    },
    /// A key identifier lacks the padding of Base64, which RFC 4648 demands.
    UnpaddedIdentifier {
        /// The identifier, as written.
        identifier: String,
    },
    /// A key identifier contains white space, which the schema of XEP-0434 allows and RFC 4648 does not.
    SpacedIdentifier {
        /// The identifier, as written.
        identifier: String,
    },
    /// An element of a trust message contains an element that no specification defines. It is ignored.
    UnknownElement {
        /// The parent element.
        parent: String,
        /// The element.
        element: String,
    },
    /// An element of a trust message or its envelope has an attribute that no specification defines. It is ignored.
    UnknownAttribute {
        /// The element.
        element: String,
        /// The attribute, with its namespace in braces if it has one.
        attribute: String,
    },
    /// A distrusted key precedes a trusted one of the same owner. The schema of XEP-0434 has the other order, and some
    /// readers validate it.
    DistrustFirst {
        /// The owner, as written.
        owner: String,
    },
    /// A JID in a trust message or its envelope is not prepared as in RFC 7622. Readers may fail to recognise it.
    UnpreparedJid {
        /// The JID, as written.
        written: String,
        /// The JID, as prepared.
        prepared: String,
    },
    /// A stanza has a `<body/>` that is not encrypted (XEP-0420 §6).
    Body,
    /// A stanza asks servers not to store it (XEP-0334), so offline endpoints miss it.
    NoStore {
        /// The name of the hint.
        hint: String,
    },
    /// An element for servers is in the encrypted part, where servers cannot read it (XEP-0420 §5).
    ServerElementInside {
        /// The name of the element.
        element: String,
    },
}

impl Remark {
    /// Returns the remarks about `xml` and everything in it.
    ///
    /// # Errors
    ///
    /// If `xml` is not XML that XMPP allows.
    pub fn about(xml: &str) -> Result<Vec<Self>, Malformed> {
        let mut remarks = Vec::new();
        collect(&read_element(xml)?, &mut remarks);
        Ok(remarks)
    }
}

fn collect(element: &Element, remarks: &mut Vec<Remark>) {
    remarks.extend(about_itself(element));
    remarks.extend(about_attributes(element));
    remarks.extend(about_jid(element));
    remarks.extend(about_order(element));
    for child in children(element) {
        remarks.extend(about_child(element, child));
        collect(child, remarks);
    }
}

fn children(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter_map(|child| match child {
        XmlNode::Element(element) => Some(element),
        XmlNode::Text(_) => None,
    })
}

fn about_itself(element: &Element) -> Option<Remark> {
    let has_time = element.is(SCE, "time") || element.is(DELAY, "delay");
    if let Some(stamp) = element.attribute("stamp").filter(|_| has_time) {
        return match stamp {
            stamp if !has_zone(stamp) => Some(Remark::NoZone { stamp: quoted(stamp) }),
            stamp if has_long_fraction(stamp) => Some(Remark::LongFraction { stamp: quoted(stamp) }),
            _ => None,
        };
    }
    if element.is(TRUST_MESSAGES, "trust") || element.is(TRUST_MESSAGES, "distrust") {
        return about_identifier(element.text().ok()?);
    }
    let is_message = element.is(TRUST_MESSAGES, "trust-message");
    let usage = element.attribute("usage").filter(|usage| is_message && *usage != ATM)?;
    Some(Remark::OtherUsage { usage: quoted(usage) })
}

fn about_identifier(written: &str) -> Option<Remark> {
    let identifier = written.trim_matches([' ', '\t', '\r', '\n']);
    if identifier.contains([' ', '\t', '\r', '\n']) {
        return Some(Remark::SpacedIdentifier { identifier: quoted(identifier) });
    }
    let is_unpadded = !identifier.len().is_multiple_of(4);
    is_unpadded.then(|| Remark::UnpaddedIdentifier { identifier: quoted(identifier) })
}

/// The remarks about attributes. `xml:lang` causes none: XML 1.0 §2.12 allows it on every element.
fn about_attributes(element: &Element) -> impl Iterator<Item = Remark> + '_ {
    let known: Option<&[&str]> = match (element.namespace.as_str(), element.name.as_str()) {
        (TRUST_MESSAGES, "trust-message") => Some(&["usage", "encryption"]),
        (TRUST_MESSAGES, "key-owner") | (SCE, "from" | "to") => Some(&["jid"]),
        (SCE, "time") => Some(&["stamp"]),
        (TRUST_MESSAGES, "trust" | "distrust") | (SCE, "envelope" | "content" | "rpad") => Some(&[]),
        _ => None,
    };
    let is_known = move |attribute: &&Attribute| match (known, &*attribute.namespace) {
        (None, _) => true,
        (Some(known), "") => known.contains(&attribute.name.as_str()),
        (Some(_), XMLNS_XML) => attribute.name == "lang",
        (Some(_), _) => false,
    };
    let unknown = element.attributes.iter().filter(move |attribute| !is_known(attribute));
    unknown.map(|attribute| Remark::UnknownAttribute {
        element: quoted(&element.name),
        attribute: quoted(&attribute.expanded_name()),
    })
}

fn about_jid(element: &Element) -> Option<Remark> {
    let has_jid = element.is(TRUST_MESSAGES, "key-owner") || element.is(SCE, "from") || element.is(SCE, "to");
    let written = element.attribute("jid").filter(|_| has_jid)?;
    let prepared = Jid::new(written).ok()?;
    (prepared.as_str() != written)
        .then(|| Remark::UnpreparedJid { written: quoted(written), prepared: quoted(prepared.as_str()) })
}

fn about_order(element: &Element) -> Option<Remark> {
    let owner = element.attribute("jid").filter(|_| element.is(TRUST_MESSAGES, "key-owner"))?;
    let mut from_distrust = children(element).skip_while(|child| !child.is(TRUST_MESSAGES, "distrust"));
    let is_mixed = from_distrust.any(|child| child.is(TRUST_MESSAGES, "trust"));
    is_mixed.then(|| Remark::DistrustFirst { owner: quoted(owner) })
}

fn about_child(parent: &Element, child: &Element) -> Option<Remark> {
    if parent.is(CLIENT, "message") && child.is(CLIENT, "body") {
        return Some(Remark::Body);
    }
    let is_extended = parent.is(TRUST_MESSAGES, "trust-message") || parent.is(TRUST_MESSAGES, "key-owner");
    if is_extended && child.namespace != TRUST_MESSAGES {
        return Some(Remark::UnknownElement { parent: quoted(&parent.name), element: quoted(&child.name) });
    }
    let is_encrypted = parent.is(SCE, "envelope") || parent.is(SCE, "content");
    if is_encrypted && is_for_servers(child) {
        return Some(Remark::ServerElementInside { element: quoted(&child.name) });
    }
    let forbids_storing = child.is(HINTS, "no-store") || child.is(HINTS, "no-permanent-store");
    forbids_storing.then(|| Remark::NoStore { hint: quoted(&child.name) })
}

/// Whether XEP-0420 §5 lists the element among those for servers.
fn is_for_servers(element: &Element) -> bool {
    match element.namespace.as_str() {
        ADDRESSES | EME | HINTS => true,
        STANZA_IDS => element.name == "stanza-id",
        _ => false,
    }
}

/// Whether a valid time ends with a zone. After the date, only a zone can contain a sign or a `Z`.
fn has_zone(stamp: &str) -> bool {
    const DATE: usize = "2020-01-01".len();
    stamp.get(DATE..).is_some_and(|time| time.contains(['Z', '+', '-']))
}

fn has_long_fraction(stamp: &str) -> bool {
    const MILLISECONDS: usize = 3;
    let fraction = stamp.split_once('.').map(|(_, fraction)| fraction);
    fraction.is_some_and(|digits| digits.bytes().take_while(u8::is_ascii_digit).count() > MILLISECONDS)
}
