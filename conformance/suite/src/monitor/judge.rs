//! The monitor of one device.

use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::{Decision, DecisionKind, Directory, KeyId, Protection, Received, Stamp};
use atm_simulator::cast::{Cast, Member};

use super::attribution::{self, Way};
use super::decisiveness::Decisiveness;
use super::duty::Duty;
use super::finding::MonitorFinding;
use super::key::{KeyState, Keys};
use super::standing::{Standing, Standings};
use super::stanza::{Hearer, Hearing, VagueSpeaker, Writing};
use super::word::{Act, Force, Speaker, VoidWord, WaitingWord, Word};

/// The room that a device has for postponed decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// More than any scenario needs.
    Ample,
    /// So little that the device may refuse any of them.
    Scarce,
}

/// The way in which a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manual {
    /// The person decided directly.
    Said,
    /// The person scanned a code. A device need not follow the distrusts of a code.
    Scanned,
}

/// Judges one device by its inputs and outputs. See the [module](crate::monitor).
#[derive(Debug)]
pub struct Monitor {
    pub(super) cast: Arc<Cast>,
    pub(super) member: Member,
    pub(super) capacity: Capacity,
    pub(super) keys: Keys,
    /// The keys before the current input.
    pub(super) before: Keys,
    pub(super) waiting: Vec<WaitingWord>,
    /// The acts of the current input.
    pub(super) acts: Vec<Act>,
    pub(super) vague: Vec<VagueSpeaker>,
    /// The decisions that must not count.
    pub(super) void: Vec<VoidWord>,
    /// All decisions heard so far, whether they count or not.
    pub(super) said: Vec<(Decision, Way)>,
    /// The length of `said` before the current input.
    pub(super) said_before: usize,
    /// The length of `waiting` before the current input.
    pub(super) waiting_before: usize,
    /// If the current input cannot be read, the requirement that voids it.
    pub(super) unreadable: Option<&'static str>,
    /// The same for all inputs, each with the key that encrypted it.
    pub(super) unreadable_of: Vec<(KeyId, &'static str)>,
    pub(super) due: Vec<Duty>,
    /// Duties that wait until the reader or the decided key is discovered.
    pub(super) pending: Vec<Duty>,
    /// The requirements that were exercised: something had to happen or must not happen because of them.
    pub(super) at_work: BTreeSet<&'static str>,
    pub(super) decisiveness: Decisiveness,
    pub(super) findings: Vec<MonitorFinding>,
    /// The value of `inputs` at each of the findings.
    pub(super) found_in: Vec<usize>,
    pub(super) inputs: usize,
    pub(super) step: Option<usize>,
    /// The knowledge at the time of the backup.
    backup: Option<Known>,
}

/// The knowledge about a device at one time.
#[derive(Clone, Debug)]
struct Known {
    keys: Keys,
    waiting: Vec<WaitingWord>,
}

impl Monitor {
    /// Creates the monitor of a device that knows only itself.
    #[must_use]
    pub fn new(cast: Arc<Cast>, member: Member, capacity: Capacity) -> Self {
        Self {
            cast,
            member,
            capacity,
            keys: Keys::default(),
            before: Keys::default(),
            waiting: Vec::new(),
            acts: Vec::new(),
            vague: Vec::new(),
            void: Vec::new(),
            said: Vec::new(),
            said_before: 0,
            waiting_before: 0,
            unreadable: None,
            unreadable_of: Vec::new(),
            due: Vec::new(),
            pending: Vec::new(),
            at_work: BTreeSet::new(),
            decisiveness: Decisiveness::default(),
            findings: Vec::new(),
            found_in: Vec::new(),
            inputs: 0,
            step: None,
            backup: None,
        }
    }

    /// The findings so far, in order.
    #[must_use]
    pub fn findings(&self) -> &[MonitorFinding] {
        &self.findings
    }

    /// The number of decisions that wait for their senders.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The number of keys about which something was heard.
    #[must_use]
    pub fn known_keys(&self) -> usize {
        self.keys.len()
    }

    /// The number of demands so far.
    #[must_use]
    pub fn decisiveness(&self) -> Decisiveness {
        self.decisiveness
    }

