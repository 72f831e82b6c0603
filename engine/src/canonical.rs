//! Canonical forms of a device's state, for a search through all states.
//!
//! A search merges states with the same future. The methods here change a state so that the device behaves as before,
//! or as before up to the same renaming or change of times.

use std::sync::Arc;

use crate::device::Device;
use crate::distrust_ids::{DistrustId, DistrustIds, DistrustsByKey};
use crate::level::Origin;
use crate::message::{Decision, DecisionKind, Envelope, TrustMessage};
use crate::names::{AccountId, EndpointId, KeyId, Stamp};
use crate::outcome::Outgoing;
use crate::settings::ConflictRule;
use crate::store::last_words::Speaker;

/// A permutation of ids. An id that is not listed stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renaming {
    /// The new id of each key, by [`KeyId::index`].
    pub keys: Vec<KeyId>,
    /// The new id of each account, by [`AccountId::index`].
    pub accounts: Vec<AccountId>,
    /// The new id of each endpoint, by [`EndpointId::index`].
    pub endpoints: Vec<EndpointId>,
}

impl Renaming {
    /// The new id of a key.
    #[must_use]
    pub fn key(&self, key: KeyId) -> KeyId {
        self.keys.get(key.index()).copied().unwrap_or(key)
    }

    /// The new id of an account.
    #[must_use]
    pub fn account(&self, account: AccountId) -> AccountId {
        self.accounts.get(account.index()).copied().unwrap_or(account)
    }

    /// The new id of an endpoint.
    #[must_use]
    pub fn endpoint(&self, endpoint: EndpointId) -> EndpointId {
        self.endpoints.get(endpoint.index()).copied().unwrap_or(endpoint)
    }

    /// The new id of a distrust. A numbered id moves to the new id of the endpoint that numbered it; other ids stay.
    #[must_use]
    pub fn distrust(&self, id: DistrustId) -> DistrustId {
        self.endpoints.get(id.numbering_endpoint()).map_or(id, |endpoint| id.at_endpoint(*endpoint))
    }

    fn distrusts(&self, ids: &DistrustIds) -> DistrustIds {
        ids.renamed(|id| self.distrust(id))
    }

    /// The same decision with the new id of its key.
    #[must_use]
    pub fn decision(&self, decision: Decision) -> Decision {
        Decision { key: self.key(decision.key), ..decision }
    }
}

/// Whether the order of a state's lists matters: the order in which the device learned keys and decisions, and in which
/// accounts first had an authenticated key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOrder {
    /// States that differ in the order are different.
    Counts,
    /// States that differ only in the order are equal.
    Ignored,
}

/// The operations of a search on a device's state.
pub trait Canonical {
    /// Calls `change` for each time in the state except [`Stamp::MIN`], which means "none". It also passes the keys
    /// that the decisions of that time are about or come from.
    fn change_times(&mut self, change: impl FnMut(&mut Stamp, &[KeyId]));

    /// Replaces the sender of every origin by the device's own key. The device only distinguishes persons from
    /// messages.
    fn canonicalise_origins(&mut self);

    /// Restarts the numbering of messages at 0 if none waits. The numbers only distinguish waiting messages and own
    /// messages that come back.
    fn canonicalise_numbers(&mut self);

    /// Returns the state with permuted ids: the state of the endpoint that takes this one's place.
    #[must_use]
    fn renamed(&self, renaming: &Renaming) -> Self;

    /// Writes the whole state as numbers. Two states of devices with the same rules have the same numbers exactly if
    /// they are equal, up to the order of lists if it is ignored.
    fn write_numbers(&self, order: ListOrder, out: &mut Vec<i64>);
}

impl Canonical for Device {
    fn change_times(&mut self, mut change: impl FnMut(&mut Stamp, &[KeyId])) {
        let own = self.key;
        let mut visit = |time: &mut Stamp, keys: &[KeyId]| {
            if *time != Stamp::MIN {
                change(time, keys);
            }
        };
        for position in 0..self.store.records.len() {
            let (key, record) = self.store.records.at_mut(position);
            // A record is packed, so its time cannot be borrowed.
            let mut time = record.time;
            visit(&mut time, &[key]);
            record.time = time;
        }
        for position in 0..self.store.distrusted_until.len() {
            let (key, until) = self.store.distrusted_until.at_mut(position);
            visit(until, &[key]);
        }
        for position in 0..self.words.0.len() {
            let (key, words) = self.words.0.at_mut(position);
            words.change_times(|speaker, time| match speaker {
                Speaker::Person => visit(time, &[key]),
                Speaker::Key(speaker) => visit(time, &[key, speaker]),
            });
        }
        for position in 0..self.distrusts.0.as_ref().map_or(0, |known| known.len()) {
            let Some(known) = &mut self.distrusts.0 else { break };
            let (key, known) = known.at_mut(position);
            for said in &mut known.unnamed {
                visit(&mut said.time, &[key, said.speaker]);
            }
        }
        for (sender, left) in self.postponed.0.iter_mut().flat_map(|stored| &mut stored.senders) {
            for position in 0..left.decisions.len() {
                let (key, (_, time)) = left.decisions.at_mut(position);
                visit(time, &[key, *sender]);
            }
        }
        for outgoing in &mut self.outbox.waiting {
            let said = outgoing.envelope.message.decisions.iter().map(|decision| decision.key);
            let keys: Vec<KeyId> = said.chain([own]).collect();
            if let Some(time) = &mut outgoing.envelope.time {
                visit(time, &keys);
            }
        }
    }

