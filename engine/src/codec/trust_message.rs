use std::collections::BTreeMap;

use data_encoding::BASE64;
use jid::BareJid;

use super::Malformed;
use super::address::read_key_owner;
use super::element::{Element, Parent};
use super::error::quoted;
use super::namespace::TRUST_MESSAGES;
use super::xml_reader::read_element;
use super::xml_writer::write_element;
use crate::message::DecisionKind;
use crate::names::{BadIdentifier, Encryption, KeyIdentifier};

/// A `<trust-message/>` (XEP-0434 §4), with names instead of ids.
///
/// It has at least one key owner, each with at least one decision, and no key both trusted and distrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTrustMessage {
    usage: String,
    encryption: Encryption,
    key_owners: Vec<NamedKeyOwner>,
}

/// A `<key-owner/>` (XEP-0434 §4) and what a trust message decides about its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKeyOwner {
    /// The owner of the keys.
    pub jid: BareJid,
    /// The decisions, in the order in which they are written.
    pub decisions: Vec<(DecisionKind, KeyIdentifier)>,
}

impl NamedTrustMessage {
    /// A trust message for the protocol with the namespace `usage` (such as
    /// [`NAMESPACE_ATM`](super::NAMESPACE_ATM)) about keys of `encryption`.
    ///
    /// The same key may stand there twice with the same kind, and an owner may stand there twice.
    ///
    /// # Errors
    ///
    /// If `usage` is no namespace, there is no owner, an owner has no decision, an identifier has a length that
    /// those of `encryption` never have, or a key is both trusted and distrusted.
    pub fn new(
        usage: &str,
        encryption: Encryption,
        key_owners: Vec<NamedKeyOwner>,
    ) -> Result<Self, Malformed> {
        if Encryption::new(usage).is_none() {
            return Err(Malformed::BadNamespace { attribute: "usage", found: quoted(usage) });
        }
        if key_owners.is_empty() {
            return Err(Malformed::NoKeyOwner);
        }
        for NamedKeyOwner { jid, decisions } in &key_owners {
            if decisions.is_empty() {
                return Err(Malformed::OwnerWithoutDecision { owner: jid.clone() });
            }
            check_lengths(&encryption, decisions)?;
        }
        check_contradictions(&key_owners)?;
        Ok(Self { usage: usage.to_owned(), encryption, key_owners })
    }

    /// Reads a `<trust-message/>` that is the root of `xml`.
    ///
    /// # Errors
    ///
    /// If it is not exactly what XEP-0434 §4 describes. White space between elements and around key
    /// identifiers (which XML Schema's `base64Binary` collapses) and `xml:lang` are ignored.
    pub fn parse(xml: &str) -> Result<Self, Malformed> {
        let root = read_element(xml)?;
        root.expect(TRUST_MESSAGES, "trust-message", &Parent::Root)?;
        Self::read(&root)
    }

    /// Writes the `<trust-message/>`.
    ///
    /// One that is longer than [`MAX_STANZA_BYTES`](super::MAX_STANZA_BYTES) is written but not read again:
    /// roughly 4,000 keys.
    #[must_use]
    pub fn to_xml(&self) -> String {
        write_element(&self.write())
    }

    /// The namespace of the protocol that the message is for.
    #[must_use]
    pub fn usage(&self) -> &str {
        &self.usage
    }

    /// The encryption protocol that uses the keys.
    #[must_use]
    pub fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The key owners, in the order in which they are written. One may stand there more than once.
    #[must_use]
    pub fn key_owners(&self) -> &[NamedKeyOwner] {
        &self.key_owners
    }

    /// Reads an element that is known to be a `<trust-message/>`.
    pub(super) fn read(element: &Element) -> Result<Self, Malformed> {
        element.only_attributes(&["usage", "encryption"])?;
        let usage = element.attribute("usage").ok_or(Malformed::MissingUsage)?;
        let encryption = element.attribute("encryption").ok_or(Malformed::MissingEncryption)?;
        let encryption = read_encryption(encryption)?;
        let mut key_owners = Vec::new();
        for child in element.elements()? {
            child.expect(TRUST_MESSAGES, "key-owner", &Parent::Element("trust-message"))?;
            key_owners.push(read_owner(child, &encryption)?);
        }
        Self::new(usage, encryption, key_owners)
    }

