use std::collections::BTreeMap;

use super::Malformed;
use super::error::quoted;
use crate::distrust_ids::DistrustIds;
use crate::jid::BareJid;
use crate::message::DecisionKind;
use crate::names::{BadIdentifier, Encryption, KeyIdentifier};

/// A `<trust-message/>` (XEP-0434 §4), with names instead of ids.
///
/// It has at least one key owner, each owner has at least one decision, and no key is both trusted and distrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTrustMessage {
    usage: String,
    encryption: Encryption,
    key_owners: Vec<NamedKeyOwner>,
    distrusts: BTreeMap<(BareJid, KeyIdentifier), DistrustIds>,
}

/// A `<key-owner/>` (XEP-0434 §4) with the decisions about its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKeyOwner {
    /// The owner of the keys.
    pub jid: BareJid,
    /// The decisions, in the order in which they are written.
    pub decisions: Vec<(DecisionKind, KeyIdentifier)>,
}

impl NamedTrustMessage {
    /// Creates a trust message for the protocol with the namespace `usage` (such as
    /// [`NAMESPACE_ATM`](super::NAMESPACE_ATM)) about keys of `encryption`.
    ///
    /// Decisions may be repeated, and an owner may occur more than once.
    ///
    /// # Errors
    ///
    /// If `usage` is not a namespace, if there is no owner, if an owner has no decision, if the length of an identifier
    /// is not valid for `encryption`, or if a key is both trusted and distrusted.
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
        Ok(Self { usage: usage.to_owned(), encryption, key_owners, distrusts: BTreeMap::new() })
    }

    /// Adds ids of distrusts of a key that the message is about.
    #[must_use]
    pub fn with_distrusts(mut self, owner: &BareJid, key: &KeyIdentifier, ids: &DistrustIds) -> Self {
        if !ids.is_empty() {
            self.distrusts.entry((owner.clone(), key.clone())).or_default().merge(ids);
        }
        self
    }

    /// The ids of the distrusts of a key that the sender knows (conflict rule [`Named`](crate::ConflictRule::Named)).
    #[must_use]
    pub fn distrusts_of(&self, owner: &BareJid, key: &KeyIdentifier) -> Option<&DistrustIds> {
        if self.distrusts.is_empty() {
            return None; // saves copies of the names
        }
        self.distrusts.get(&(owner.clone(), key.clone()))
    }

    /// The ids of the distrusts of all keys.
    pub(super) fn distrusts(&self) -> impl Iterator<Item = (&BareJid, &KeyIdentifier, &DistrustIds)> {
        self.distrusts.iter().map(|((owner, key), ids)| (owner, key, ids))
    }

    /// The namespace of the protocol that the message belongs to.
    #[must_use]
    pub fn usage(&self) -> &str {
        &self.usage
    }

    /// The encryption protocol that uses the keys.
    #[must_use]
    pub fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The key owners, in the order in which they are written. An owner may occur more than once.
    #[must_use]
    pub fn key_owners(&self) -> &[NamedKeyOwner] {
        &self.key_owners
    }
}

/// Parses the namespace of an encryption protocol.
pub(super) fn read_encryption(found: &str) -> Result<Encryption, Malformed> {
    Encryption::new(found)
        .ok_or_else(|| Malformed::BadNamespace { attribute: "encryption", found: quoted(found) })
}

/// Creates an identifier from `bytes`, which a trust or distrust `element` contains as `found`.
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

/// Refuses a key that is both trusted and distrusted.
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

/// Refuses identifiers whose length is not valid for this encryption protocol.
pub(super) fn check_lengths(
    encryption: &Encryption,
    decisions: &[(DecisionKind, KeyIdentifier)],
) -> Result<(), Malformed> {
    for (kind, key) in decisions {
        identifier(encryption, key.as_bytes(), *kind, &key.to_base64())?;
    }
    Ok(())
}

/// The name of a decision's element, which is also its key in a URI.
pub(super) fn element_name(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Trust => "trust",
        DecisionKind::Distrust => "distrust",
    }
}
