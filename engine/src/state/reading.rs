//! From the stored form to a device, with all consistency checks.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Author, KeyName, KnownKey, LeftBySender, StateV1, StoredDevice, StoredDistrusts, WaitingMessage,
};
use crate::codec::Unresolved;
use crate::device::{Device, KeySharing};
use crate::distrust_ids::{DistrustId, DistrustIds, DistrustsByKey, IdSource};
use crate::jid::{BareJid, FullJid};
use crate::level::{Level, Origin};
use crate::message::{Decision, Envelope, OutboxId, TrustMessage, Usage};
use crate::names::{
    AccountId, BadIdentifier, Directory, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier,
};
use crate::outcome::Outgoing;
use crate::rules::postponing::is_within_limits;
use crate::rules::toakafa::policy_permits;
use crate::settings::ConflictRule;
use crate::store::key_store::{KeyRecord, Owner};
use crate::store::known_distrusts::{DistrustsOfKey, UnnamedDistrust};
use crate::store::last_words::{LastWordsOnKey, Speaker};
use crate::store::postponed::{Sender, Share};

/// The reason why a stored device is rejected: it is inconsistent or incomplete.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadState {
    /// A key identifier is not valid for the device's encryption protocol.
    #[error("a key of {owner}: {reason}")]
    Identifier {
        /// The owner of the key.
        owner: BareJid,
        /// The error in the identifier.
        reason: BadIdentifier,
    },
    /// The given directory does not contain a name.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
    /// The record of a key is inconsistent.
    #[error("the key {} of {owner}: {reason}", .identifier.to_base64())]
    Key {
        /// The owner of the key.
        owner: BareJid,
        /// The identifier of the key.
        identifier: KeyIdentifier,
        /// The inconsistency.
        reason: &'static str,
    },
    /// The record of an account is inconsistent.
    #[error("the account {account}: {reason}")]
    Account {
        /// The account.
        account: BareJid,
        /// The inconsistency.
        reason: &'static str,
    },
    /// A message of the outbox is inconsistent.
    #[error("message {number} of the outbox: {reason}")]
    Message {
        /// The number of the message.
        number: u64,
        /// The inconsistency.
        reason: &'static str,
    },
    /// The number of the next message is too great.
    #[error("the number of the next message, {number}, is greater than 2^53")]
    Number {
        /// The number.
        number: u64,
    },
}

/// The greatest message number that is accepted. All numbers up to it are exact in JSON, and no device sends that many
/// messages.
pub(super) const GREATEST_NUMBER: u64 = 1 << 53;

impl StoredDevice {
    /// The full JID of the stored endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &FullJid {
        &self.0.endpoint
    }

    /// Restores the device and adds its names to a directory.
    ///
    /// # Errors
    ///
    /// If the device is inconsistent. Some names may have been added even then.
    pub fn intern(&self, names: &mut Directory) -> Result<Device, BadState> {
        restore(&self.0, names)
    }

    /// Restores the device and looks its names up in a directory.
    ///
    /// # Errors
    ///
    /// If the device is inconsistent, or the directory lacks one of its names.
    pub fn resolve(&self, names: &Directory) -> Result<Device, BadState> {
        restore(&self.0, &mut LookUp(names))
    }
}

/// A source of ids for names.
trait Ids {
    fn names(&self) -> &Directory;
    fn endpoint(&mut self, jid: &FullJid) -> Result<EndpointId, Unresolved>;
    fn account(&mut self, jid: &BareJid) -> Result<AccountId, Unresolved>;
    fn encryption(&mut self, encryption: &Encryption) -> Result<EncryptionId, Unresolved>;
    fn key(
        &mut self,
        encryption: EncryptionId,
        owner: AccountId,
        identifier: &KeyIdentifier,
    ) -> Result<KeyId, Unresolved>;
}

impl Ids for Directory {
    fn names(&self) -> &Directory {
        self
    }

    fn endpoint(&mut self, jid: &FullJid) -> Result<EndpointId, Unresolved> {
        Ok(Self::endpoint(self, jid))
    }

    fn account(&mut self, jid: &BareJid) -> Result<AccountId, Unresolved> {
        Ok(Self::account(self, jid))
    }

    fn encryption(&mut self, encryption: &Encryption) -> Result<EncryptionId, Unresolved> {
        Ok(Self::encryption(self, encryption))
    }

