//! The distrusts of a run: which devices had to announce them, sent them and accepted them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use atm_engine::{
    AnnouncementRule, Cause, Change, Decision, DecisionKind, DistrustId, DistrustsByKey, KeyId, Level,
    Origin, Outgoing, Reason, Refusal, Stamp,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Ledger;
use super::distrust_names::DistrustNames;
use crate::cast::{Cast, DeviceId};
use crate::contacts::Contacts;
use crate::observation::ObservedChange;
use crate::script::Action;
use crate::trace::{Event, MessageNumber};

/// A distrust that a device must announce.
#[derive(Clone, Debug)]
pub(super) struct Announced {
    pub(super) number: u64,
    pub(super) by: DeviceId,
    pub(super) key: KeyId,
    /// The keys that the device had authenticated at that time.
    pub(super) known: BTreeSet<KeyId>,
}

/// A message that distrusts keys.
#[derive(Clone, Debug)]
pub(super) struct DistrustMessage {
    pub(super) number: u64,
    by: DeviceId,
    /// The keys that can decrypt it, in order.
    readers: Vec<KeyId>,
    distrusted: Vec<KeyId>,
    /// The names of distrusts in it.
    ids: DistrustsByKey,
    time: Stamp,
}

impl DistrustMessage {
    /// Whether it tells the holder of `reader` that `key` is distrusted.
    pub(super) fn tells(&self, reader: KeyId, key: KeyId) -> bool {
        self.readers.binary_search(&reader).is_ok() && self.distrusted.contains(&key)
    }
}

/// One arrival of such a message.
#[derive(Clone, Debug)]
struct Delivery {
    number: u64,
    message: MessageNumber,
    device: DeviceId,
    /// The local time of the device at the arrival.
    local: Stamp,
    /// The keys whose distrust was refused for its time, for lack of space or because its sender was distrusted.
    refused: BTreeSet<KeyId>,
    /// Whether the message is postponed until its sender is authenticated.
    waits: bool,
}

/// A distrust that a device accepted from a message, or that its person decided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Distrust {
    pub(super) device: DeviceId,
    pub(super) by: DeviceId,
    pub(super) key: KeyId,
    /// The time by which it is compared with other decisions.
    pub(super) time: Stamp,
    /// The true time of the sender's decision, which may be earlier than that of the message.
    pub(super) decided: Stamp,
    pub(super) waited: bool,
    /// The place of its names: a message, or the messages that the device wrote after an event.
    named_in: NamedIn,
}

/// The place of the names of a distrust.
#[derive(Clone, Copy, Debug)]
enum NamedIn {
    Message(MessageNumber),
    MessagesAfter(u64),
}

/// The event and the time at which a device applied a decision.
#[derive(Clone, Copy, Debug)]
struct Applied {
    number: u64,
    at: Stamp,
}

/// Postponed decisions of a sender that a device dropped.
#[derive(Clone, Copy, Debug)]
struct Forgotten {
    number: u64,
    /// The key of the dropped decisions; `None` for all keys.
    key: Option<KeyId>,
}

/// The cause of a device's change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trigger {
    Person,
    Message,
    Discovery,
    Other,
}

/// All events about distrusts, noted as they occur. The notes stay empty until a key is distrusted.
#[derive(Clone, Debug)]
pub(super) struct Distrusts {
    cast: Arc<Cast>,
    contacts: Arc<Contacts>,
    announcement: AnnouncementRule,
    /// The number of events until now.
    events: u64,
    trigger: Trigger,
    /// The delivery that the current event belongs to.
    arriving: Option<usize>,
    /// The devices whose clocks were set, with the error in milliseconds.
    clocks: FxHashMap<DeviceId, i64>,
    /// All keys that were ever distrusted.
    distrusted: FxHashSet<KeyId>,
    announced: Vec<Announced>,
    manual: Vec<Distrust>,
    messages: BTreeMap<MessageNumber, DistrustMessage>,
    messages_of: FxHashMap<DeviceId, Vec<MessageNumber>>,
    deliveries: Vec<Delivery>,
    /// The distrusts that devices applied, and the trust in keys that had been distrusted, in order.
    applied: FxHashMap<(DeviceId, Decision), Vec<Applied>>,
    /// The dropped decisions, by device and sender.
    forgotten: FxHashMap<(DeviceId, KeyId), Vec<Forgotten>>,
    names: DistrustNames,
}

impl Distrusts {
    pub(super) fn new(cast: Arc<Cast>, contacts: Arc<Contacts>, announcement: AnnouncementRule) -> Self {
        Self {
            cast,
            contacts,
            announcement,
            events: 0,
            trigger: Trigger::Other,
            arriving: None,
            clocks: FxHashMap::default(),
            distrusted: FxHashSet::default(),
            announced: Vec::new(),
            manual: Vec::new(),
            messages: BTreeMap::new(),
            messages_of: FxHashMap::default(),
            deliveries: Vec::new(),
            applied: FxHashMap::default(),
            forgotten: FxHashMap::default(),
            names: DistrustNames::default(),
        }
    }

