//! E16: what is announced to whom.
//!
//! Only a manual decision is announced, with what it released; under the rule `relay` also what a received
//! message decided first. The whole change is applied before any of it is announced. Decisions about own
//! endpoints' keys go to the own bare JID and to every contact that has an authenticated key, decisions about
//! contacts' keys to the own bare JID. An endpoint that the change authenticated gets a summary instead:
//! an own one all explicit decisions about all owners, a contact's those about the own account. Nobody is
//! told about its own key only, and nothing empty is sent. What is too long for one stanza is sent as several
//! messages that name disjoint keys.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::draft::{Draft, parts};
use crate::device::{Device, KeySharing};
use crate::message::{Decision, DecisionKind, Envelope, TrustMessage, Usage};
use crate::names::{AccountId, Directory, KeyId, Stamp};
use crate::outcome::{Cause, Change, Outcome};
use crate::settings::AnnouncementRule;
use crate::store::addressees::Addressees;
use crate::store::id_map::IdMap;
use crate::store::key_store::{KeyStore, Record};

/// What made the device change.
#[derive(Clone, Copy)]
pub(crate) enum Trigger {
    /// A person's decision.
    Person,
    /// A received message.
    Message,
    /// A key that was decided on before became known.
    Discovery {
        /// That key.
        key: KeyId,
        /// Whether its authentication was announced, so that its endpoint waits for a summary.
        owed_summary: bool,
    },
}

/// What of a change others hear.
#[derive(Default)]
struct Announcement {
    /// The decisions to announce.
    told: SmallVec<[Decision; 4]>,
    /// The keys whose endpoints get a summary.
    greeted: SmallVec<[KeyId; 4]>,
}

impl Device {
    /// Announces what a message changed and stands in `out` from the position `since` on, if the rule is to relay.
    #[inline] // for each message; mostly there is nothing more to do
    pub(crate) fn announce_message(
        &mut self,
        since: usize,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) {
        if self.rules.announcement == AnnouncementRule::Relay {
            self.announce(Trigger::Message, since, now, names, out);
        }
    }

    /// Announces the changes that stand in `out` from the position `since` on.
    #[inline(never)] // mostly not for messages
    pub(crate) fn announce(
        &mut self,
        trigger: Trigger,
        since: usize,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) {
        let Announcement { told, greeted } = self.select(trigger, &out.changes[since..], names);
        let greeted = self.known_of(greeted);
        let mut drafts = Vec::new();
        self.draft_announcements(&told, &greeted, names, &mut drafts);
        self.draft_summaries(&greeted, names, &mut drafts);
        self.post(drafts, now, out);
    }

    /// Sends all explicit decisions to the own account, which shares one key.
    pub(crate) fn send_summary_to_own_account(&mut self, now: Stamp, names: &Directory, out: &mut Outcome) {
        let draft = Draft::new(self.account, self.key.into(), explicit_decisions(self.store.records()));
        self.post(draft.into_iter().flat_map(|draft| draft.in_parts(names)).collect(), now, out);
    }

    /// Chooses what others hear of a change, by the announcement rule.
    fn select(&self, trigger: Trigger, changes: &[Change], names: &Directory) -> Announcement {
        let rule = self.rules.announcement;
        let mut chosen: IdMap<KeyId, (bool, bool)> = IdMap::default();
        if let Trigger::Discovery { key, owed_summary: true } = trigger {
            chosen.push(key, (false, true));
        }
        for change in changes {
            let Change::Decided { decision, was, cause, .. } = change else { continue };
            let relayed = rule == AnnouncementRule::Relay && was.decision().is_none();
            let (told, greeted) = match trigger {
                Trigger::Person => (rule != AnnouncementRule::Direct || *cause == Cause::Decided, true),
                Trigger::Message => (relayed, relayed),
                Trigger::Discovery { owed_summary, .. } => {
                    let released = owed_summary && rule != AnnouncementRule::Direct;
                    (released || relayed, owed_summary || relayed)
                }
            };
            let position = chosen.position_or_default(decision.key);
            let (_, chosen) = chosen.at_mut(position);
            *chosen = (chosen.0 | told, chosen.1 | greeted);
        }
        let mut announcement = Announcement::default();
        for &(key, (told, greeted)) in chosen.iter() {
            let Some(kind) = self.store.get(key).and_then(|record| record.decision()) else { continue };
            let one_key = self.sharing == KeySharing::OneForAll && names.owner(key) == self.account;
            if told && !one_key {
                announcement.told.push(Decision { key, kind });
            }
            if greeted && kind == DecisionKind::Trust {
                announcement.greeted.push(key);
            }
        }
        announcement
    }