    fn canonicalise_origins(&mut self) {
        for position in 0..self.store.records.len() {
            let (_, record) = self.store.records.at_mut(position);
            if let Origin::Message { sender } = &mut record.origin {
                *sender = self.key;
            }
        }
    }

    fn canonicalise_numbers(&mut self) {
        if self.outbox.waiting.is_empty() {
            self.outbox.next = 0;
        }
    }

    fn renamed(&self, renaming: &Renaming) -> Self {
        let mut renamed = self.clone();
        (renamed.endpoint, renamed.account, renamed.key) =
            (renaming.endpoint(self.endpoint), renaming.account(self.account), renaming.key(self.key));
        renamed.store.records = self
            .store
            .records
            .iter()
            .map(|(key, record)| {
                let mut record = *record;
                if let Origin::Message { sender } = &mut record.origin {
                    *sender = renaming.key(*sender);
                }
                (renaming.key(*key), record)
            })
            .collect();
        let owners = self.store.owners.iter();
        renamed.store.owners =
            owners.map(|(account, owner)| (renaming.account(*account), owner.clone())).collect();
        let until = self.store.distrusted_until.iter();
        renamed.store.distrusted_until = until.map(|(key, until)| (renaming.key(*key), *until)).collect();
        let words = self.words.0.iter();
        let new_words =
            words.map(|(key, words)| (renaming.key(*key), words.renamed(|key| renaming.key(key))));
        renamed.words.0 = new_words.collect();
        if let Some(known) = &mut renamed.distrusts.0 {
            let known_before = std::mem::take(&mut **known).into_iter();
            **known = known_before
                .map(|(key, mut known)| {
                    known.ids = renaming.distrusts(&known.ids);
                    for said in &mut known.unnamed {
                        said.speaker = renaming.key(said.speaker);
                    }
                    (renaming.key(key), known)
                })
                .collect();
        }
        if let Some(stored) = &mut renamed.postponed.0 {
            stored.senders = std::mem::take(&mut stored.senders)
                .into_iter()
                .map(|(sender, mut left)| {
                    left.account = renaming.account(left.account);
                    let said = left.decisions.into_iter();
                    left.decisions = said.map(|(key, said)| (renaming.key(key), said)).collect();
                    let ids = left.ids.into_iter();
                    left.ids = ids.map(|(key, ids)| (renaming.key(key), renaming.distrusts(&ids))).collect();
                    (renaming.key(sender), left)
                })
                .collect();
            let accounts = std::mem::take(&mut stored.stored_per_account).into_iter();
            stored.stored_per_account =
                accounts.map(|(account, count)| (renaming.account(account), count)).collect();
        }
        for outgoing in &mut renamed.outbox.waiting {
            *outgoing = renamed_message(outgoing, renaming);
        }
        renamed
    }

