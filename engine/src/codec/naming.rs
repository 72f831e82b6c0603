use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::namespace::ATM;
use super::{Malformed, NamedEnvelope, NamedKeyOwner, NamedTrustMessage, TrustMessageUri};
use crate::jid::Jid;
use crate::manual_decision::ManualDecision;
use crate::message::{Decision, DecisionKind, Envelope, TrustMessage, Usage};
use crate::names::{AccountId, Directory, Encryption, EncryptionId, KeyId, KeyIdentifier, UnknownId};

/// The reason why a value cannot be written with names. A stranger's input is never the cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unwritable {
    /// The usage is not Automatic Trust Management. Its name is not stored, so it cannot be written.
    #[error("a trust message of another usage than {ATM} has lost the name of its usage")]
    OtherUsage,
    /// An affix that XEP-0434 §5.2.1 requires is missing.
    #[error("the envelope has no <{0}/>")]
    MissingAffix(&'static str),
    /// A key belongs to another encryption protocol than the message.
    #[error("the key {found:?} is one of {encryption}, which the trust message is not about")]
    OtherEncryption {
        /// The key.
        found: KeyIdentifier,
        /// Its encryption protocol.
        encryption: Encryption,
    },
    /// The directory does not know an id in the value.
    #[error(transparent)]
    UnknownId(#[from] UnknownId),
    /// A reader would refuse the result.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl NamedTrustMessage {
    /// Converts the message to ids. Decisions keep their order. Several `<key-owner/>` of one account are merged, and
    /// so are repeated decisions.
    pub fn intern(&self, names: &mut Directory) -> TrustMessage {
        let encryption = names.encryption(self.encryption());
        let mut decisions = Decisions::default();
        for owner in self.key_owners() {
            let account = names.account(&owner.jid);
            decisions.add(account, encryption, &owner.decisions, names);
        }
        let usage = if self.usage() == ATM { Usage::Atm } else { Usage::Other };
        let distrusts = self.distrusts().map(|(owner, identifier, ids)| {
            let owner = names.account(owner);
            (names.key(encryption, owner, identifier), ids.clone())
        });
        let distrusts = distrusts.collect();
        TrustMessage { usage, encryption, decisions: decisions.finish(), distrusts }
    }

    /// Converts the message to names. Decisions are grouped by owner, in the order in which the owners first appear.
    /// Each owner's trusted keys come first, as the schema of XEP-0434 requires: some readers validate it.
    ///
    /// # Errors
    ///
    /// If the usage has no name, if a key is of another encryption protocol, or if [`NamedTrustMessage::new`] refuses
    /// the message.
    pub fn of(message: &TrustMessage, names: &Directory) -> Result<Self, Unwritable> {
        let usage = match message.usage {
            Usage::Atm => ATM,
            Usage::Other => return Err(Unwritable::OtherUsage),
        };
        let mut owners: IndexMap<AccountId, Vec<(DecisionKind, KeyIdentifier)>, FxBuildHasher> =
            IndexMap::default();
        names.knows_encryption(message.encryption)?;
        for &Decision { key, kind } in message.decisions.iter() {
            names.knows_key(key)?;
            let identifier = names.identifier(key).clone();
            let encryption = names.encryption_of(key);
            if encryption != message.encryption {
                let encryption = names.encryption_name(encryption).clone();
                return Err(Unwritable::OtherEncryption { found: identifier, encryption });
            }
            owners.entry(names.owner(key)).or_default().push((kind, identifier));
        }
        let key_owners = owners
            .into_iter()
            .map(|(account, mut decisions)| {
                decisions.sort_by_key(|(kind, _)| *kind == DecisionKind::Distrust);
                NamedKeyOwner { jid: names.jid(account).clone(), decisions }
            })
            .collect();
        let named = Self::new(usage, names.encryption_name(message.encryption).clone(), key_owners)?;
        let told = message.decisions.iter();
        let distrusts = told.filter_map(|decision| Some((decision.key, message.distrusts.of(decision.key)?)));
        Ok(distrusts.fold(named, |named, (key, ids)| {
            named.with_distrusts(names.jid(names.owner(key)), names.identifier(key), ids)
        }))
    }
}

impl NamedEnvelope {
    /// Converts the envelope to ids. Of a full JID only the bare part is kept, because XEP-0420 §4 asks for that.
    pub fn intern(&self, names: &mut Directory) -> Envelope {
        let mut account = |jid: &Jid| names.account(&jid.to_bare());
        let from = self.from.as_ref().map(&mut account);
        let to = self.to.as_ref().map(&mut account);
        Envelope {
            padded: self.padding.is_some(),
            time: self.time,
            from,
            to,
            message: Arc::new(self.message.intern(names)),
        }
    }

    /// Converts the envelope to names, to be sent with `padding`.
    ///
    /// # Errors
    ///
    /// If an affix is missing (XEP-0434 §5.2.1) or [`NamedTrustMessage::of`] refuses the message.
    pub fn of(envelope: &Envelope, padding: &str, names: &Directory) -> Result<Self, Unwritable> {
        let time = envelope.time.ok_or(Unwritable::MissingAffix("time"))?;
        let from = envelope.from.ok_or(Unwritable::MissingAffix("from"))?;
        let to = envelope.to.ok_or(Unwritable::MissingAffix("to"))?;
        names.knows_account(from)?;
        names.knows_account(to)?;
        let message = NamedTrustMessage::of(&envelope.message, names)?;
        Ok(Self::new(padding, time, names.jid(from).clone(), names.jid(to).clone(), message))
    }
}

impl TrustMessageUri {
    /// Returns the decision that a person makes by using the URI.
    pub fn intern(&self, names: &mut Directory) -> ManualDecision {
        let encryption = names.encryption(self.encryption());
        let owner = names.account(self.owner());
        let mut decisions = Decisions::default();
        decisions.add(owner, encryption, self.decisions(), names);
        let decisions = decisions.finish();
        let of = |kind| -> Vec<KeyId> {
            decisions.iter().filter(|decision| decision.kind == kind).map(|decision| decision.key).collect()
        };
        ManualDecision::new(&of(DecisionKind::Trust), &of(DecisionKind::Distrust), names)
            .expect("a URI has one owner, at least one decision, and no contradiction")
    }

    /// Returns the URI that expresses `decision`.
    ///
    /// # Errors
    ///
    /// If `names` does not know a key, or is not the directory that issued the keys.
    pub fn of(decision: &ManualDecision, names: &Directory) -> Result<Self, Unwritable> {
        decision.decisions().iter().try_for_each(|decision| names.knows_key(decision.key))?;
        let first = decision.decisions()[0].key;
        let decisions = decision.decisions().iter();
        let uri = Self::new(
            names.jid(names.owner(first)).clone(),
            names.encryption_name(names.encryption_of(first)).clone(),
            decisions.map(|decision| (decision.kind, names.identifier(decision.key).clone())).collect(),
        );
        Ok(uri?)
    }
}

/// Decisions about distinct keys, in the order in which they were added.
#[derive(Default)]
struct Decisions {
    decisions: Vec<Decision>,
    keys: IndexSet<KeyId, FxBuildHasher>,
}

impl Decisions {
    fn add(
        &mut self,
        owner: AccountId,
        encryption: EncryptionId,
        decisions: &[(DecisionKind, KeyIdentifier)],
        names: &mut Directory,
    ) {
        for (kind, identifier) in decisions {
            let key = names.key(encryption, owner, identifier);
            if self.keys.insert(key) {
                self.decisions.push(Decision { key, kind: *kind });
            }
        }
    }

    fn finish(self) -> Arc<[Decision]> {
        self.decisions.into()
    }
}
