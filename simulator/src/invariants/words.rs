use atm_engine::{Decision, DecisionKind, DistrustIds, KeyId, Outgoing, Stamp};
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

use crate::cast::DeviceId;
use crate::trace::MessageNumber;

/// What is behind a decision that a device applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// A person at that device.
    Person,
    /// The word of an honest endpoint, and the entry of the [`Ledger`](super::Ledger) by which it held so
    /// itself when it spoke.
    Endpoint(Option<usize>),
    /// The word of an adversary who speaks with the key of somebody's device.
    Thief,
    /// The word of an adversary who speaks with a key of its own.
    Intruder,
    /// Nothing: nobody said so.
    Nobody,
}

/// One word that a device could read: a verdict on a key with its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeardWord {
    /// The time that its message has.
    pub(super) time: Stamp,
    /// When it was spoken by the world's clock.
    pub(super) spoken: Stamp,
    pub(super) behind: Behind,
}

/// A message of a run: who sent it and what is behind each of its words.
#[derive(Clone, Debug)]
struct Message {
    sender: DeviceId,
    outgoing: Outgoing,
    spoken: Stamp,
    behind: SmallVec<[Behind; 2]>,
}

impl Message {
    /// Whether the device itself sent it, not an adversary with its key.
    fn is_own(&self) -> bool {
        !self.behind.iter().any(|behind| matches!(behind, Behind::Thief | Behind::Intruder))
    }
}

/// What was said in a run, and who could read it.
#[derive(Clone, Debug)]
pub(super) struct HeardWords {
    /// The messages that can still arrive, by number.
    messages: Vec<Message>,
    /// How many there were before them.
    forgotten: u64,
    /// How many messages each device sent by itself.
    counts: FxHashMap<DeviceId, u64>,
    heard: FxHashMap<(DeviceId, KeyId, Decision), SmallVec<[HeardWord; 1]>>,
    precedence: Precedence,
}

/// By what one word of a sender about a key counts although the sender said another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    /// By its time: an older word does not count beside a newer one.
    Time,
    /// By the distrusts that it names: an older word can count beside a newer one that does not name the same.
    Names,
}

impl HeardWords {
    /// No words yet, with room for about as many as there are `pairs` of a device and a key.
    pub(super) fn new(pairs: usize, precedence: Precedence) -> Self {
        let heard = FxHashMap::with_capacity_and_hasher(pairs, FxBuildHasher);
        Self { messages: Vec::new(), forgotten: 0, counts: FxHashMap::default(), heard, precedence }
    }

    /// Takes note of a message that was sent.
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

    /// Forgets all messages: none of them can still arrive.
    pub(super) fn forget(&mut self) {
        self.forgotten += self.messages.len() as u64;
        self.messages.clear();
    }

    /// How many messages a device sent, by itself.
    pub(super) fn count_of(&self, sender: DeviceId) -> u64 {
        self.counts.get(&sender).copied().unwrap_or(0)
    }

    /// Takes note that a device read a message; `key_of` says which key a device has.
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

    /// Takes note of a word that reached a device in a stanza made by hand.
    pub(super) fn hear(&mut self, device: DeviceId, sender: KeyId, decision: Decision, word: HeardWord) {
        self.heard.entry((device, sender, decision)).or_default().push(word);
    }

    /// The word by which a device can have applied a decision of that time: an adversary's if there are several. Where
    /// times decide, no older word can be it.
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

/// The statements of a decision with the names of distrusts. Overruled distrusts state that somebody trusts the key.
pub(super) fn said_with(decision: Decision, ids: Option<&DistrustIds>) -> impl Iterator<Item = Decision> {
    let names_overruled = ids.is_some_and(|ids| !ids.overruled().is_empty());
    let trust = Decision { kind: DecisionKind::Trust, ..decision };
    let also_trust = (names_overruled && decision != trust).then_some(trust);
    std::iter::once(decision).chain(also_trust)
}