    /// The requirements that were exercised so far: an input showed whether the device meets them.
    #[must_use]
    pub fn at_work(&self) -> &BTreeSet<&'static str> {
        &self.at_work
    }

    /// Starts the next input, which belongs to this step of the scenario.
    pub fn begin(&mut self, step: Option<usize>) {
        self.step = step;
        self.begin_input();
    }

    fn begin_input(&mut self) {
        self.inputs += 1;
        for state in self.keys.values_mut() {
            state.may_have_been_authenticated = state.lawful.allows(Standing::Authenticated);
            state.is_ruled_out = false;
        }
        self.before.clone_from(&self.keys);
        self.acts.clear();
        self.due.clear();
        self.said_before = self.said.len();
        self.waiting_before = self.waiting.len();
        self.unreadable = None;
    }

    /// A person decided on keys at time `now`.
    pub fn decided(&mut self, decisions: &[Decision], manual: Manual, names: &Directory, now: Stamp) {
        let requirement = match manual {
            Manual::Said => attribution::MANUAL,
            Manual::Scanned => attribution::SCANNED,
        };
        if manual == Manual::Scanned {
            self.said.extend(decisions.iter().map(|decision| (*decision, Way::InACode)));
        }
        let decisions: Vec<Decision> =
            decisions.iter().copied().filter(|decision| self.is_judged(decision.key, names)).collect();
        let acts = decisions.iter().map(|&Decision { key, kind }| {
            let newest = self.before(key).newest;
            let time = newest.map_or(now, |newest| now.max(newest.next()));
            let force = match (manual, kind) {
                (Manual::Scanned, DecisionKind::Distrust) => Force::May,
                _ => Force::Must,
            };
            Act { target: key, kind, time, stamp: time, force, speaker: Speaker::Person, requirement }
        });
        let acts: Vec<Act> = acts.collect();
        for act in acts.iter().filter(|act| act.force == Force::Must) {
            self.key_mut(act.target).is_tainted = false;
        }
        let told: Vec<Decision> = acts
            .iter()
            .filter(|act| act.force == Force::Must)
            .map(|act| Decision { key: act.target, kind: act.kind })
            .collect();
        self.owe(&told, &decisions, names);
        self.take_effect(&acts, &[], (names, now));
    }

    /// A person scanned a broken code. Any reaction of the device is permitted.
    pub fn scanned_broken_code(&mut self) {
        for state in self.keys.values_mut() {
            state.lawful = Standings::ALL;
        }
    }

    /// A person trusted a key without comparing anything.
    pub fn trusted_manually(&mut self, key: KeyId) {
        self.key_mut(key).lawful.add(Standing::Open);
    }

    /// A stanza arrived at time `now`, with an encrypted part, a part in the clear, or both.
    pub fn received(&mut self, parts: &[Received], writing: Writing, (names, now): (&Directory, Stamp)) {
        let mut words = Vec::new();
        for part in parts {
            let hearing = Hearer { member: &self.member, names, now, writing }.hear(part);
            self.note_at_work(&hearing);
            let (time, input) = (hearing.time.unwrap_or(now), self.inputs);
            let sender = match part.protection {
                Protection::Encrypted { by, .. } => by,
                Protection::None => None,
            };
            let void = hearing.void.into_iter();
            let void = void.map(|(said, requirement)| VoidWord { said, time, requirement, input, sender });
            self.void.extend(void);
            self.said.extend(hearing.said.into_iter().map(|decision| (decision, Way::InAMessage)));
            self.unreadable = self.unreadable.or(hearing.unreadable);
            self.unreadable_of.extend(sender.zip(hearing.unreadable));
            words.extend(hearing.words);
            if let Some(speaker) = hearing.vague
                && !self.vague.contains(&speaker)
            {
                self.vague.push(speaker);
            }
        }
        self.take_effect(&[], &words, (names, now));
        for (word, force) in words {
            self.keep_waiting(word, force);
        }
    }