    pub(super) fn write(&self) -> Element {
        let message = Element::new(TRUST_MESSAGES, "trust-message")
            .with_attribute("usage", &self.usage)
            .with_attribute("encryption", self.encryption.as_str());
        self.key_owners.iter().map(write_owner).fold(message, Element::with_element)
    }
}

/// The namespace of an encryption protocol.
pub(super) fn read_encryption(found: &str) -> Result<Encryption, Malformed> {
    Encryption::new(found)
        .ok_or_else(|| Malformed::BadNamespace { attribute: "encryption", found: quoted(found) })
}

/// The identifier made of `bytes`, written as `found` in a trust or distrust `element`.
pub(super) fn identifier(
    encryption: &Encryption,
    bytes: &[u8],
    kind: DecisionKind,
    found: &str,
) -> Result<KeyIdentifier, Malformed> {
    KeyIdentifier::new(encryption, bytes).map_err(|bad| match bad {
        BadIdentifier::Empty => Malformed::EmptyKey { element: element_name(kind) },
        BadIdentifier::Length { encryption, length } => {
            Malformed::KeyLength { encryption, found: quoted(found), length }
        }
    })
}

/// Refuses a key with two kinds.
pub(super) fn check_contradictions(key_owners: &[NamedKeyOwner]) -> Result<(), Malformed> {
    let mut kinds = BTreeMap::new();
    for NamedKeyOwner { jid, decisions } in key_owners {
        for (kind, key) in decisions {
            if kinds.insert((jid, key), kind).is_some_and(|before| before != kind) {
                return Err(Malformed::Contradiction { owner: jid.clone(), key: key.clone() });
            }
        }
    }
    Ok(())
}

/// Refuses identifiers that were made for another encryption protocol and do not fit this one.
pub(super) fn check_lengths(
    encryption: &Encryption,
    decisions: &[(DecisionKind, KeyIdentifier)],
) -> Result<(), Malformed> {
    for (kind, key) in decisions {
        identifier(encryption, key.as_bytes(), *kind, &key.to_base64())?;
    }
    Ok(())
}

/// The element of a kind, which is also its key in a URI.
pub(super) fn element_name(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Trust => "trust",
        DecisionKind::Distrust => "distrust",
    }
}

fn read_owner(element: &Element, encryption: &Encryption) -> Result<NamedKeyOwner, Malformed> {
    element.only_attributes(&["jid"])?;
    let jid =
        element.attribute("jid").ok_or_else(|| Malformed::MissingJid { element: "key-owner".to_owned() })?;
    let jid = read_key_owner(jid)?;
    let decisions =
        element.elements()?.map(|child| read_decision(child, encryption)).collect::<Result<_, _>>()?;
    Ok(NamedKeyOwner { jid, decisions })
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
    element.only_attributes(&[])?;
    let found = element.text()?.trim_matches([' ', '\t', '\r', '\n']);
    let bytes = read_base64(found)?;
    Ok((kind, identifier(encryption, &bytes, kind, found)?))
}

/// Base64 as RFC 4648 §4 has it. `BASE64` alone would take several padded strings one after the other.
fn read_base64(found: &str) -> Result<Vec<u8>, Malformed> {
    let refused = |reason: String| Malformed::BadBase64 { found: quoted(found), reason };
    if found.trim_end_matches('=').contains('=') {
        return Err(refused("padding before the end".to_owned()));
    }
    BASE64.decode(found.as_bytes()).map_err(|error| refused(error.to_string()))
}

fn write_owner(owner: &NamedKeyOwner) -> Element {
    let element = Element::new(TRUST_MESSAGES, "key-owner").with_attribute("jid", owner.jid.as_str());
    owner
        .decisions
        .iter()
        .map(|(kind, key)| Element::new(TRUST_MESSAGES, element_name(*kind)).with_text(&key.to_base64()))
        .fold(element, Element::with_element)
}