    fn key(
        &mut self,
        encryption: EncryptionId,
        owner: AccountId,
        identifier: &KeyIdentifier,
    ) -> Result<KeyId, Unresolved> {
        Ok(Self::key(self, encryption, owner, identifier))
    }
}

/// A directory that must not grow.
struct LookUp<'a>(&'a Directory);

impl Ids for LookUp<'_> {
    fn names(&self) -> &Directory {
        self.0
    }

    fn endpoint(&mut self, jid: &FullJid) -> Result<EndpointId, Unresolved> {
        self.0.find_endpoint(jid).ok_or_else(|| Unresolved::Account(jid.to_bare()))
    }

    fn account(&mut self, jid: &BareJid) -> Result<AccountId, Unresolved> {
        self.0.find_account(jid).ok_or_else(|| Unresolved::Account(jid.clone()))
    }

    fn encryption(&mut self, encryption: &Encryption) -> Result<EncryptionId, Unresolved> {
        self.0.find_encryption(encryption).ok_or_else(|| Unresolved::Encryption(encryption.clone()))
    }

    fn key(
        &mut self,
        encryption: EncryptionId,
        owner: AccountId,
        identifier: &KeyIdentifier,
    ) -> Result<KeyId, Unresolved> {
        self.0.find_key(encryption, owner, identifier).ok_or_else(|| Unresolved::Key {
            owner: self.0.jid(owner).clone(),
            identifier: identifier.clone(),
        })
    }
}

fn restore(state: &StateV1, ids: &mut impl Ids) -> Result<Device, BadState> {
    let encryption = ids.encryption(&state.encryption)?;
    let endpoint = ids.endpoint(&state.endpoint)?;
    let own_account = state.endpoint.to_bare();
    let mut reading = Reading { state, ids, encryption };
    let key = reading.key(&own_account, &state.key)?;
    let mut device = Device::empty(endpoint, key, state.sharing, state.rules, reading.ids.names());
    device.id_source = state.distrust_secret.map_or(IdSource::Numbers, IdSource::Secret);
    let keys = reading.add_keys(&mut device)?;
    reading.add_owners(&mut device)?;
    for (known, key) in state.keys.iter().zip(keys) {
        reading.add_origin(&mut device, known, key)?;
        reading.add_last_words(&mut device, known, key)?;
        reading.add_distrusts(&mut device, known, key)?;
        reading.check_level(&device, known, key)?;
    }
    for left in &state.postponed {
        reading.add_postponed(&mut device, left)?;
    }
    reading.add_outbox(&mut device)?;
    device.extent = reading.ids.names().extent();
    Ok(device)
}

struct Reading<'a, I> {
    state: &'a StateV1,
    ids: &'a mut I,
    encryption: EncryptionId,
}

