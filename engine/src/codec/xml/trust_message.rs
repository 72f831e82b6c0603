use std::borrow::Cow;

use data_encoding::BASE64_NOPAD;

use super::element::{Element, Parent};
use super::reader::read_element;
use super::writer::write_element;
use crate::codec::address::read_key_owner;
use crate::codec::error::quoted;
use crate::codec::namespace::TRUST_MESSAGES;
use crate::codec::trust_message::{element_name, identifier, read_encryption};
use crate::codec::{Malformed, NamedKeyOwner, NamedTrustMessage};
use crate::distrust_ids::{DistrustId, DistrustIds};
use crate::message::DecisionKind;
use crate::names::{Encryption, KeyIdentifier};

impl NamedTrustMessage {
    /// Parses a `<trust-message/>` that is the root of `xml`.
    ///
    /// # Errors
    ///
    /// If the element does not follow XEP-0434 §4. White space between elements and in key identifiers is ignored (XML
    /// Schema's `base64Binary` allows the latter). So are extensions (RFC 6120 §8.4): unknown attributes, and elements
    /// of other namespaces.
    pub fn parse(xml: &str) -> Result<Self, Malformed> {
        let root = read_element(xml)?;
        root.expect(TRUST_MESSAGES, "trust-message", &Parent::Root)?;
        Self::read(&root)
    }

    /// Writes the `<trust-message/>`.
    ///
    /// A message longer than [`MAX_STANZA_BYTES`](crate::codec::MAX_STANZA_BYTES), with roughly 4,000 keys, is written
    /// but cannot be read again.
    #[must_use]
    pub fn to_xml(&self) -> String {
        write_element(&self.write())
    }

    /// Reads an element that is known to be a `<trust-message/>`.
    pub(super) fn read(element: &Element) -> Result<Self, Malformed> {
        let usage = element.attribute("usage").ok_or(Malformed::MissingUsage)?;
        let encryption = element.attribute("encryption").ok_or(Malformed::MissingEncryption)?;
        let encryption = read_encryption(encryption)?;
        let mut key_owners = Vec::new();
        let mut distrusts = Vec::new();
        let children = element.elements()?;
        for child in children.filter(|child| !child.is_extension_of(TRUST_MESSAGES, &["key-owner"])) {
            child.expect(TRUST_MESSAGES, "key-owner", &Parent::Element("trust-message"))?;
            let (owner, ids) = read_owner(child, &encryption)?;
            distrusts.extend(ids.into_iter().map(|(key, ids)| (owner.jid.clone(), key, ids)));
            key_owners.push(owner);
        }
        let message = Self::new(usage, encryption, key_owners)?;
        Ok(distrusts.iter().fold(message, |message, (jid, key, ids)| message.with_distrusts(jid, key, ids)))
    }

    pub(super) fn write(&self) -> Element {
        let message = Element::new(TRUST_MESSAGES, "trust-message")
            .with_attribute("usage", self.usage())
            .with_attribute("encryption", self.encryption().as_str());
        let owners = self.key_owners().iter();
        owners.map(|owner| self.write_owner(owner)).fold(message, Element::with_element)
    }

    fn write_owner(&self, owner: &NamedKeyOwner) -> Element {
        let decisions = owner.decisions.iter().map(|(kind, key)| {
            let element = Element::new(TRUST_MESSAGES, element_name(*kind)).with_text(&key.to_base64());
            match self.distrusts_of(&owner.jid, key) {
                Some(ids) => write_ids(element, ids),
                None => element,
            }
        });
        let element = Element::new(TRUST_MESSAGES, "key-owner").with_attribute("jid", owner.jid.as_str());
        decisions.fold(element, Element::with_element)
    }
}

/// The ids of the distrusts of a key.
type IdsOfKey = (KeyIdentifier, DistrustIds);

fn read_owner(
    element: &Element,
    encryption: &Encryption,
) -> Result<(NamedKeyOwner, Vec<IdsOfKey>), Malformed> {
    let jid =
        element.attribute("jid").ok_or_else(|| Malformed::MissingJid { element: "key-owner".to_owned() })?;
    let jid = read_key_owner(jid)?;
    let children =
        element.elements()?.filter(|child| !child.is_extension_of(TRUST_MESSAGES, &["trust", "distrust"]));
    let (mut decisions, mut distrusts) = (Vec::new(), Vec::new());
    for child in children {
        let (kind, key) = read_decision(child, encryption)?;
        let ids = read_ids(child, kind);
        if !ids.is_empty() {
            distrusts.push((key.clone(), ids));
        }
        decisions.push((kind, key));
    }
    Ok((NamedKeyOwner { jid, decisions }, distrusts))
}

/// Reads the ids in `id` and `over`. Invalid ids are ignored: a distrust without a valid id counts like that of a
/// client that does not know ids, and a trust over none overrules none.
fn read_ids(element: &Element, kind: DecisionKind) -> DistrustIds {
    let read = |attribute| {
        let texts = element.attribute(attribute).unwrap_or_default().split(WHITE_SPACE);
        texts.filter_map(|text| text.parse::<DistrustId>().ok())
    };
    let standing = (kind == DecisionKind::Distrust).then(|| read("id"));
    DistrustIds::new(standing.into_iter().flatten(), read("over"))
}

fn write_ids(element: Element, ids: &DistrustIds) -> Element {
    let attributes = [("id", ids.standing()), ("over", ids.overruled())];
    attributes.into_iter().filter(|(_, ids)| !ids.is_empty()).fold(element, |element, (name, ids)| {
        let ids: Vec<String> = ids.iter().map(DistrustId::to_string).collect();
        element.with_attribute(name, &ids.join(" "))
    })
}

fn read_decision(
    element: &Element,
    encryption: &Encryption,
) -> Result<(DecisionKind, KeyIdentifier), Malformed> {
    let kind = match element.name.as_str() {
        "trust" => DecisionKind::Trust,
        "distrust" => DecisionKind::Distrust,
        _ => return Err(element.unknown_in(&Parent::Element("key-owner"))),
    };
    element.expect(TRUST_MESSAGES, element_name(kind), &Parent::Element("key-owner"))?;
    let found = element.text()?.trim_matches(WHITE_SPACE);
    let bytes = read_base64(found)?;
    Ok((kind, identifier(encryption, &bytes, kind, found)?))
}

/// White space in the sense of XML.
const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Decodes Base64 (RFC 4648 §4). White space is allowed, as in the schema's `base64Binary`. Padding may be missing,
/// because the length implies it.
fn read_base64(found: &str) -> Result<Vec<u8>, Malformed> {
    let refused = |reason: String| Malformed::BadBase64 { found: quoted(found), reason };
    let letters = if found.contains(WHITE_SPACE) {
        found.replace(WHITE_SPACE, "").into()
    } else {
        Cow::Borrowed(found)
    };
    let unpadded = letters.trim_end_matches('=');
    if unpadded.contains('=') {
        return Err(refused("padding before the end".to_owned()));
    }
    let padding = letters.len() - unpadded.len();
    if padding > 0 && !letters.len().is_multiple_of(4) || padding > 2 {
        return Err(refused("wrong padding".to_owned()));
    }
    BASE64_NOPAD.decode(unpadded.as_bytes()).map_err(|error| refused(error.to_string()))
}
