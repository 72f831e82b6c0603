use std::sync::Arc;

use atm_engine::{
    Change, Decision, DecisionKind, Device, Input, KeyId, KeySharing, Level, Origin, Outgoing, Payload,
    Protection, Received, Stamp, Usage,
};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::words::{Behind, HeardWord, HeardWords, Precedence, said_with};
use crate::cast::{Cast, DeviceId, Joins};
use crate::observation::{LevelChange, ObservedChange};
use crate::script::Action;
use crate::trace::Event;

/// An authentication or a distrust that a device applied, with its basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// The device that applied it.
    pub device: DeviceId,
    /// The decision.
    pub decision: Decision,
    /// The origin of the decision.
    pub origin: Origin,
    /// The step in which it was applied, counted from 0; `None` before the first step.
    pub step: Option<usize>,
    /// The true time at which it was applied.
    pub at: Stamp,
    /// The time of the decision, by which it is compared with others.
    pub time: Stamp,
    /// The entry of the [`Ledger`] that had authenticated the sender's key, if a message decided.
    pub rests_on: Option<usize>,
    /// The basis of the sender's statement, if a message decided.
    pub behind: Behind,
}

impl Authentication {
    /// The entry in one line.
    #[must_use]
    pub fn describe(&self, cast: &Cast) -> String {
        let verb = match self.decision.kind {
            DecisionKind::Trust => "authenticated",
            DecisionKind::Distrust => "distrusted",
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

/// The explicit decision that is in force for a key on a device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// Its entry in the ledger.
    entry: usize,
    /// Its time, which repetitions of the decision may have advanced.
    pub(super) time: Stamp,
    /// The true time at which the message was sent that gave it this time.
    pub(super) spoken: Stamp,
    /// The basis of that message.
    pub(super) behind: Behind,
}

/// The events until now, as far as the invariants need them. The ledger is built from events alone, so that it does not
/// share the engine's mistakes.
#[derive(Clone, Debug)]
pub struct Ledger {
    cast: Arc<Cast>,
    actions: Arc<[Action]>,
    /// The current step.
    pub(super) step: Option<usize>,
    /// All explicit decisions that devices applied, in order.
    entries: Vec<Entry>,
    current: FxHashMap<(DeviceId, KeyId), Held>,
    /// The observed levels, for the keys whose level was seen to change.
    levels: FxHashMap<(DeviceId, KeyId), Level>,
    words: HeardWords,
    /// The decisions of people on devices.
    manual: FxHashSet<(DeviceId, Decision)>,
    /// The decisions in unsent messages, if only the state of the device is known.
    waiting: Vec<(DeviceId, Decision)>,
    /// The decisions that were in force on a device when it was backed up.
    backups: FxHashMap<DeviceId, Vec<(KeyId, Held)>>,
}

/// An explicit decision with links to related entries.
#[derive(Clone, Copy, Debug)]
struct Entry {
    applied: Authentication,
    /// The entry at the end of the chain on which this one rests; possibly this one itself.
    root: usize,
    /// The entry that was in force for the same key on the same device before.
    before: Option<usize>,
}

impl Ledger {
    pub(super) fn new(cast: Arc<Cast>, actions: Arc<[Action]>, precedence: Precedence) -> Self {
        let pairs = cast.pairs();
        Self {
            cast,
            actions,
            step: None,
            entries: Vec::with_capacity(pairs),
            current: FxHashMap::with_capacity_and_hasher(pairs, FxBuildHasher),
            levels: FxHashMap::with_capacity_and_hasher(pairs, FxBuildHasher),
            words: HeardWords::new(pairs, precedence),
            manual: FxHashSet::with_capacity_and_hasher(pairs, FxBuildHasher),
            waiting: Vec::new(),
            backups: FxHashMap::default(),
        }
    }

    /// The ledger of one device before a step, when only its state is known. Its decisions in force count as decisions
    /// of a person: the search shows step by step that each decision goes back to one. Its postponed decisions count as
    /// received, and the decisions in its unsent messages as once in force.
    pub(crate) fn of_state(cast: Arc<Cast>, device: DeviceId, state: &Device) -> Self {
        let precedence = if state.names_distrusts() { Precedence::Names } else { Precedence::Time };
        let mut ledger = Self::new(cast, Arc::new([Action::GoOnline(device)]), precedence);
        for (decision, time, in_effect) in state.decisions() {
            let (origin, behind) = (Origin::Manual, Behind::Person);
            let (step, at, rests_on) = (None, Stamp::MIN, None);
            let known = Authentication { device, decision, origin, step, at, time, rests_on, behind };
            ledger.push(known, Held { entry: 0, time, spoken: time, behind });
            if in_effect {
                ledger.levels.insert((device, decision.key), decision.kind.into());
            }
        }
        for outgoing in state.outbox() {
            let decisions = outgoing.envelope.message.decisions.iter();
            ledger.waiting.extend(decisions.map(|decision| (device, *decision)));
        }
        for sender in state.postponed_senders().collect::<Vec<_>>() {
            let behind = ledger.adversary_with(sender);
            for (decision, time) in state.postponed(sender) {
                let ids = state.postponed_distrusts(sender, decision.key);
                for decision in said_with(decision, ids) {
                    ledger.words.hear(device, sender, decision, HeardWord { time, spoken: time, behind });
                }
            }
        }
        ledger
    }

    /// Adds a decision, which is in force from now on.
    fn push(&mut self, applied: Authentication, held: Held) {
        let entry = self.entries.len();
        let pair = (applied.device, applied.decision.key);
        let root = applied.rests_on.map_or(entry, |rests_on| self.entries[rests_on].root);
        let before = self.current.insert(pair, Held { entry, ..held }).map(|before| before.entry);
        self.entries.push(Entry { applied, root, before });
    }

    /// Notes the next input of a device.
    pub(crate) fn expect_input(&mut self, device: DeviceId, input: &Input, at: Stamp) {
        match input {
            Input::Decide(decision) => {
                self.manual.extend(decision.decisions().iter().map(|decision| (device, *decision)));
            }
            Input::Receive(received) => self.hear_stanza(device, received, at),
            Input::Resume => self.step = Some(0),
            Input::TrustManually(_) | Input::Discover(_) | Input::Sent(_) => {}
        }
    }

    pub(super) fn cast(&self) -> &Arc<Cast> {
        &self.cast
    }

    /// The actions of the script.
    pub(super) fn actions(&self) -> &Arc<[Action]> {
        &self.actions
    }

    /// Notes that no message that was sent until now can still arrive.
    pub(super) fn forget_messages(&mut self) {
        self.words.forget();
    }

    /// Records an event, except for changes: see [`enter`](Self::enter).
    pub(super) fn note(&mut self, at: Stamp, event: &Event) {
        match event {
            Event::Step { step } => self.begin(*step, at),
            Event::Sent { device, message, outgoing } => {
                let current = &self.current;
                let held = |decision: Decision| {
                    Behind::Endpoint(current.get(&(*device, decision.key)).map(|held| held.entry))
                };
                self.words.sent((*device, *message), outgoing, at, held);
                self.restate(*device, outgoing, at);
            }
            Event::Forged { device, message, outgoing } => {
                let adversary = self.adversary_with(self.cast.member(*device).key);
                self.words.sent((*device, *message), outgoing, at, |_| adversary);
            }
            Event::Delivered { device, message: Some(message), .. } => {
                self.words.read(*device, *message, |sender| self.cast.member(sender).key);
            }
            _ => {}
        }
    }

    /// The action of the current step.
    pub(super) fn action(&self) -> Option<&Action> {
        self.actions.get(self.step?)
    }

    fn begin(&mut self, step: usize, at: Stamp) {
        self.step = Some(step);
        let actions = self.actions.clone();
        if let Some((device, decision)) = actions[step].decision() {
            self.manual.extend(decision.decisions().iter().map(|decision| (device, *decision)));
        }
        match &actions[step] {
            Action::Deliver(device, stanza) => {
                for received in &stanza.parts {
                    self.hear_stanza(*device, received, at);
                }
            }
            Action::BackUp(device) => {
                let held = self.current.iter().filter(|((holder, _), _)| holder == device);
                let held = held.map(|((_, key), held)| (*key, *held)).collect();
                self.backups.insert(*device, held);
            }
            Action::Restore(device) => {
                let Some(held) = self.backups.get(device) else { return };
                self.current.retain(|(holder, _), _| holder != device);
                self.current.extend(held.iter().map(|(key, held)| ((*device, *key), *held)));
            }
            Action::Bombard(device, barrage) => {
                for received in barrage.stanzas(at) {
                    self.hear_stanza(*device, &received, at);
                }
            }
            _ => {}
        }
    }

    /// Records the decisions of a handwritten stanza, if it may count (see `admission`).
    fn hear_stanza(&mut self, device: DeviceId, received: &Received, at: Stamp) {
        let (Protection::Encrypted { with, by: Some(sender) }, Payload::Parsed(envelope)) =
            (received.protection, &received.payload)
        else {
            return;
        };
        let (names, own) = (self.cast.directory(), self.cast.member(device));
        let from = names.account_of(received.from);
        let own_message = received.from == own.endpoint
            || received.id.is_some_and(|id| {
                from == own.account
                    && id.endpoint == own.endpoint
                    && id.number.0 < self.words.count_of(device)
            });
        let encrypted = envelope.message.encryption == with && with == self.cast.encryption();
        let bound = names.owner(sender) == from && names.encryption_of(sender) == with;
        let carbon = received.carbon_from.is_none_or(|wrapper| wrapper.is_of(own.account));
        let affixes = envelope.from.is_none_or(|affix| affix == from)
            && envelope.to.is_none_or(|affix| affix == received.to);
        if envelope.message.usage != Usage::Atm || own_message || !encrypted || !bound || !carbon || !affixes
        {
            return;
        }
        let Some(time) = envelope.time else { return };
        let word = HeardWord { time, spoken: at, behind: self.adversary_with(sender) };
        for decision in envelope.message.decisions.iter() {
            for decision in said_with(*decision, envelope.message.distrusts.of(decision.key)) {
                self.words.hear(device, sender, decision, word);
            }
        }
    }

    /// The kind of adversary that uses a key.
    fn adversary_with(&self, key: KeyId) -> Behind {
        if self.is_adversarys(key) { Behind::Intruder } else { Behind::Thief }
    }

    /// Advances the time of a device's decisions to that of a message that states them (see `sending`).
    fn restate(&mut self, device: DeviceId, outgoing: &Outgoing, at: Stamp) {
        let Some(time) = outgoing.envelope.time else { return };
        for decision in outgoing.envelope.message.decisions.iter() {
            let Some(held) = self.current.get_mut(&(device, decision.key)) else { continue };
            if self.entries[held.entry].applied.decision == *decision && held.time < time {
                (held.time, held.spoken) = (time, at);
            }
        }
    }

    /// Records an observed change of a level, and an explicit decision that a device reports as applied.
    pub(super) fn enter(&mut self, at: Stamp, device: DeviceId, change: &ObservedChange) {
        if let Some(LevelChange { key, after, .. }) = change.level {
            self.levels.insert((device, key), after);
        }
        match change.explanation {
            Some(Change::Decided { decision, origin, time, .. }) => {
                let (rests_on, word) = match origin {
                    Origin::Message { sender } => (
                        self.held(device, sender).map(|held| held.entry),
                        self.words.behind(device, sender, decision, time),
                    ),
                    Origin::Manual => (None, Some(HeardWord { time, spoken: at, behind: Behind::Person })),
                    Origin::Policy => (None, None),
                };
                let HeardWord { spoken, behind, .. } =
                    word.unwrap_or(HeardWord { time, spoken: at, behind: Behind::Nobody });
                let step = self.step;
                let applied = Authentication { device, decision, origin, step, at, time, rests_on, behind };
                self.push(applied, Held { entry: 0, time, spoken, behind });
            }
            Some(Change::Confirmed { decision, sender, time, .. }) => {
                let word = self.words.behind(device, sender, decision, time);
                if let Some(held) = self.current.get_mut(&(device, decision.key))
                    && held.time < time
                {
                    held.time = time;
                    if let Some(word) = word {
                        (held.spoken, held.behind) = (word.spoken, word.behind);
                    }
                }
            }
            Some(
                Change::TookEffect { .. }
                | Change::Level { .. }
                | Change::Postponed { .. }
                | Change::Dropped { .. },
            )
            | None => {}
        }
    }

    /// The level of a key on a device, according to the observed changes.
    pub(super) fn level(&self, device: DeviceId, key: KeyId) -> Level {
        let member = self.cast.member(device);
        if member.key == key && member.sharing == KeySharing::OneForAll {
            return Level::Authenticated;
        }
        self.levels.get(&(device, key)).copied().unwrap_or(Level::Undecided)
    }

    /// The explicit decision in force for a key on a device, whether or not the device has discovered the key.
    pub(super) fn held(&self, device: DeviceId, key: KeyId) -> Option<Held> {
        self.current.get(&(device, key)).copied()
    }

    /// The verdict in force for a key on a device, whether or not the device has discovered the key.
    pub(super) fn verdict(&self, device: DeviceId, key: KeyId) -> Option<DecisionKind> {
        self.held(device, key).map(|held| self.entries[held.entry].applied.decision.kind)
    }

    /// The chain of decisions on which a key's level on a device rests, the last decision first.
    #[must_use]
    pub fn chain(&self, device: DeviceId, key: KeyId) -> Vec<Authentication> {
        let last = self.held(device, key).map(|held| held.entry);
        let entries = std::iter::successors(last, |entry| self.entries[*entry].applied.rests_on);
        entries.map(|entry| self.entries[entry].applied).collect()
    }

    /// The decision at the end of the chain on which a key's level on a device rests.
    pub(super) fn root(&self, device: DeviceId, key: KeyId) -> Option<Authentication> {
        self.held(device, key).map(|held| self.entries[self.entries[held.entry].root].applied)
    }

    /// All decisions behind the one in force for a key on a device, including that one: the basis of the sender's
    /// statement, the decision that authenticated the sender, and so on, each once.
    #[must_use]
    pub fn roots(&self, device: DeviceId, key: KeyId) -> Vec<Authentication> {
        let Some(held) = self.held(device, key) else { return Vec::new() };
        let mut found = vec![held.entry];
        let mut seen: FxHashSet<usize> = found.iter().copied().collect();
        // The basis of the last repetition counts, too.
        if let Behind::Endpoint(Some(entry)) = held.behind
            && seen.insert(entry)
        {
            found.push(entry);
        }
        let mut next = 0;
        while let Some(&entry) = found.get(next) {
            let Authentication { rests_on, behind, .. } = self.entries[entry].applied;
            let said = if let Behind::Endpoint(entry) = behind { entry } else { None };
            found.extend([rests_on, said].into_iter().flatten().filter(|entry| seen.insert(*entry)));
            next += 1;
        }
        found.into_iter().map(|entry| self.entries[entry].applied).collect()
    }

    /// All decisions on a key that a device ever applied, the last one first.
    fn past(&self, device: DeviceId, key: KeyId) -> impl Iterator<Item = &Authentication> {
        let last = self.held(device, key).map(|held| held.entry);
        let entries = std::iter::successors(last, |entry| self.entries[*entry].before);
        entries.map(|entry| &self.entries[entry].applied)
    }

    /// Whether a person at a device trusted a key with a decision that has a later time than `time`.
    pub(super) fn person_trusted_after(&self, device: DeviceId, key: KeyId, time: Stamp) -> bool {
        let by_person = self.past(device, key).filter(|applied| {
            (applied.decision.kind, applied.origin) == (DecisionKind::Trust, Origin::Manual)
        });
        by_person.into_iter().any(|applied| applied.time > time)
    }

    /// Whether a device ever applied a decision.
    pub(super) fn ever_held(&self, device: DeviceId, decision: Decision) -> bool {
        self.past(device, decision.key).any(|applied| applied.decision == decision)
            || self.waiting.contains(&(device, decision))
    }

    /// Whether the current step can connect a device.
    pub(super) fn connects(&self, device: DeviceId) -> bool {
        match self.step.map(|step| &self.actions[step]) {
            Some(
                Action::GoOnline(connected)
                | Action::Restart(connected)
                | Action::Restore(connected)
                | Action::Decide(connected, _)
                | Action::Scan(connected, _)
                | Action::TrustManually(connected, _),
            ) => *connected == device,
            _ => false,
        }
    }

    /// Whether a person made this decision on a device.
    pub(super) fn person_decided(&self, device: DeviceId, decision: Decision) -> bool {
        self.manual.contains(&(device, decision))
    }

    /// Whether a sender's decision with this time or a later one reached a device.
    pub(super) fn heard(&self, device: DeviceId, sender: KeyId, decision: Decision, time: Stamp) -> bool {
        self.words.behind(device, sender, decision, time).is_some()
    }

    /// Whether a key belongs only to devices that an adversary injected.
    pub(super) fn is_adversarys(&self, key: KeyId) -> bool {
        let mut holders =
            self.cast.devices_with(key).iter().map(|device| self.cast.member(*device)).peekable();
        // An adversary may show the key of another device.
        holders.peek().is_some() && holders.all(|member| member.joins == Joins::Injected)
    }
}
