use std::sync::Arc;

use atm_engine::{Change, Decision, KeyId, KeySharing, Level, Origin, Outgoing, Protection, Verdict};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cast::{Cast, DeviceId, Joins};
use crate::script::Action;
use crate::trace::{Event, MessageNumber};

/// An authentication or a distrust as it was applied, and what it rested on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// The device that applied it.
    pub device: DeviceId,
    /// What was decided.
    pub decision: Decision,
    /// Who decided.
    pub origin: Origin,
    /// The step in which it was applied, counted from 0; `None` before the first one.
    pub step: Option<usize>,
    /// The entry of the [`Ledger`] by which the sender's key was authenticated then, if a message decided.
    pub rests_on: Option<usize>,
}

impl Authentication {
    /// The entry in one line.
    #[must_use]
    pub fn describe(&self, cast: &Cast) -> String {
        let verb = match self.decision.verdict {
            Verdict::Trust => "authenticated",
            Verdict::Distrust => "distrusted",
        };
        let why = match self.origin {
            Origin::Manual => "as a person decided".to_owned(),
            Origin::Message { sender } => format!("on the word of {}", cast.key_name(sender)),
            Origin::Policy => "by the policy".to_owned(),
        };
        let (device, key) = (cast.device_name(self.device), cast.key_name(self.decision.key));
        format!("{device} {verb} {key} {why}")
    }
}

/// What happened so far, as far as the invariants need it: built from events alone, so that it does not
/// share the engine's mistakes.
#[derive(Clone, Debug)]
pub struct Ledger {
    cast: Arc<Cast>,
    actions: Arc<[Action]>,
    /// The step that is going on.
    pub(super) step: Option<usize>,
    /// All explicit decisions as they were applied.
    entries: Vec<Authentication>,
    /// For each device and key, the last entry and whether it has its effect.
    current: FxHashMap<(DeviceId, KeyId), (usize, bool)>,
    /// The messages of the run, by number, from 1.
    messages: Vec<(DeviceId, Outgoing)>,
    /// What a device could read: who said what about which key.
    said: FxHashSet<(DeviceId, KeyId, Decision)>,
    /// What people decided on which device.
    manual: FxHashSet<(DeviceId, Decision)>,
    /// Keys of adversaries that a person trusted somewhere.
    pub(super) fooled: bool,
    /// Whether an adversary took a device.
    pub(super) compromised: bool,
}

impl Ledger {
    pub(super) fn new(cast: Arc<Cast>, actions: Arc<[Action]>) -> Self {
        Self {
            cast,
            actions,
            step: None,
            entries: Vec::new(),
            current: FxHashMap::default(),
            messages: Vec::new(),
            said: FxHashSet::default(),
            manual: FxHashSet::default(),
            fooled: false,
            compromised: false,
        }
    }

    pub(super) fn cast(&self) -> &Cast {
        &self.cast
    }

    /// Takes note of an event, except of changes: see [`enter`](Self::enter).
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Step { step } => self.begin(*step),
            Event::Sent { device, message, outgoing } | Event::Forged { device, message, outgoing } => {
                debug_assert_eq!(message.0 as usize, self.messages.len() + 1);
                self.messages.push((*device, outgoing.clone()));
            }
            Event::Delivered { device, message: Some(message), .. } => self.read(*device, *message),
            _ => {}
        }
    }

    fn begin(&mut self, step: usize) {
        self.step = Some(step);
        let actions = self.actions.clone();
        if let Some((device, decision)) = actions[step].decision() {
            for &decision in decision.decisions() {
                self.manual.insert((device, decision));
                self.fooled |= decision.verdict == Verdict::Trust && self.is_adversarys(decision.key);
            }
        }
        match &actions[step] {
            Action::Compromise(_) => self.compromised = true,
            Action::Deliver(device, stanza) => {
                for received in &stanza.parts {
                    if let (
                        Protection::Encrypted { by: Some(sender), .. },
                        atm_engine::Payload::Parsed(envelope),
                    ) = (received.protection, &received.payload)
                    {
                        let decisions = envelope.message.decisions.iter();
                        self.said.extend(decisions.map(|decision| (*device, sender, *decision)));
                    }
                }
            }
            _ => {}
        }
    }

    fn read(&mut self, device: DeviceId, message: MessageNumber) {
        let Some((sender, outgoing)) = self.messages.get(message.0 as usize - 1) else { return };
        let sender = self.cast.member(*sender).key;
        let decisions = outgoing.envelope.message.decisions.iter();
        self.said.extend(decisions.map(|decision| (device, sender, *decision)));
    }

    /// Enters an explicit decision that a device applied.
    pub(super) fn enter(&mut self, device: DeviceId, change: &Change) {
        match *change {
            Change::Decided { decision, origin, effect, .. } => {
                let rests_on = match origin {
                    Origin::Message { sender } => {
                        self.current.get(&(device, sender)).map(|(entry, _)| *entry)
                    }
                    Origin::Manual | Origin::Policy => None,
                };
                self.entries.push(Authentication { device, decision, origin, step: self.step, rests_on });
                let now = effect == atm_engine::Effect::Now;
                self.current.insert((device, decision.key), (self.entries.len() - 1, now));
            }
            Change::TookEffect { key, .. } => {
                if let Some((_, now)) = self.current.get_mut(&(device, key)) {
                    *now = true;
                }
            }
            Change::Confirmed { .. }
            | Change::Level { .. }
            | Change::Postponed { .. }
            | Change::Dropped { .. } => {}
        }
    }

    /// The level that explicit decisions gave a key on a device.
    pub(super) fn level(&self, device: DeviceId, key: KeyId) -> Level {
        let member = self.cast.member(device);
        if member.key == key && member.sharing == KeySharing::OneForAll {
            return Level::Authenticated;
        }
        match self.current.get(&(device, key)) {
            Some((entry, true)) => self.entries[*entry].decision.verdict.into(),
            _ => Level::Undecided,
        }
    }

    /// The decisions on which a key's level on a device rests, the last one first.
    pub(super) fn chain(&self, device: DeviceId, key: KeyId) -> Vec<Authentication> {
        let mut next = self.current.get(&(device, key)).map(|(entry, _)| *entry);
        let mut chain = Vec::new();
        while let Some(entry) = next {
            chain.push(self.entries[entry]);
            next = self.entries[entry].rests_on;
        }
        chain
    }

    /// Whether a person decided so on a device.
    pub(super) fn person_decided(&self, device: DeviceId, decision: Decision) -> bool {
        self.manual.contains(&(device, decision))
    }

    /// Whether a message that says so reached a device.
    pub(super) fn heard(&self, device: DeviceId, sender: KeyId, decision: Decision) -> bool {
        self.said.contains(&(device, sender, decision))
    }

    /// Whether a key is the one of a device that an adversary injected.
    pub(super) fn is_adversarys(&self, key: KeyId) -> bool {
        let owner = self.cast.directory().owner(key);
        let devices = self.cast.devices_of(owner).iter().map(|device| self.cast.member(*device));
        devices.into_iter().any(|member| member.key == key && member.joins == Joins::Injected)
    }
}
