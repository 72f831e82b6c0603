use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::namespace::ATM;
use super::{NamedEnvelope, NamedTrustMessage};
use crate::jid::{BareJid, Jid};
use crate::message::{Decision, DecisionKind, Envelope, TrustMessage, Usage};
use crate::names::{Directory, Encryption, KeyId, KeyIdentifier};

/// A name that the directory does not contain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unresolved {
    /// An account.
    #[error("the account {0} is unknown")]
    Account(BareJid),
    /// An encryption protocol.
    #[error("the encryption {0} is unknown")]
    Encryption(Encryption),
    /// A key.
    #[error("the key {} of {owner} is unknown", .identifier.to_base64())]
    Key {
        /// The owner of the key.
        owner: BareJid,
        /// The identifier of the key.
        identifier: KeyIdentifier,
    },
}

impl NamedTrustMessage {
    /// Converts the message to ids like [`intern`](Self::intern), but does not add names to `names`.
    ///
    /// # Errors
    ///
    /// If `names` does not contain a name in the message.
    pub fn resolve(&self, names: &Directory) -> Result<TrustMessage, Unresolved> {
        let encryption = names
            .find_encryption(self.encryption())
            .ok_or_else(|| Unresolved::Encryption(self.encryption().clone()))?;
        let mut decisions: IndexMap<KeyId, DecisionKind, FxBuildHasher> = IndexMap::default();
        let mut distrusts = Vec::new();
        for owner in self.key_owners() {
            let account =
                names.find_account(&owner.jid).ok_or_else(|| Unresolved::Account(owner.jid.clone()))?;
            for (kind, identifier) in &owner.decisions {
                let key = names.find_key(encryption, account, identifier).ok_or_else(|| Unresolved::Key {
                    owner: owner.jid.clone(),
                    identifier: identifier.clone(),
                })?;
                decisions.entry(key).or_insert(*kind);
                distrusts.extend(self.distrusts_of(&owner.jid, identifier).map(|ids| (key, ids.clone())));
            }
        }
        let usage = if self.usage() == ATM { Usage::Atm } else { Usage::Other };
        let decisions = decisions.into_iter().map(|(key, kind)| Decision { key, kind }).collect();
        Ok(TrustMessage { usage, encryption, decisions, distrusts: distrusts.into_iter().collect() })
    }
}

impl NamedEnvelope {
    /// Converts the envelope to ids like [`intern`](Self::intern), but does not add names to `names`.
    ///
    /// # Errors
    ///
    /// If `names` does not contain a name in the envelope.
    pub fn resolve(&self, names: &Directory) -> Result<Envelope, Unresolved> {
        let account = |jid: &Jid| {
            let jid = jid.to_bare();
            names.find_account(&jid).ok_or(Unresolved::Account(jid))
        };
        Ok(Envelope {
            padded: self.padding.is_some(),
            time: self.time,
            from: self.from.as_ref().map(account).transpose()?,
            to: self.to.as_ref().map(account).transpose()?,
            message: Arc::new(self.message.resolve(names)?),
        })
    }
}