    /// Whether no key was distrusted, on a device or in a message.
    pub(super) fn are_none(&self) -> bool {
        self.distrusted.is_empty()
    }

    /// Whether a clock was wrong.
    pub(super) fn are_misdated(&self) -> bool {
        !self.clocks.is_empty()
    }

    /// The distrusts that must be announced.
    pub(super) fn announced(&self) -> &[Announced] {
        &self.announced
    }

    /// The messages of a device that distrust keys.
    pub(super) fn messages_of(&self, device: DeviceId) -> impl Iterator<Item = &DistrustMessage> {
        let numbers = self.messages_of.get(&device).into_iter().flatten();
        numbers.map(|number| &self.messages[number])
    }

    /// Whether a device applied a decision after an event. The decision is a distrust, or trust in a key that had been
    /// distrusted.
    pub(super) fn applied_after(&self, number: u64, device: DeviceId, decision: Decision) -> bool {
        let last = self.applied.get(&(device, decision)).and_then(|applied| applied.last());
        last.is_some_and(|applied| applied.number > number)
    }

    /// The accepted distrusts that were not dropped, including those of people.
    pub(super) fn words(&self) -> impl Iterator<Item = Distrust> {
        let taken = self.deliveries.iter().flat_map(|delivery| {
            let message = &self.messages[&delivery.message];
            let keys = message.distrusted.iter().filter(|key| self.is_taken(delivery, message, **key));
            keys.map(|key| Distrust {
                device: delivery.device,
                by: message.by,
                key: *key,
                time: message.time.min(delivery.local),
                decided: self.decided(message, *key),
                waited: delivery.waits,
                named_in: NamedIn::Message(delivery.message),
            })
        });
        self.manual.iter().copied().chain(taken)
    }

    /// The time at which the sender of a message made the decision about a key.
    fn decided(&self, message: &DistrustMessage, key: KeyId) -> Stamp {
        let decision = Decision { key, kind: DecisionKind::Distrust };
        let applied = self.applied.get(&(message.by, decision)).into_iter().flatten();
        let before = applied.rev().find(|applied| applied.number <= message.number);
        before.map_or(message.time, |applied| applied.at)
    }

    fn is_taken(&self, delivery: &Delivery, message: &DistrustMessage, key: KeyId) -> bool {
        let left = (delivery.device, self.key_of(message.by));
        let forgotten = delivery.waits
            && self.forgotten.get(&left).into_iter().flatten().any(|forgotten| {
                forgotten.number > delivery.number && forgotten.key.is_none_or(|other| other == key)
            });
        !delivery.refused.contains(&key) && !forgotten && self.key_of(delivery.device) != key
    }

    /// Whether all names of a distrust were overruled by adversaries or by people whose devices knew them. `None` if it
    /// has no names.
    pub(super) fn is_overruled_by_name(&self, word: &Distrust) -> Option<bool> {
        let Distrust { device, key, .. } = *word;
        let ids: Vec<DistrustId> = match word.named_in {
            NamedIn::Message(message) => self.messages[&message].ids.of(key)?.standing().to_vec(),
            NamedIn::MessagesAfter(number) => self.names.given_by(device, key, number).collect(),
        };
        (!ids.is_empty()).then(|| ids.into_iter().all(|id| self.names.overruled.contains(&(key, id))))
    }

    fn key_of(&self, device: DeviceId) -> KeyId {
        self.cast.member(device).key
    }

    /// Records an event. The ledger must have recorded it already.
    pub(super) fn note(&mut self, at: Stamp, event: &Event, ledger: &Ledger) {
        self.events += 1;
        match event {
            Event::Step { step } => self.act(&ledger.actions()[*step]),
            Event::Discovered { .. } => self.trigger = Trigger::Discovery,
            Event::Sent { device, message, outgoing } => {
                self.names.write(self.events, *device, outgoing);
                self.names.carry(*message, outgoing);
                self.send(at, (*device, *message), outgoing);
            }
            Event::Delivered { device, message, .. } => {
                (self.trigger, self.arriving) = (Trigger::Message, None);
                if let Some(message) = message {
                    self.names.read(*device, *message);
                }
                if let Some(message) = message.filter(|message| self.messages.contains_key(message)) {
                    let by = self.messages[&message].by;
                    let waits = self.key_of(*device) != self.key_of(by)
                        && ledger.level(*device, self.key_of(by)) != Level::Authenticated;
                    let local = at.offset(self.clocks.get(device).copied().unwrap_or(0));
                    let (number, device, refused) = (self.events, *device, BTreeSet::new());
                    self.arriving = Some(self.deliveries.len());
                    self.deliveries.push(Delivery { number, message, device, local, refused, waits });
                }
            }
            Event::Changed { device, change } => self.change(at, *device, change, ledger),
            Event::Refused { device, refusal } => self.refuse(*device, refusal),
            Event::Forged { message, outgoing, .. } => {
                self.names.carry(*message, outgoing);
                self.names.forge(outgoing);
            }
            Event::Archived { .. }
            | Event::Withheld { .. }
            | Event::Blocked { .. }
            | Event::Crashed { .. }
            | Event::Lost { .. }
            | Event::Noticed { .. } => {}
        }
    }