    /// Those of `keys` that are known by now. The others get their summary on discovery.
    fn known_of(&mut self, mut keys: SmallVec<[KeyId; 4]>) -> SmallVec<[KeyId; 4]> {
        keys.retain(|key| match self.store.get_mut(*key) {
            Some(record) if record.discovered => true,
            Some(record) => {
                record.owed_summary = true;
                false
            }
            None => false,
        });
        keys
    }

    fn draft_announcements(
        &self,
        told: &[Decision],
        greeted: &[KeyId],
        names: &Directory,
        drafts: &mut Vec<Draft>,
    ) {
        if told.is_empty() {
            return;
        }
        let greeted: IdMap<KeyId, ()> = greeted.iter().map(|key| (*key, ())).collect();
        let is_own = |decision: &Decision| names.owner(decision.key) == self.account;
        let all: Arc<[Decision]> = told.into();
        let to_own = match self.sharing {
            KeySharing::OneForAll => self.key.into(),
            KeySharing::OnePerEndpoint => without(&greeted, self.store.authenticated_keys(self.account)),
        };
        let to_own = Draft::new(self.account, to_own, all.clone());
        drafts.extend(to_own.into_iter().flat_map(|draft| draft.in_parts(names)));
        if !told.iter().any(is_own) {
            return;
        }
        let about_own =
            if told.iter().all(is_own) { all } else { told.iter().copied().filter(is_own).collect() };
        let about_own = parts(&about_own, names);
        for (owner, keys) in self.store.authenticated_keys_by_owner() {
            if owner != self.account {
                self.draft_for_contact(owner, &without(&greeted, keys), &about_own, names, drafts);
            }
        }
    }

    fn draft_summaries(&self, greeted: &[KeyId], names: &Directory, drafts: &mut Vec<Draft>) {
        if self.sharing == KeySharing::OneForAll {
            return;
        }
        let mut by_account: IdMap<AccountId, Addressees> = IdMap::default();
        for key in greeted {
            let position = by_account.position_or_default(names.owner(*key));
            by_account.at_mut(position).1.push(*key);
        }
        let mut about_own = None;
        for (account, keys) in by_account {
            if account == self.account {
                // A draft would leave the key of an only addressee out itself, by copying all the rest.
                let only_addressee = match keys[..] {
                    [only] => Some(only),
                    _ => None,
                };
                let records = self.store.records().filter(|(key, _)| Some(*key) != only_addressee);
                let summary = Draft::new(account, keys, explicit_decisions(records));
                drafts.extend(summary.into_iter().flat_map(|draft| draft.in_parts(names)));
            } else {
                let records = || parts(&explicit_decisions(self.store.records_of(self.account)), names);
                let content = about_own.get_or_insert_with(records);
                self.draft_for_contact(account, &keys, content, names, drafts);
            }
        }
    }

    /// E15: a contact gets only decisions about the own account's keys, never about third parties. Of an account
    /// whose endpoints share one key there are none to tell. All contacts get the same parts, which name no key of theirs.
    fn draft_for_contact(
        &self,
        contact: AccountId,
        keys: &Addressees,
        about_own: &[Arc<[Decision]>],
        names: &Directory,
        drafts: &mut Vec<Draft>,
    ) {
        debug_assert!(self.sharing == KeySharing::OnePerEndpoint);
        debug_assert!(
            about_own.iter().flat_map(|part| &part[..]).all(|said| names.owner(said.key) == self.account)
        );
        if !keys.is_empty() {
            let told = about_own.iter().filter(|part| !part.is_empty());
            drafts.extend(told.map(|part| Draft { to: contact, keys: keys.clone(), content: part.clone() }));
        }
    }

    /// E14: writes messages into the outbox, each in one encryption namespace and encrypted exactly for a
    /// set of authenticated keys.
    fn post(&mut self, drafts: Vec<Draft>, now: Stamp, out: &mut Outcome) {
        out.outgoing.reserve(drafts.len());
        self.outbox.reserve(drafts.len());
        let mut messages: SmallVec<[(Stamp, Arc<TrustMessage>); 2]> = SmallVec::new();
        for Draft { to, keys, content } in drafts {
            debug_assert!(keys.iter().all(|key| self.is_authenticated(*key)));
            let same = messages.iter().rfind(|(_, message)| Arc::ptr_eq(&message.decisions, &content));
            let (time, message) = same.cloned().unwrap_or_else(|| {
                let said = self.say(content, now);
                messages.push(said.clone());
                said
            });
            let envelope =
                Envelope { padded: true, time: Some(time), from: Some(self.account), to: Some(to), message };
            out.outgoing.push(self.outbox.add(to, keys, envelope));
        }
    }