    fn write_numbers(&self, order: ListOrder, out: &mut Vec<i64>) {
        let origin = |origin: Origin| match origin {
            Origin::Policy => -2,
            Origin::Manual => -1,
            Origin::Message { sender } => number(sender.index()),
        };
        let kind = |kind: DecisionKind| match kind {
            DecisionKind::Trust => 1,
            DecisionKind::Distrust => 2,
        };
        out.push(number(self.endpoint.index()));
        section(
            order,
            out,
            self.store.records.iter().map(|(key, record)| {
                let flags = [record.discovered, record.owed_summary, record.counted];
                let flags = flags.iter().fold(0, |flags, flag| flags * 2 + i64::from(*flag));
                [
                    number(key.index()),
                    record.level as i64,
                    origin(record.origin),
                    record.time.as_millis(),
                    flags,
                ]
            }),
        );
        section(
            order,
            out,
            self.store.owners.iter().map(|(account, owner)| {
                [number(account.index()), i64::from(owner.is_latched()), i64::from(owner.undiscovered)]
            }),
        );
        if order == ListOrder::Counts {
            let latched = self.store.latched_owners();
            section(order, out, latched.map(|(account, _)| [number(account.index())]));
        }
        let until = self.store.distrusted_until.iter();
        section(order, out, until.map(|(key, until)| [number(key.index()), until.as_millis()]));
        section(
            order,
            out,
            self.words.0.iter().flat_map(|(key, words)| {
                words.iter().map(move |(speaker, said)| {
                    let speaker = match speaker {
                        Speaker::Person => -1,
                        Speaker::Key(speaker) => number(speaker.index()),
                    };
                    [number(key.index()), speaker, kind(said.0), said.1.as_millis()]
                })
            }),
        );
        section(
            order,
            out,
            self.postponed.0.iter().flat_map(|stored| &stored.senders).flat_map(|(sender, left)| {
                left.decisions.iter().map(move |(key, said)| {
                    [number(sender.index()), number(key.index()), kind(said.0), said.1.as_millis()]
                })
            }),
        );
        if self.rules.conflict == ConflictRule::Named {
            self.write_distrusts(order, out);
        }
        out.push(i64::try_from(self.outbox.next).unwrap_or(i64::MAX));
        for outgoing in &self.outbox.waiting {
            let time = outgoing.envelope.time.unwrap_or(Stamp::MIN).as_millis();
            out.extend([i64::try_from(outgoing.id.0).unwrap_or(i64::MAX), number(outgoing.to.index()), time]);
            section(order, out, outgoing.keys.iter().map(|key| [number(key.index())]));
            let said = outgoing.envelope.message.decisions.iter();
            section(order, out, said.map(|decision| [number(decision.key.index()), kind(decision.kind)]));
            write_ids(&outgoing.envelope.message.distrusts, out);
        }
    }
}

impl Device {
    /// Writes the known ids of distrusts, and those that wait with postponed decisions.
    fn write_distrusts(&self, order: ListOrder, out: &mut Vec<i64>) {
        let known = self.distrusts.0.iter().flat_map(|known| known.iter());
        let rows = |key: KeyId, ids: &DistrustIds| {
            rows(ids).map(move |[list, id]| [number(key.index()), list, id]).collect::<Vec<_>>()
        };
        section(order, out, known.clone().flat_map(|(key, known)| rows(*key, &known.ids)));
        section(
            order,
            out,
            known.flat_map(|(key, known)| {
                known
                    .unnamed
                    .iter()
                    .map(|said| [number(key.index()), number(said.speaker.index()), said.time.as_millis()])
            }),
        );
        let left = self.postponed.0.iter().flat_map(|stored| &stored.senders);
        section(
            order,
            out,
            left.flat_map(|(sender, left)| {
                let of_key = left.ids.iter().flat_map(|(key, ids)| rows(*key, ids));
                of_key.map(|[key, list, id]| [number(sender.index()), key, list, id])
            }),
        );
    }
}

/// Writes the ids that a message carries, if any.
pub fn write_ids(distrusts: &DistrustsByKey, out: &mut Vec<i64>) {
    for (key, ids) in distrusts.iter() {
        out.push(number(key.index()));
        out.extend(rows(ids).flatten());
    }
}

/// Each id, with the number of its list: -1 for standing, -2 for overruled.
fn rows(ids: &DistrustIds) -> impl Iterator<Item = [i64; 2]> {
    let of = |list: i64, ids: &'_ [DistrustId]| -> Vec<[i64; 2]> {
        ids.iter().map(|id| [list, id.number().cast_signed()]).collect()
    };
    of(-1, ids.standing()).into_iter().chain(of(-2, ids.overruled()))
}

/// Returns the message with permuted ids: the one that the permuted sender sends.
#[must_use]
pub fn renamed_message(outgoing: &Outgoing, renaming: &Renaming) -> Outgoing {
    let Envelope { padded, time, from, to, message } = &outgoing.envelope;
    let decisions = message.decisions.iter().map(|decision| renaming.decision(*decision));
    let distrusts = message.distrusts.iter().map(|(key, ids)| (renaming.key(key), renaming.distrusts(ids)));
    let message = TrustMessage {
        decisions: decisions.collect(),
        distrusts: distrusts.collect(),
        ..TrustMessage::clone(message)
    };
    Outgoing {
        id: outgoing.id,
        to: renaming.account(outgoing.to),
        keys: outgoing.keys.iter().map(|key| renaming.key(*key)).collect(),
        envelope: Envelope {
            padded: *padded,
            time: *time,
            from: from.map(|account| renaming.account(account)),
            to: to.map(|account| renaming.account(account)),
            message: Arc::new(message),
        },
    }
}

/// Writes the number of rows, then the rows.
fn section<const N: usize>(order: ListOrder, out: &mut Vec<i64>, rows: impl Iterator<Item = [i64; N]>) {
    let mut rows: Vec<[i64; N]> = rows.collect();
    if order == ListOrder::Ignored {
        rows.sort_unstable();
    }
    out.push(number(rows.len()));
    out.extend(rows.into_iter().flatten());
}

fn number(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