impl<I: Ids> Reading<'_, I> {
    fn key(&mut self, owner: &BareJid, identifier: &KeyIdentifier) -> Result<KeyId, BadState> {
        let checked = KeyIdentifier::new(&self.state.encryption, identifier.as_bytes());
        checked.map_err(|reason| BadState::Identifier { owner: owner.clone(), reason })?;
        let owner = self.ids.account(owner)?;
        let key = self.ids.key(self.encryption, owner, identifier)?;
        Ok(key)
    }

    fn named_key(&mut self, name: &KeyName) -> Result<KeyId, BadState> {
        self.key(&name.owner, &name.identifier)
    }

    /// Adds the records of all keys, still without the senders in their origins.
    fn add_keys(&mut self, device: &mut Device) -> Result<Vec<KeyId>, BadState> {
        let mut keys = Vec::with_capacity(self.state.keys.len());
        let is_cautious = device.rules.conflict == ConflictRule::Cautious;
        for known in &self.state.keys {
            let key = self.named_key(&known.key)?;
            let owner = self.ids.names().owner(key);
            if key == device.key {
                return Err(known.key.wrong("it is the device's own, about which a device decides nothing"));
            }
            if device.store.find(key).is_some() {
                return Err(known.key.wrong("it is listed more than once"));
            }
            let time = known.time.unwrap_or(KeyRecord::NEW.time);
            let KnownKey { level, discovered, owed_summary, takes_room, .. } = *known;
            let counted = takes_room;
            let record = KeyRecord { level, time, discovered, owed_summary, counted, ..KeyRecord::NEW };
            device.store.add(key, owner, |_| record);
            if counted {
                let kept = &mut device.store.owner_mut(owner).undiscovered;
                *kept += 1;
                if *kept as usize > device.rules.limits.undiscovered_per_contact {
                    return Err(known
                        .key
                        .wrong("more unknown keys of its owner are kept than the limits allow"));
                }
            }
            // Earlier versions omitted it under `cautious` while a key was distrusted.
            let is_left_out = is_cautious && known.level == Level::Distrusted;
            let since_then = known.time.filter(|_| is_left_out);
            if let Some(end) = known.distrusted_until.or(since_then) {
                let is_later = known.time.is_none_or(|time| time < end);
                if is_later && device.rules.conflict != ConflictRule::Named {
                    return Err(known.key.wrong("it was distrusted until after the last decision about it"));
                }
                device.store.distrust_until(key, end);
            }
            keys.push(key);
        }
        Ok(keys)
    }

    fn add_owners(&mut self, device: &mut Device) -> Result<(), BadState> {
        for (position, jid) in self.state.authenticated_owners.iter().enumerate() {
            let wrong = |reason| BadState::Account { account: jid.clone(), reason };
            let account = self.ids.account(jid)?;
            let shares_key = device.sharing == KeySharing::OneForAll && account == device.account;
            if shares_key {
                // It is present from the start.
                if position != 0 {
                    return Err(wrong("the account with one key for all endpoints comes first"));
                }
                continue;
            }
            let was_decided =
                |(_, record): (KeyId, &KeyRecord)| record.discovered && record.decision().is_some();
            if !device.store.records_of(account).any(was_decided) {
                return Err(wrong("a key of it was authenticated, but no key that is known was decided on"));
            }
            if device.store.latch(account).is_none() {
                return Err(wrong("it is listed more than once"));
            }
        }
        let first = self.state.authenticated_owners.first();
        let own = self.ids.names().jid(device.account);
        if device.sharing == KeySharing::OneForAll && first != Some(own) {
            let reason = "all its endpoints have one key, so a key of it was authenticated";
            return Err(BadState::Account { account: own.clone(), reason });
        }
        Ok(())
    }

    fn add_origin(&mut self, device: &mut Device, known: &KnownKey, key: KeyId) -> Result<(), BadState> {
        let origin = match &known.by {
            Author::Policy => Origin::Policy,
            Author::Person => Origin::Manual,
            Author::Message(sender) => Origin::Message { sender: self.sender(device, known, key, sender)? },
        };
        if let Some(record) = device.store.get_mut(key) {
            record.origin = origin;
        }
        Ok(())
    }

    /// Resolves the key of the endpoint that sent a decision about a key.
    fn sender(
        &mut self,
        device: &Device,
        known: &KnownKey,
        key: KeyId,
        sender: &KeyName,
    ) -> Result<KeyId, BadState> {
        let sender = self.named_key(sender)?;
        let shares_key = sender == device.key && device.sharing == KeySharing::OneForAll;
        if !shares_key && device.store.find(sender).is_none() {
            return Err(known.key.wrong("it was decided on by the message of a key that is not known"));
        }
        if !self.may_speak(device, sender, key) {
            return Err(known.key.wrong("it was decided on by a message that has no authority over it"));
        }
        Ok(sender)
    }

    fn may_speak(&self, device: &Device, sender: KeyId, key: KeyId) -> bool {
        let names = self.ids.names();
        let speaks_for_owner =
            names.owner(sender) == device.account || names.owner(sender) == names.owner(key);
        sender != key && key != device.key && speaks_for_owner
    }

    fn add_last_words(&mut self, device: &mut Device, known: &KnownKey, key: KeyId) -> Result<(), BadState> {
        let is_cautious = device.rules.conflict == ConflictRule::Cautious;
        if known.last_words.is_empty() && (!is_cautious || known.level.decision().is_none()) {
            return Ok(());
        }
        if !is_cautious {
            return Err(known.key.wrong("only the conflict rule cautious keeps last words"));
        }
        let mut words = LastWordsOnKey::default();
        for word in &known.last_words {
            let speaker = match &word.by {
                Author::Policy => return Err(known.key.wrong("a policy says nothing")),
                Author::Person => Speaker::Person,
                Author::Message(sender) => Speaker::Key(self.sender(device, known, key, sender)?),
            };
            if words.iter().any(|(other, _)| other == speaker) {
                return Err(known.key.wrong("somebody has two last words about it"));
            }
            words.replace(speaker, (word.decision, word.time));
        }
        if known.level.decision() != Some(words.result()) || known.last_words.is_empty() {
            return Err(known.key.wrong("its level is not the result of the last words about it"));
        }
        device.words.0.push(key, words);
        Ok(())
    }

    fn add_distrusts(&mut self, device: &mut Device, known: &KnownKey, key: KeyId) -> Result<(), BadState> {
        let is_named = device.rules.conflict == ConflictRule::Named;
        let is_distrusted = known.level == Level::Distrusted;
        let ids = known.distrusts.read(device, &known.key)?;
        if ids.is_empty() && known.unnamed_distrusts.is_empty() && (!is_named || !is_distrusted) {
            return Ok(());
        }
        if known.level.decision().is_none() || is_distrusted == ids.standing().is_empty() {
            return Err(known.key.wrong("it is distrusted exactly if a distrust of it stands"));
        }
        let mut unnamed = Vec::new();
        for said in &known.unnamed_distrusts {
            let speaker = self.sender(device, known, key, &said.by)?;
            let id = DistrustId::of_unnamed(speaker, said.time, self.ids.names());
            if !ids.contains(id) {
                return Err(known.key.wrong("a distrust that came without an id is not among those of it"));
            }
            unnamed.push(UnnamedDistrust { speaker, time: said.time, id });
        }
        *device.distrusts.of_mut(key) = DistrustsOfKey { ids, unnamed };
        Ok(())
    }

    /// Checks that the engine can produce such a record of a key.
    fn check_level(&self, device: &Device, known: &KnownKey, key: KeyId) -> Result<(), BadState> {
        let owner = self.ids.names().owner(key);
        let is_latched = device.store.owner(owner).is_some_and(Owner::is_latched);
        let is_authored = match known.level {
            Level::Authenticated | Level::Distrusted => known.by != Author::Policy,
            Level::ManuallyTrusted => known.by == Author::Person,
            Level::Undecided | Level::AutomaticallyTrusted | Level::AutomaticallyDistrusted => {
                known.by == Author::Policy
            }
        };
        let follows_policy = match known.level {
            Level::Authenticated => is_latched || !known.discovered,
            Level::Distrusted => true,
            level => policy_permits(device.rules.policy, level, is_latched),
        };
        let is_explicit = known.level.decision().is_some();
        let wrong = if !is_authored {
            "nobody who is named can be behind its level"
        } else if !follows_policy {
            "its level contradicts the policy, or whether a key of its owner was ever authenticated"
        } else if is_explicit != known.time.is_some() {
            "it has a time exactly if somebody decided on it"
        } else if !is_explicit && !known.discovered {
            "nothing is known about it"
        } else if known.owed_summary && (known.discovered || known.level != Level::Authenticated) {
            "only a key that is authenticated and not known yet waits for a summary"
        } else if known.takes_room && (known.discovered || owner == device.account) {
            "only a contact's key that is not known yet takes up room"
        } else {
            return Ok(());
        };
        Err(known.key.wrong(wrong))
    }

    fn add_postponed(&mut self, device: &mut Device, left: &LeftBySender) -> Result<(), BadState> {
        let sender = self.named_key(&left.sender)?;
        let account = self.ids.names().owner(sender);
        let share = if account == device.account { Share::Own } else { Share::Contacts };
        let record = device.store.get(sender);
        let is_distrusted = record.is_some_and(|record| record.level == Level::Distrusted);
        let counts = record.is_some_and(|record| record.effective_level() == Level::Authenticated);
        if sender == device.key || is_distrusted || counts {
            return Err(left.sender.wrong("what it says is not postponed"));
        }
        if left.decisions.is_empty() || device.postponed.left_by(sender).next().is_some() {
            return Err(left.sender.wrong("it is listed more than once, or has left nothing"));
        }
        let mut keys = FxHashSet::default();
        for said in &left.decisions {
            let key = self.named_key(&said.key)?;
            if !self.may_speak(device, sender, key) {
                return Err(left.sender.wrong("it left a decision that it has no authority over"));
            }
            if !keys.insert(key) {
                return Err(left.sender.wrong("it left two decisions about one key"));
            }
            let sender = Sender { key: sender, account, share };
            if !is_within_limits(device.postponed.counts(sender), sender.share, &device.rules.limits) {
                return Err(left.sender.wrong("it left more than the limits allow"));
            }
            device.postponed.insert(sender, key, (said.decision, said.time));
            let ids = said.distrusts.read(device, &said.key)?;
            if !ids.is_empty() {
                device.postponed.replace_ids(sender.key, key, ids);
            }
        }
        Ok(())
    }

    fn add_outbox(&mut self, device: &mut Device) -> Result<(), BadState> {
        device.outbox.next = self.state.next_message;
        if self.state.next_message > GREATEST_NUMBER {
            return Err(BadState::Number { number: self.state.next_message });
        }
        let mut waiting: Vec<&WaitingMessage> = self.state.outbox.iter().collect();
        waiting.sort_by_key(|message| message.number);
        // Messages to several accounts share their content.
        let mut contents: FxHashMap<(Arc<[Decision]>, DistrustsByKey), Arc<TrustMessage>> =
            FxHashMap::default();
        for message in waiting {
            let wrong = |reason| BadState::Message { number: message.number, reason };
            if message.number >= device.outbox.next {
                return Err(wrong("it has a number that was not given out yet"));
            }
            if device.outbox.waiting.back().is_some_and(|last| last.id.0 == message.number) {
                return Err(wrong("there is another one with its number"));
            }
            let to = self.ids.account(&message.to)?;
            let keys = message.keys.iter().map(|key| self.key(&message.to, key));
            let keys = keys.collect::<Result<Vec<KeyId>, BadState>>()?;
            let addressees: FxHashSet<KeyId> = keys.iter().copied().collect();
            let can_read = |key: &KeyId| device.level(*key) == Level::Authenticated;
            if keys.is_empty() || addressees.len() != keys.len() || !keys.iter().all(can_read) {
                return Err(wrong("it is for no key, twice for one, or for one that is not authenticated"));
            }
            let mut told = FxHashSet::default();
            let mut content = Vec::with_capacity(message.decisions.len());
            let mut distrusts = Vec::new();
            for said in &message.decisions {
                let key = self.named_key(&said.key)?;
                let record = device.store.get(key);
                if record.and_then(KeyRecord::decision).is_none() || !told.insert(key) {
                    return Err(wrong("it tells about a key twice, or about one that nobody decided on"));
                }
                let is_about_its_reader = keys == [key]; // that it is trusted again
                if to != device.account
                    && self.ids.names().owner(key) != device.account
                    && !(is_about_its_reader && device.rules.conflict == ConflictRule::Named)
                {
                    return Err(wrong("it tells a contact about somebody else's key"));
                }
                content.push(Decision { key, kind: said.decision });
                distrusts.push((key, said.distrusts.read(device, &said.key)?));
            }
            if content.is_empty() {
                return Err(wrong("it says nothing"));
            }
            let content: Arc<[Decision]> = content.into();
            let distrusts: DistrustsByKey = distrusts.into_iter().collect();
            let said = contents.entry((content.clone(), distrusts.clone())).or_insert_with(|| {
                let encryption = self.encryption;
                Arc::new(TrustMessage { usage: Usage::Atm, encryption, decisions: content, distrusts })
            });
            let envelope = Envelope {
                padded: true,
                time: Some(message.time),
                from: Some(device.account),
                to: Some(to),
                message: said.clone(),
            };
            let (id, keys) = (OutboxId(message.number), keys.into_iter().collect());
            device.outbox.waiting.push_back(Outgoing { id, to, keys, envelope });
        }
        Ok(())
    }
}

impl StoredDistrusts {
    /// Resolves the ids, which only the rule `named` keeps.
    fn read(&self, device: &Device, key: &KeyName) -> Result<DistrustIds, BadState> {
        let Self { standing, overruled } = self;
        let ids = DistrustIds::new(standing.iter().copied(), overruled.iter().copied());
        if !ids.is_empty() && device.rules.conflict != ConflictRule::Named {
            return Err(key.wrong("only the conflict rule named keeps ids of distrusts"));
        }
        if ids.standing() != standing || ids.overruled() != overruled {
            return Err(key.wrong("ids of distrusts stand in ascending order, and in one of the lists only"));
        }
        Ok(ids)
    }
}

impl KeyName {
    /// The error about this key with a reason.
    fn wrong(&self, reason: &'static str) -> BadState {
        BadState::Key { owner: self.owner.clone(), identifier: self.identifier.clone(), reason }
    }
}