    fn act(&mut self, action: &Action) {
        self.arriving = None;
        self.trigger = if action.decision().is_some() { Trigger::Person } else { Trigger::Other };
        if let Action::SkewClock(device, skew) = action {
            self.clocks.insert(*device, *skew);
        }
    }

    fn send(&mut self, at: Stamp, (by, message): (DeviceId, MessageNumber), outgoing: &Outgoing) {
        let decisions = outgoing.envelope.message.decisions.iter();
        let distrusts = decisions.filter(|decision| decision.kind == DecisionKind::Distrust);
        let distrusted: Vec<KeyId> = distrusts.map(|decision| decision.key).collect();
        if distrusted.is_empty() {
            return;
        }
        self.distrusted.extend(&distrusted);
        let mut readers = outgoing.keys.to_vec();
        readers.sort_unstable();
        let (number, time) = (self.events, outgoing.envelope.time.unwrap_or(at));
        let ids = outgoing.envelope.message.distrusts.clone();
        self.messages.insert(message, DistrustMessage { number, by, readers, distrusted, ids, time });
        self.messages_of.entry(by).or_default().push(message);
    }

    fn change(&mut self, at: Stamp, device: DeviceId, change: &ObservedChange, ledger: &Ledger) {
        let number = self.events;
        match change.explanation {
            Some(Change::Decided { decision, was, origin, time, cause, .. }) => {
                let Decision { key, kind } = decision;
                let is_distrust = kind == DecisionKind::Distrust;
                if is_distrust {
                    self.distrusted.insert(key);
                }
                if is_distrust || self.distrusted.contains(&key) {
                    self.applied.entry((device, decision)).or_default().push(Applied { number, at });
                }
                if is_distrust && self.is_announced(cause, was) {
                    let own = self.cast.member(device).account;
                    let mut known = self.contacts.keys_around(own, &self.cast);
                    known.retain(|key| ledger.level(device, *key) == Level::Authenticated);
                    let known = known.into_iter().collect();
                    self.announced.push(Announced { number, by: device, key, known });
                }
                if !is_distrust && origin == Origin::Manual {
                    self.names.overrule(device, key);
                }
                if is_distrust && origin == Origin::Manual {
                    let (by, decided, waited) = (device, at, false);
                    let named_in = NamedIn::MessagesAfter(number);
                    self.manual.push(Distrust { device, by, key, time, decided, waited, named_in });
                }
            }
            Some(Change::Dropped { sender, .. }) => self.forget(device, sender, None),
            Some(Change::Postponed { .. }) => {
                if let Some(arriving) = self.arriving {
                    self.deliveries[arriving].waits = true;
                }
            }
            Some(Change::Confirmed { .. } | Change::TookEffect { .. } | Change::Level { .. }) | None => {}
        }
    }

    /// Whether a device must announce a distrust that it applies.
    fn is_announced(&self, cause: Cause, was: Level) -> bool {
        match (cause, self.trigger) {
            (Cause::Decided, _) => true,
            (_, Trigger::Person) => self.announcement != AnnouncementRule::Direct,
            (_, Trigger::Message | Trigger::Discovery) => {
                self.announcement == AnnouncementRule::Relay && was.decision().is_none()
            }
            (_, Trigger::Other) => false,
        }
    }

    fn refuse(&mut self, device: DeviceId, refusal: &Refusal) {
        if !matches!(refusal.reason, Reason::Clock | Reason::Quota | Reason::DistrustedSender) {
            return;
        }
        let key = refusal.decision.map(|decision| decision.key);
        match (refusal.cause, refusal.sender) {
            (Cause::Released, Some(sender)) => self.forget(device, sender, key),
            _ => {
                let Some(arriving) = self.arriving else { return };
                let delivery = &mut self.deliveries[arriving];
                let all = &self.messages[&delivery.message].distrusted;
                delivery.refused.extend(all.iter().filter(|other| key.is_none_or(|key| key == **other)));
            }
        }
    }

    fn forget(&mut self, device: DeviceId, sender: KeyId, key: Option<KeyId>) {
        let forgotten = Forgotten { number: self.events, key };
        self.forgotten.entry((device, sender)).or_default().push(forgotten);
    }
}
