use std::sync::Arc;

use atm_engine::{Decision, KeyId, Outgoing, Payload, Protection, Received};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::script::{Action, Script};
use atm_simulator::trace::{Event, MessageNumber};
use rustc_hash::FxHashMap;

use super::observation::EngineRun;

/// A trust message of an observation.
pub(super) struct ArrivingMessage {
    /// The step in which it was sent, or handed over.
    pub(super) step: usize,
    /// The device that sent it; `None` if nobody did.
    pub(super) by: Option<DeviceId>,
    /// The key that encrypted it.
    pub(super) key: Option<KeyId>,
    /// The devices that can decrypt it, or that it was handed to.
    pub(super) readers: Vec<DeviceId>,
    pub(super) decisions: Arc<[Decision]>,
    /// How far its time is off the clock of the world, in milliseconds.
    pub(super) off: u64,
    /// Whether its time had not come when it was handed over.
    pub(super) is_ahead: bool,
    /// Whether its envelope is addressed to another account than it was handed to.
    pub(super) is_misaddressed: bool,
}

/// The messages of an observation.
pub(super) struct Messages {
    pub(super) all: Vec<ArrivingMessage>,
    by_number: FxHashMap<MessageNumber, usize>,
    /// Those made by hand, by step; each part is one.
    by_hand: FxHashMap<usize, Vec<usize>>,
}

impl Messages {
    pub(super) fn of(observation: &EngineRun, script: &Script) -> Self {
        let mut messages =
            Self { all: Vec::new(), by_number: FxHashMap::default(), by_hand: FxHashMap::default() };
        for step in 0..observation.steps.len() {
            let mut at = None;
            for record in observation.records(step) {
                at = at.or(Some(record.at));
                if let Event::Sent { device, message, outgoing }
                | Event::Forged { device, message, outgoing } = &record.event
                {
                    let off = outgoing
                        .envelope
                        .time
                        .map_or(0, |time| time.as_millis().abs_diff(record.at.as_millis()));
                    messages.by_number.insert(*message, messages.all.len());
                    messages.all.push(ArrivingMessage::sent(step, *device, outgoing, &observation.cast, off));
                }
            }
            if let Some(Action::Deliver(to, stanza)) = script.actions.get(step) {
                let now = at.map_or(script.start, |at| at);
                let parts =
                    stanza.parts.iter().filter_map(|part| ArrivingMessage::by_hand(step, *to, part, now));
                for part in parts {
                    messages.by_hand.entry(step).or_default().push(messages.all.len());
                    messages.all.push(part);
                }
            }
        }
        messages
    }

    /// What was delivered: the message with this number, or what was made by hand in this step.
    pub(super) fn delivered(&self, number: Option<MessageNumber>, step: usize) -> Vec<&ArrivingMessage> {
        match number {
            Some(number) => {
                self.by_number.get(&number).map(|position| &self.all[*position]).into_iter().collect()
            }
            None => {
                self.by_hand.get(&step).into_iter().flatten().map(|position| &self.all[*position]).collect()
            }
        }
    }
}

impl ArrivingMessage {
    fn sent(step: usize, by: DeviceId, outgoing: &Outgoing, cast: &Cast, off: u64) -> Self {
        let readers =
            cast.devices().filter(|(device, member)| *device != by && outgoing.keys.contains(&member.key));
        Self {
            step,
            by: Some(by),
            key: Some(cast.member(by).key),
            readers: readers.map(|(device, _)| device).collect(),
            decisions: outgoing.envelope.message.decisions.clone(),
            off,
            is_ahead: false,
            is_misaddressed: false,
        }
    }

    fn by_hand(step: usize, to: DeviceId, part: &Received, now: atm_engine::Stamp) -> Option<Self> {
        let Payload::Parsed(envelope) = &part.payload else { return None };
        let key = match part.protection {
            Protection::Encrypted { by, .. } => by,
            Protection::None => None,
        };
        let decisions = envelope.message.decisions.clone();
        let off = envelope.time.map_or(0, |time| time.as_millis().abs_diff(now.as_millis()));
        let is_misaddressed = envelope.to.is_some_and(|to| to != part.to);
        let is_ahead = envelope.time.is_some_and(|time| time > now);
        Some(Self { step, by: None, key, readers: vec![to], decisions, off, is_ahead, is_misaddressed })
    }
}
