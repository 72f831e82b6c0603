//! What happened in a run about distrusts: who had to announce which, who said and who took them.

use std::collections::{BTreeMap, BTreeSet};

use atm_engine::{
    AnnouncementRule, Cause, Change, Decision, DecisionKind, KeyId, Level, Origin, Reason, Refusal, Stamp,
};

use super::quiescence::Quiet;
use crate::cast::DeviceId;
use crate::endpoint::Endpoint;
use crate::observation::{LevelChange, ObservedChange};
use crate::script::Action;
use crate::trace::{Event, MessageNumber};

/// A distrust that a device has to announce.
pub(super) struct Announced {
    pub(super) number: u64,
    pub(super) by: DeviceId,
    pub(super) key: KeyId,
    /// The keys that the device had authenticated.
    pub(super) known: BTreeSet<KeyId>,
}

/// A message that distrusts keys.
pub(super) struct DistrustMessage {
    pub(super) number: u64,
    pub(super) by: DeviceId,
    pub(super) keys: Vec<KeyId>,
    pub(super) distrusted: Vec<KeyId>,
    pub(super) time: Stamp,
}

/// One arrival of such a message.
struct Delivery {
    number: u64,
    message: MessageNumber,
    device: DeviceId,
    /// The device's own time then.
    local: Stamp,
    /// What of it was refused for the clock, for lack of room or since its sender was distrusted.
    refused: BTreeSet<KeyId>,
    /// Whether it waits until its sender is authenticated.
    waits: bool,
}

/// A word of distrust that a device took, or the one of the person at it.
#[derive(Clone, Copy)]
pub(super) struct Distrust {
    pub(super) device: DeviceId,
    pub(super) by: DeviceId,
    pub(super) key: KeyId,
    /// By which it is compared with others.
    pub(super) time: Stamp,
    /// When its speaker decided so, by the world's clock: it may have had to wait until it could say so.
    pub(super) decided: Stamp,
    pub(super) waited: bool,
}

/// A decision that a device applied.
pub(super) struct Applied {
    pub(super) number: u64,
    pub(super) at: Stamp,
    pub(super) device: DeviceId,
    pub(super) decision: Decision,
}

/// What a device lost of what a sender had left.
struct Forgotten {
    number: u64,
    device: DeviceId,
    sender: KeyId,
    /// About which key; `None` for all.
    key: Option<KeyId>,
}

/// What made a device change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    Person,
    Message,
    Discovery,
    Other,
}

/// Everything about distrusts that happened.
pub(super) struct Past {
    pub(super) announced: Vec<Announced>,
    manual: Vec<Distrust>,
    pub(super) messages: BTreeMap<MessageNumber, DistrustMessage>,
    deliveries: Vec<Delivery>,
    pub(super) changes: Vec<Applied>,
    forgotten: Vec<Forgotten>,
    /// Whether a clock was wrong.
    pub(super) skewed: bool,
    key_of: Vec<KeyId>,
}

impl Past {
    pub(super) fn of<E: Endpoint>(quiet: &Quiet<'_, E>) -> Self {
        let mut reading = Reading {
            announcement: quiet.options.announcement,
            trigger: Trigger::Other,
            arriving: None,
            authenticated: BTreeMap::new(),
            clocks: BTreeMap::new(),
            past: Self {
                announced: Vec::new(),
                manual: Vec::new(),
                messages: BTreeMap::new(),
                deliveries: Vec::new(),
                changes: Vec::new(),
                forgotten: Vec::new(),
                skewed: false,
                key_of: quiet.world.cast().devices().map(|(_, member)| member.key).collect(),
            },
        };
        for record in quiet.records {
            match &record.event {
                Event::Step { step } => reading.act(quiet.world.action(*step)),
                event => reading.read(record.number, record.at, event),
            }
        }
        reading.past
    }

    /// The words of distrust that were taken and not forgotten, those of people among them.
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
            })
        });
        self.manual.iter().copied().chain(taken)
    }

    /// When the sender of a message decided what it says there about a key.
    fn decided(&self, message: &DistrustMessage, key: KeyId) -> Stamp {
        let decision = Decision { key, kind: DecisionKind::Distrust };
        let before = self.changes.iter().rev().skip_while(|change| change.number > message.number);
        let mut decided = before.filter(|change| (change.device, change.decision) == (message.by, decision));
        decided.next().map_or(message.time, |change| change.at)
    }

    fn is_taken(&self, delivery: &Delivery, message: &DistrustMessage, key: KeyId) -> bool {
        let forgotten = delivery.waits
            && self.forgotten.iter().any(|forgotten| {
                forgotten.number > delivery.number
                    && (forgotten.device, forgotten.sender)
                        == (delivery.device, self.key_of[message.by.index()])
                    && forgotten.key.is_none_or(|other| other == key)
            });
        !delivery.refused.contains(&key) && !forgotten && self.key_of[delivery.device.index()] != key
    }
}

