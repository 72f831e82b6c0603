use atm_engine::{Decision, DecisionKind, DistrustIds, KeyId, Outgoing, Stamp};
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

use crate::cast::DeviceId;
use crate::trace::MessageNumber;

/// The basis of a decision that a device applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// A person at that device.
    Person,
    /// A message of an honest endpoint, and the entry of the [`Ledger`](super::Ledger) that was in force there when it
    /// was sent.
    Endpoint(Option<usize>),
    /// A message of an adversary with the key of another's device.
    Thief,
    /// A message of an adversary with its own key.
    Intruder,
    /// None: no message or person made this decision.
    Nobody,
}

/// A decision in a message that a device could read.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeardWord {
    /// The time in the message.
    pub(super) time: Stamp,
    /// The true time at which the message was sent.
    pub(super) spoken: Stamp,
    pub(super) behind: Behind,
}

/// A message of a run, with its sender and the basis of each decision.
#[derive(Clone, Debug)]
struct Message {
    sender: DeviceId,
    outgoing: Outgoing,
    spoken: Stamp,
    behind: SmallVec<[Behind; 2]>,
}

impl Message {
    /// Whether the device itself sent it, and not an adversary with its key.
    fn is_own(&self) -> bool {
        !self.behind.iter().any(|behind| matches!(behind, Behind::Thief | Behind::Intruder))
    }
}

/// The messages of a run, and the decisions that devices could read in them.
#[derive(Clone, Debug)]
pub(super) struct HeardWords {
    /// The messages that can still arrive, by number.
    messages: Vec<Message>,
    /// The number of messages before these.
    forgotten: u64,
    /// The number of messages that each device sent itself.
    counts: FxHashMap<DeviceId, u64>,
    heard: FxHashMap<(DeviceId, KeyId, Decision), SmallVec<[HeardWord; 1]>>,
    precedence: Precedence,
}

/// The rule by which a decision of a sender counts although the sender made another one about the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    /// By time: an older decision does not count after a newer one.
    Time,
    /// By the names of distrusts: an older decision can count after a newer one that does not name the same distrusts.
    Names,
}

impl HeardWords {
    /// An empty record with room for about `pairs` decisions.
    pub(super) fn new(pairs: usize, precedence: Precedence) -> Self {
        let heard = FxHashMap::with_capacity_and_hasher(pairs, FxBuildHasher);
        Self { messages: Vec::new(), forgotten: 0, counts: FxHashMap::default(), heard, precedence }
    }

    /// Records a sent message.
    pub(super) fn sent(
        &mut self,
        (sender, message): (DeviceId, MessageNumber),
        outgoing: &Outgoing,
        spoken: Stamp,
        behind: impl Fn(Decision) -> Behind,
    ) {
        debug_assert_eq!(message.0, self.forgotten + self.messages.len() as u64 + 1);
        let behind = outgoing.envelope.message.decisions.iter().map(|decision| behind(*decision)).collect();
        let message = Message { sender, outgoing: outgoing.clone(), spoken, behind };
        *self.counts.entry(sender).or_default() += u64::from(message.is_own());
        self.messages.push(message);
    }

    /// Forgets all messages, because none of them can still arrive.
    pub(super) fn forget(&mut self) {
        self.forgotten += self.messages.len() as u64;
        self.messages.clear();
    }

    /// The number of messages that a device sent itself.
    pub(super) fn count_of(&self, sender: DeviceId) -> u64 {
        self.counts.get(&sender).copied().unwrap_or(0)
    }

    /// Records that a device read a message. `key_of` gives the key of a device.
    pub(super) fn read(
        &mut self,
        device: DeviceId,
        message: MessageNumber,
        key_of: impl Fn(DeviceId) -> KeyId,
    ) {
        let position = message.0.checked_sub(self.forgotten + 1);
        let Some(message) = position.and_then(|position| self.messages.get(position as usize)) else {
            return;
        };
        let sender = key_of(message.sender);
        let time = message.outgoing.envelope.time.unwrap_or(Stamp::MIN);
        let decisions = message.outgoing.envelope.message.decisions.iter();
        for (decision, behind) in decisions.zip(&message.behind) {
            let word = HeardWord { time, spoken: message.spoken, behind: *behind };
            let ids = message.outgoing.envelope.message.distrusts.of(decision.key);
            for decision in said_with(*decision, ids) {
                self.heard.entry((device, sender, decision)).or_default().push(word);
            }
        }
    }

    /// Records a decision in a handwritten stanza that reached a device.
    pub(super) fn hear(&mut self, device: DeviceId, sender: KeyId, decision: Decision, word: HeardWord) {
        self.heard.entry((device, sender, decision)).or_default().push(word);
    }

    /// The decision in a message because of which a device can have applied a decision with this time. If there are
    /// several, an adversary's is preferred. Where times decide, an older one is excluded.
    pub(super) fn behind(
        &self,
        device: DeviceId,
        sender: KeyId,
        decision: Decision,
        time: Stamp,
    ) -> Option<HeardWord> {
        let heard = self.heard.get(&(device, sender, decision))?;
        let can_count = |word: &&HeardWord| self.precedence == Precedence::Names || word.time >= time;
        let mut fitting = heard.iter().filter(can_count);
        let first = fitting.clone().next();
        fitting.find(|word| matches!(word.behind, Behind::Thief | Behind::Intruder)).or(first).copied()
    }
}

/// The statements of a decision with the names of distrusts. Overruled distrusts state trust in the key.
pub(super) fn said_with(decision: Decision, ids: Option<&DistrustIds>) -> impl Iterator<Item = Decision> {
    let names_overruled = ids.is_some_and(|ids| !ids.overruled().is_empty());
    let trust = Decision { kind: DecisionKind::Trust, ..decision };
    let also_trust = (names_overruled && decision != trust).then_some(trust);
    std::iter::once(decision).chain(also_trust)
}
