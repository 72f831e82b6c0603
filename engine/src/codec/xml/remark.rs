use super::element::{Element, XmlNode};
use super::reader::read_element;
use crate::codec::Malformed;
use crate::codec::error::quoted;
use crate::codec::namespace::{ATM, CLIENT, DELAY, HINTS, SCE, TRUST_MESSAGES};

/// Something in XML that is read all the same, although a specification forbids it, advises against it, or makes it mean
/// less than its writer may think.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A time has no zone, which XEP-0082 §3.2 demands. It is taken as UTC.
    NoZone {
        /// The time, as it is written.
        stamp: String,
    },
    /// A trust message is for another protocol than ATM, which ignores it (XEP-0450 §8.1).
    OtherUsage {
        /// The namespace of that protocol.
        usage: String,
    },
    /// A stanza has a `<body/>` that is not encrypted (XEP-0420 §6).
    Body,
    /// A stanza asks servers not to store it (XEP-0334), so that endpoints that are offline miss it.
    NoStore {
        /// The name of the hint.
        hint: String,
    },
    /// Something for servers, which cannot read it, is among what is encrypted (XEP-0420 §5).
    HintInside {
        /// The name of the hint.
        hint: String,
    },
}

impl Remark {
    /// What is to be remarked about `xml` and all that stands in it.
    ///
    /// # Errors
    ///
    /// If it is no XML that XMPP allows.
    pub fn about(xml: &str) -> Result<Vec<Self>, Malformed> {
        let mut remarks = Vec::new();
        collect(&read_element(xml)?, &mut remarks);
        Ok(remarks)
    }
}

fn collect(element: &Element, remarks: &mut Vec<Remark>) {
    remarks.extend(about_itself(element));
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
    if let Some(stamp) = element.attribute("stamp").filter(|stamp| has_time && !has_zone(stamp)) {
        return Some(Remark::NoZone { stamp: quoted(stamp) });
    }
    let is_message = element.is(TRUST_MESSAGES, "trust-message");
    let usage = element.attribute("usage").filter(|usage| is_message && *usage != ATM)?;
    Some(Remark::OtherUsage { usage: quoted(usage) })
}

fn about_child(parent: &Element, child: &Element) -> Option<Remark> {
    if parent.is(CLIENT, "message") && child.is(CLIENT, "body") {
        return Some(Remark::Body);
    }
    if child.namespace != HINTS {
        return None;
    }
    let hint = quoted(&child.name);
    match child.name.as_str() {
        _ if parent.is(SCE, "content") => Some(Remark::HintInside { hint }),
        "no-store" | "no-permanent-store" => Some(Remark::NoStore { hint }),
        _ => None,
    }
}

/// Whether a time that can be read ends with a zone: a sign can only stand there, after the date.
fn has_zone(stamp: &str) -> bool {
    const DATE: usize = "2020-01-01".len();
    stamp.get(DATE..).is_some_and(|time| time.contains(['Z', '+', '-']))
}
