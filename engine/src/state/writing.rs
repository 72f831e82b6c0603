//! From a device to its stored form.

use super::reading::GREATEST_NUMBER;
use super::{
    Author, KeyName, KnownKey, LastWord, LeftBySender, LeftDecision, StateV1, StoredDevice, StoredDistrusts,
    UnnamedWord, WaitingDecision, WaitingMessage,
};
use crate::device::Device;
use crate::distrust_ids::{DistrustIds, IdSource};
use crate::level::Origin;
use crate::names::{Directory, KeyId, Stamp, UnknownId};
use crate::outcome::Outgoing;
use crate::store::key_store::KeyRecord;
use crate::store::last_words::Speaker;

impl Device {
    /// Returns the stored form: the device with all names that it refers to.
    ///
    /// # Errors
    ///
    /// If `names` is not the directory that issued the device's ids.
    pub fn to_stored(&self, names: &Directory) -> Result<StoredDevice, UnknownId> {
        self.check_directory(names)?;
        names.knows_endpoint(self.endpoint)?;
        if names.account_of(self.endpoint) != self.account {
            return Err(UnknownId::Endpoint(self.endpoint));
        }
        let writing = Writing { device: self, names };
        let (next_message, outbox) = writing.outbox();
        let mut postponed: Vec<LeftBySender> =
            self.postponed_senders().map(|sender| writing.left_by(sender)).collect();
        postponed.sort_by(|one, other| one.sender.cmp(&other.sender));
        Ok(StoredDevice(StateV1 {
            endpoint: names.full_jid(self.endpoint).clone(),
            encryption: names.encryption_name(self.encryption).clone(),
            key: names.identifier(self.key).clone(),
            sharing: self.sharing,
            rules: self.rules,
            distrust_secret: match self.id_source {
                IdSource::Numbers => None,
                IdSource::Secret(secret) => Some(secret),
            },
            keys: self.store.records().map(|(key, record)| writing.known_key(key, record)).collect(),
            authenticated_owners: self
                .store
                .latched_owners()
                .map(|(account, _)| names.jid(account).clone())
                .collect(),
            postponed,
            next_message,
            outbox,
        }))
    }
}

struct Writing<'a> {
    device: &'a Device,
    names: &'a Directory,
}

impl Writing<'_> {
    fn key(&self, key: KeyId) -> KeyName {
        KeyName {
            owner: self.names.jid(self.names.owner(key)).clone(),
            identifier: self.names.identifier(key).clone(),
        }
    }

    fn known_key(&self, key: KeyId, record: &KeyRecord) -> KnownKey {
        let author = match record.origin {
            Origin::Policy => Author::Policy,
            Origin::Manual => Author::Person,
            Origin::Message { sender } => Author::Message(self.key(sender)),
        };
        KnownKey {
            key: self.key(key),
            level: record.level,
            by: author,
            time: record.decision().map(|_| record.time),
            discovered: record.discovered,
            owed_summary: record.owed_summary,
            takes_room: record.counted,
            distrusted_until: self.device.store.distrusted_until(key),
            last_words: self.last_words(key),
            distrusts: StoredDistrusts::of(self.device.distrusts.of(key).map(|known| &known.ids)),
            unnamed_distrusts: self.unnamed_distrusts(key),
        }
    }

    fn unnamed_distrusts(&self, key: KeyId) -> Vec<UnnamedWord> {
        let unnamed = self.device.distrusts.of(key).into_iter().flat_map(|known| &known.unnamed);
        unnamed.map(|said| UnnamedWord { by: self.key(said.speaker), time: said.time }).collect()
    }

    fn last_words(&self, key: KeyId) -> Vec<LastWord> {
        let words = self.device.words.0.get(key).into_iter().flat_map(|words| words.iter());
        let mut words: Vec<LastWord> = words
            .map(|(speaker, (decision, time))| {
                let by = match speaker {
                    Speaker::Person => Author::Person,
                    Speaker::Key(holder) => Author::Message(self.key(holder)),
                };
                LastWord { by, decision, time }
            })
            .collect();
        words.sort_by(|one, other| one.by.cmp(&other.by)); // each author occurs once
        words
    }

    fn left_by(&self, sender: KeyId) -> LeftBySender {
        let decisions = self.device.postponed(sender).map(|(decision, time)| LeftDecision {
            key: self.key(decision.key),
            decision: decision.kind,
            time,
            distrusts: StoredDistrusts::of(self.device.postponed_distrusts(sender, decision.key)),
        });
        LeftBySender { sender: self.key(sender), decisions: decisions.collect() }
    }

    /// The number of the next message, and the waiting messages. They are renumbered from 0 before the numbers exceed
    /// the greatest accepted one.
    fn outbox(&self) -> (u64, Vec<WaitingMessage>) {
        let mut outbox: Vec<WaitingMessage> =
            self.device.outbox().map(|outgoing| self.waiting(outgoing)).collect();
        if self.device.outbox.next <= GREATEST_NUMBER {
            return (self.device.outbox.next, outbox);
        }
        let mut next = 0;
        for message in &mut outbox {
            message.number = next;
            next += 1;
        }
        (next, outbox)
    }

    fn waiting(&self, outgoing: &Outgoing) -> WaitingMessage {
        let decisions = outgoing.envelope.message.decisions.iter();
        WaitingMessage {
            number: outgoing.id.0,
            to: self.names.jid(outgoing.to).clone(),
            keys: outgoing.keys.iter().map(|key| self.names.identifier(*key).clone()).collect(),
            time: outgoing.envelope.time.unwrap_or(Stamp::MIN),
            decisions: decisions
                .map(|said| WaitingDecision {
                    key: self.key(said.key),
                    decision: said.kind,
                    distrusts: StoredDistrusts::of(outgoing.envelope.message.distrusts.of(said.key)),
                })
                .collect(),
        }
    }
}

impl StoredDistrusts {
    fn of(ids: Option<&DistrustIds>) -> Self {
        let Some(ids) = ids else { return Self::default() };
        Self { standing: ids.standing().to_vec(), overruled: ids.overruled().to_vec() }
    }
}