/// The past while it is being read from the events.
struct Reading {
    announcement: AnnouncementRule,
    trigger: Trigger,
    /// Which of the deliveries is being taken in.
    arriving: Option<usize>,
    /// The keys that are authenticated on each device, and known to it.
    authenticated: BTreeMap<DeviceId, BTreeSet<KeyId>>,
    clocks: BTreeMap<DeviceId, i64>,
    past: Past,
}

impl Reading {
    fn act(&mut self, action: Option<&Action>) {
        self.arriving = None;
        self.trigger = match action {
            Some(action) if action.decision().is_some() => Trigger::Person,
            _ => Trigger::Other,
        };
        if let Some(Action::SkewClock(device, skew)) = action {
            self.clocks.insert(*device, *skew);
            self.past.skewed = true;
        }
    }

    fn read(&mut self, number: u64, at: Stamp, event: &Event) {
        match event {
            Event::Discovered { .. } => self.trigger = Trigger::Discovery,
            Event::Sent { device, message, outgoing } => {
                let decisions = outgoing.envelope.message.decisions.iter();
                let distrusted: Vec<KeyId> = decisions
                    .filter(|decision| decision.kind == DecisionKind::Distrust)
                    .map(|decision| decision.key)
                    .collect();
                if !distrusted.is_empty() {
                    let keys = outgoing.keys.to_vec();
                    let time = outgoing.envelope.time.unwrap_or(at);
                    let message_sent = DistrustMessage { number, by: *device, keys, distrusted, time };
                    self.past.messages.insert(*message, message_sent);
                }
            }
            Event::Delivered { device, message, .. } => {
                (self.trigger, self.arriving) = (Trigger::Message, None);
                if let Some(message) = message.filter(|message| self.past.messages.contains_key(message)) {
                    let local = at.offset(self.clocks.get(device).copied().unwrap_or(0));
                    let waits = !self.believes(*device, self.past.messages[&message].by);
                    let (device, refused) = (*device, BTreeSet::new());
                    let delivery = Delivery { number, message, device, local, refused, waits };
                    self.arriving = Some(self.past.deliveries.len());
                    self.past.deliveries.push(delivery);
                }
            }
            Event::Changed { device, change } => self.change(number, at, *device, change),
            Event::Refused { device, refusal } => self.refuse(number, *device, refusal),
            _ => {}
        }
    }

    /// Whether a device has the key of another one authenticated, or shares it.
    fn believes(&self, device: DeviceId, other: DeviceId) -> bool {
        let (own, key) = (self.past.key_of[device.index()], self.past.key_of[other.index()]);
        own == key || self.authenticated.get(&device).is_some_and(|keys| keys.contains(&key))
    }

    fn change(&mut self, number: u64, at: Stamp, device: DeviceId, change: &ObservedChange) {
        if let Some(LevelChange { key, before, after }) = change.level {
            let authenticated = self.authenticated.entry(device).or_default();
            match (before, after) {
                (_, Level::Authenticated) => authenticated.insert(key),
                (Level::Authenticated, _) => authenticated.remove(&key),
                _ => false,
            };
        }
        let Some(explanation) = change.explanation else { return };
        match explanation {
            Change::Decided { decision, was, origin, time, cause, .. } => {
                self.past.changes.push(Applied { number, at, device, decision });
                if decision.kind == DecisionKind::Trust {
                    return;
                }
                let announced = match (cause, self.trigger) {
                    (Cause::Decided, _) => true,
                    (_, Trigger::Person) => self.announcement != AnnouncementRule::Direct,
                    (_, Trigger::Message | Trigger::Discovery) => {
                        self.announcement == AnnouncementRule::Relay && was.decision().is_none()
                    }
                    (_, Trigger::Other) => false,
                };
                let (by, key) = (device, decision.key);
                if announced {
                    let known = self.authenticated.get(&device).cloned().unwrap_or_default();
                    self.past.announced.push(Announced { number, by, key, known });
                }
                if origin == Origin::Manual {
                    self.past.manual.push(Distrust { device, by, key, time, decided: at, waited: false });
                }
            }
            Change::Dropped { sender, .. } => {
                self.past.forgotten.push(Forgotten { number, device, sender, key: None });
            }
            Change::Confirmed { .. }
            | Change::TookEffect { .. }
            | Change::Level { .. }
            | Change::Postponed { .. } => {}
        }
    }

    fn refuse(&mut self, number: u64, device: DeviceId, refusal: &Refusal) {
        if !matches!(refusal.reason, Reason::Clock | Reason::Quota | Reason::DistrustedSender) {
            return;
        }
        let key = refusal.decision.map(|decision| decision.key);
        match (refusal.cause, refusal.sender) {
            (Cause::Released, Some(sender)) => {
                self.past.forgotten.push(Forgotten { number, device, sender, key });
            }
            _ => {
                let Some(arriving) = self.arriving else { return };
                let delivery = &mut self.past.deliveries[arriving];
                let all = &self.past.messages[&delivery.message].distrusted;
                delivery.refused.extend(all.iter().filter(|other| key.is_none_or(|key| key == **other)));
            }
        }
    }
}