    /// Notes the requirements because of which decisions do not count, or not yet, if these would change something.
    fn note_at_work(&mut self, hearing: &Hearing) {
        let changes = |said: &Decision| {
            let state = self.keys.get(&said.key);
            let standing = Standing::from(said.kind);
            state.is_some_and(|state| state.is_discovered && !state.lawful.allows(standing))
        };
        let void = hearing.void.iter().filter(|(said, _)| changes(said)).map(|(_, requirement)| *requirement);
        let mut at_work: Vec<&'static str> = void.chain(hearing.unreadable).collect();
        let waits = |word: &Word| {
            self.keys.get(&word.sender).is_none_or(|state| !state.lawful.allows(Standing::Authenticated))
        };
        let mut words = hearing.words.iter().map(|(word, _)| word);
        if words.any(|word| waits(word) && changes(&Decision { key: word.target, kind: word.kind })) {
            at_work.push(attribution::SECURITY_LEVEL);
        }
        self.at_work.extend(at_work);
    }

    /// A stanza arrived with these decisions in the clear, without an envelope. None of them counts.
    pub fn heard_in_the_clear(&mut self, decisions: &[Decision], time: Stamp) {
        let (requirement, input, sender) = (attribution::PLAINTEXT, self.inputs, None);
        let void = decisions.iter().map(|said| VoidWord { said: *said, time, requirement, input, sender });
        self.void.extend(void);
    }

    /// A key was fetched at time `now`.
    pub fn discovered(&mut self, key: KeyId, names: &Directory, now: Stamp) {
        if !self.is_judged(key, names) || std::mem::replace(&mut self.key_mut(key).is_discovered, true) {
            return;
        }
        let state = self.key_mut(key);
        let is_by_person = [attribution::MANUAL, attribution::SCANNED].contains(&state.because);
        if state.lawful.only() != Some(Standing::Open) && !is_by_person {
            state.because = attribution::UNKNOWN_KEY;
        }
        self.take_effect(&[], &[], (names, now));
        let of_key = |duty: &Duty| duty.reader == key || duty.decision.key == key;
        self.due.extend(self.pending.extract_if(.., |duty| of_key(duty)));
    }

    /// A key left the list in which it was found. If it returns, the device may treat it as before or as a new key.
    pub fn forgotten(&mut self, key: KeyId) {
        let state = self.key_mut(key);
        state.is_discovered = false;
        state.lawful.add(Standing::Open);
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.word.sender == key) {
            waiting.force = Force::May;
        }
        self.pending.retain(|duty| duty.reader != key && duty.decision.key != key);
    }

    /// A backup of the device's stored state was made.
    pub fn backed_up(&mut self) {
        self.backup = Some(Known { keys: self.keys.clone(), waiting: self.waiting.clone() });
    }

    /// The device started again from its backup. It holds its state of that time and may have kept more.
    pub fn restored(&mut self) {
        let Some(Known { keys, waiting: stored }) = self.backup.clone() else { return };
        let since = std::mem::replace(&mut self.keys, keys);
        for (key, later) in since {
            let state = self.key_mut(key);
            state.lawful.extend(later.lawful);
            state.is_tainted |= later.is_tainted;
            state.because = attribution::BACKUP;
        }
        // Words that waited all the time are in the backup. Later words may or may not wait.
        let is_demanded = |words: &[WaitingWord], word| {
            words.iter().any(|waiting| waiting.word == word && waiting.force == Force::Must)
        };
        for waiting in &mut self.waiting {
            waiting.force = waiting.force.only_if(is_demanded(&stored, waiting.word));
            waiting.requirement = attribution::BACKUP;
        }
        for waiting in stored {
            if !self.waiting.iter().any(|other| other.word == waiting.word) {
                self.waiting.push(WaitingWord { force: Force::May, ..waiting });
            }
        }
        self.pending.clear();
    }

    /// The device was stopped and started again. Messages that it had not sent yet are lost.
    pub fn restarted(&mut self) {
        self.begin_input();
        self.pending.clear();
    }

    pub(super) fn is_judged(&self, key: KeyId, names: &Directory) -> bool {
        key != self.member.key && names.encryption_of(key) == names.encryption_of(self.member.key)
    }

    pub(super) fn before(&self, key: KeyId) -> KeyState {
        self.before.get(&key).cloned().unwrap_or_default()
    }

    pub(super) fn key_mut(&mut self, key: KeyId) -> &mut KeyState {
        self.keys.entry(key).or_default()
    }
}