    /// A message that says something now, and its time, which the records of what it says get.
    fn say(&mut self, content: Arc<[Decision]>, now: Stamp) -> (Stamp, Arc<TrustMessage>) {
        let time = self.restate(&content, now);
        let message = TrustMessage { usage: Usage::Atm, encryption: self.encryption, decisions: content };
        (time, Arc::new(message))
    }

    /// The time at which decisions are said now: not before any of them was made. Their records get it too.
    fn restate(&mut self, said: &[Decision], now: Stamp) -> Stamp {
        let mut time = now;
        loop {
            let before = time;
            for decision in said {
                if let Some(record) = self.store.get_mut(decision.key) {
                    time = time.max(record.time);
                    record.time = time;
                }
            }
            // `now` is mostly the latest. Otherwise the records that came before the latest get its time in a second pass.
            if time == before {
                return time;
            }
        }
    }

    /// Gives out again what was not confirmed as sent. A message that addressees would refuse as too old is
    /// said anew, as far as it still holds.
    #[inline(never)] // see `Device::apply`
    pub(crate) fn resend(&mut self, now: Stamp, out: &mut Outcome) {
        let mut waiting = std::mem::take(self.outbox.waiting_mut());
        let mut renewals: FxHashMap<*const TrustMessage, Renewal> = FxHashMap::default();
        waiting.retain_mut(|outgoing| {
            let fresh = |time: Stamp| time.distance(now) <= self.rules.clock_margin / 2;
            if outgoing.envelope.time.is_some_and(fresh) {
                return true;
            }
            let message = &outgoing.envelope.message;
            let renewal = renewals
                .entry(Arc::as_ptr(message))
                .or_insert_with(|| Renewal::of(message.clone(), &self.store));
            let keys = std::mem::take(&mut outgoing.keys);
            let Some(Draft { keys, content, .. }) = Draft::new(outgoing.to, keys, renewal.holding.clone())
            else {
                return false;
            };
            let (time, message) = match &renewal.said {
                // Whether they share it or not, the time is that at which each is said.
                Some(said) if Arc::ptr_eq(&content, &said.decisions) => {
                    (self.restate(&content, now), said.clone())
                }
                _ => self.say(content, now),
            };
            if Arc::ptr_eq(&message.decisions, &renewal.holding) {
                renewal.said = Some(message.clone());
            }
            outgoing.keys = keys;
            outgoing.envelope.time = Some(time);
            outgoing.envelope.message = message;
            true
        });
        out.outgoing.extend(waiting.iter().cloned());
        *self.outbox.waiting_mut() = waiting;
    }
}

/// What becomes of a message that waited too long. Those to other accounts that shared it go on sharing.
struct Renewal {
    /// The message, which stays for as long as it is looked for by its address.
    _old: Arc<TrustMessage>,
    /// Those of its decisions that still hold.
    holding: Arc<[Decision]>,
    /// The message that says them, if there is one yet.
    said: Option<Arc<TrustMessage>>,
}

impl Renewal {
    fn of(old: Arc<TrustMessage>, store: &KeyStore) -> Self {
        let holds = |decision: &&Decision| {
            store.get(decision.key).and_then(|record| record.decision()) == Some(decision.kind)
        };
        let holding = old.decisions.iter().filter(holds).copied().collect();
        Self { _old: old, holding, said: None }
    }
}

/// Those of `keys` that are not among `others`.
fn without(others: &IdMap<KeyId, ()>, keys: impl Iterator<Item = KeyId>) -> Addressees {
    keys.filter(|key| !others.contains(*key)).collect()
}

/// The explicit decisions among records of keys.
fn explicit_decisions<'a>(records: impl Iterator<Item = (KeyId, &'a Record)>) -> Arc<[Decision]> {
    let mut decisions = Vec::with_capacity(records.size_hint().1.unwrap_or_default());
    decisions.extend(records.filter_map(|(key, record)| Some(Decision { key, kind: record.decision()? })));
    decisions.into()
}
