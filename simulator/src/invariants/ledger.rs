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
    /// When it was applied, by the world's clock.
    pub at: Stamp,
    /// The time of the decision, by which it is compared with others.
    pub time: Stamp,
    /// The entry of the [`Ledger`] by which the sender's key was authenticated then, if a message decided.
    pub rests_on: Option<usize>,
    /// Why the sender said so, if a message decided.
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

/// The explicit decision that holds about a key on a device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// Its entry.
    entry: usize,
    /// Its time, as moved by those who repeated it.
    pub(super) time: Stamp,
    /// When, by the world's clock, the word was spoken that gave it this time.
    pub(super) spoken: Stamp,
    /// What is behind that word.
    pub(super) behind: Behind,
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
    entries: Vec<Entry>,
    current: FxHashMap<(DeviceId, KeyId), Held>,
    /// The levels that were seen, where they were seen to change.
    levels: FxHashMap<(DeviceId, KeyId), Level>,
    words: HeardWords,
    /// What people decided on which device.
    manual: FxHashSet<(DeviceId, Decision)>,
    /// What waits on which device to be sent, if just the state of the device is known.
    waiting: Vec<(DeviceId, Decision)>,
    /// What held on a device when a backup of it was made.
    backups: FxHashMap<DeviceId, Vec<(KeyId, Held)>>,
}

/// An explicit decision, and where others stand that are asked for with it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    applied: Authentication,
    /// The decision at the end of the chain on which this one rests; it may be this one itself.
    root: usize,
    /// The decision on the same key that held on the same device before.
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

    /// The ledger of one device of which just the state is known, before something is done with it there. What it
    /// holds counts as a person's decision: that every decision goes back to one is what the search shows step
    /// by step. What was left by senders, it heard; what waits to be sent, it held once.
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

    /// Enters a decision, which holds from now on.
    fn push(&mut self, applied: Authentication, held: Held) {
        let entry = self.entries.len();
        let pair = (applied.device, applied.decision.key);
        let root = applied.rests_on.map_or(entry, |rests_on| self.entries[rests_on].root);
        let before = self.current.insert(pair, Held { entry, ..held }).map(|before| before.entry);
        self.entries.push(Entry { applied, root, before });
    }

    /// Takes note of what is about to happen at a device.
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

    /// What is acted out.
    pub(super) fn actions(&self) -> &Arc<[Action]> {
        &self.actions
    }

    /// Takes note that nothing that was sent until now can still arrive.
    pub(super) fn forget_messages(&mut self) {
        self.words.forget();
    }

    /// Takes note of an event, except of changes: see [`enter`](Self::enter).
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

    /// What is done in the step that is going on.
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

    /// Takes note of what a stanza made by hand says, if it is one that may count (`admission`).
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
        let carbon = received.carbon_from.is_none_or(|wrapper| wrapper == own.account);
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

    /// Who speaks when an adversary uses a key.
    fn adversary_with(&self, key: KeyId) -> Behind {
        if self.is_adversarys(key) { Behind::Intruder } else { Behind::Thief }
    }

    /// A device said what it holds: that has the message's time now (`sending`).
    fn restate(&mut self, device: DeviceId, outgoing: &Outgoing, at: Stamp) {
        let Some(time) = outgoing.envelope.time else { return };
        for decision in outgoing.envelope.message.decisions.iter() {
            let Some(held) = self.current.get_mut(&(device, decision.key)) else { continue };
            if self.entries[held.entry].applied.decision == *decision && held.time < time {
                (held.time, held.spoken) = (time, at);
            }
        }
    }

    /// Enters a level that was seen to change, and an explicit decision that a device says it applied.
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

    /// The level of a key on a device, as it was seen to change.
    pub(super) fn level(&self, device: DeviceId, key: KeyId) -> Level {
        let member = self.cast.member(device);
        if member.key == key && member.sharing == KeySharing::OneForAll {
            return Level::Authenticated;
        }
        self.levels.get(&(device, key)).copied().unwrap_or(Level::Undecided)
    }

    /// The explicit decision that holds about a key on a device, whether or not the key is known there.
    pub(super) fn held(&self, device: DeviceId, key: KeyId) -> Option<Held> {
        self.current.get(&(device, key)).copied()
    }

    /// The verdict that holds about a key on a device, whether or not the key is known there.
    pub(super) fn verdict(&self, device: DeviceId, key: KeyId) -> Option<DecisionKind> {
        self.held(device, key).map(|held| self.entries[held.entry].applied.decision.kind)
    }

    /// The decisions on which a key's level on a device rests, the last one first.
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

    /// Everything that is behind the decision that holds about a key on a device, itself included: why its
    /// speaker said so, why that one's word counted, and so on, each once.
    #[must_use]
    pub fn roots(&self, device: DeviceId, key: KeyId) -> Vec<Authentication> {
        let Some(held) = self.held(device, key) else { return Vec::new() };
        let mut found = vec![held.entry];
        let mut seen: FxHashSet<usize> = found.iter().copied().collect();
        // What repeated the decision last is behind it, too.
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

    /// Whether a person at a device trusted a key, by a decision with a later time than `time`.
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

    /// Whether the step that is going on can connect a device again.
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

    /// Whether a person decided so on a device.
    pub(super) fn person_decided(&self, device: DeviceId, decision: Decision) -> bool {
        self.manual.contains(&(device, decision))
    }

    /// Whether a word that says so, with that time or a later one, reached a device.
    pub(super) fn heard(&self, device: DeviceId, sender: KeyId, decision: Decision, time: Stamp) -> bool {
        self.words.behind(device, sender, decision, time).is_some()
    }

    /// Whether a key is the one of a device that an adversary injected.
    pub(super) fn is_adversarys(&self, key: KeyId) -> bool {
        let mut holders =
            self.cast.devices_with(key).iter().map(|device| self.cast.member(*device)).peekable();
        // An adversary may show the key of somebody else's device.
        holders.peek().is_some() && holders.all(|member| member.joins == Joins::Injected)
    }
}
