//! State that only quirks need, and state that quirks lose on a restart.

use atm_engine::DecisionKind;

use super::{Decided, NaiveDevice, Speaker, Word};
use crate::quirk::{Memory, Quirk, Repetition, StoppingPoint};
use crate::words::{NaiveDecision, NaiveStanza, owner};

/// State that a device without quirks does not use.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    /// Pairs of keys with the same identifier and different owners.
    pub(super) twins: Vec<[String; 2]>,
    /// The senders and times of the messages that counted.
    pub(super) heard: Vec<(String, i64)>,
    /// The senders, times and decisions of all messages.
    pub(super) repeatable: Vec<(String, Option<i64>, Vec<NaiveDecision>)>,
    /// The keys that were discovered when a key of their owner was first authenticated.
    pub(super) known_at_latch: Vec<String>,
    /// The keys with a manual decision that is announced on discovery.
    pub(super) untold: Vec<String>,
    /// Whether all announcements are suppressed.
    pub(super) is_silent: bool,
    /// Whether all messages are ignored.
    pub(super) is_deaf: bool,
    /// Whether all endpoints are to get a summary.
    pub(super) restates: bool,
}

impl NaiveDevice {
    /// Sets the pairs of keys with the same identifier and different owners. Only quirks use them.
    pub fn note_twins(&mut self, twins: Vec<[String; 2]>) {
        self.aside.twins = twins;
    }

    /// Whether a key was discovered.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.is_known(key)
    }

    /// The other keys with the same identifier.
    pub(super) fn twins_of(&self, key: &str) -> Vec<String> {
        let other = |[one, other]: &[String; 2]| match () {
            () if one == key => Some(other.clone()),
            () if other == key => Some(one.clone()),
            () => None,
        };
        self.aside.twins.iter().filter_map(other).collect()
    }

    /// Whether a quirk lets a message count after the earlier ones.
    pub(super) fn is_in_turn(&mut self, sender: &str, time: i64) -> bool {
        let mut of_sender = self.aside.heard.iter().filter(|(by, _)| by == sender).map(|(_, time)| *time);
        let is_late = match () {
            () if self.has(Quirk::OneMessageForEachTime) => of_sender.any(|other| other == time),
            () if self.has(Quirk::NothingOlder) => of_sender.any(|other| other > time),
            () => return true,
        };
        self.aside.heard.push((sender.to_owned(), time));
        !is_late
    }

    /// Whether a quirk gives a repeated message another effect than its decisions.
    pub(super) fn is_repeated(&mut self, heard: &NaiveStanza, sender: &str) -> bool {
        let repetition = self.quirks.iter().find_map(|quirk| match quirk {
            Quirk::Repetition(repetition) => Some(*repetition),
            _ => None,
        });
        let Some(repetition) = repetition else { return false };
        let message = (sender.to_owned(), heard.time, heard.decisions.clone());
        if !self.aside.repeatable.contains(&message) {
            self.aside.repeatable.push(message);
            return false;
        }
        match repetition {
            Repetition::Forgets => {
                self.decided.retain(|decided| !heard.decisions.iter().any(|said| said.key == decided.key));
            }
            Repetition::DropsWhatIsLeft => self.left.retain(|word| word.by.key() != Some(sender)),
            Repetition::DistrustsItsSender => {
                let (key, time, by) = (sender.to_owned(), heard.time.unwrap_or_default(), Speaker::Person);
                self.decided.retain(|decided| decided.key != key);
                self.decided.push(Decided { key, kind: DecisionKind::Distrust, time, by });
            }
        }
        true
    }

    /// The decisions that the device reads in a message: all of them, without quirks.
    pub(super) fn read_decisions<'a>(&self, decisions: &'a [NaiveDecision]) -> &'a [NaiveDecision] {
        let stops = |said: &NaiveDecision| {
            self.has(Quirk::StopsAt(StoppingPoint::UnknownKey))
                && !self.is_known(&said.key)
                && said.key != self.key
                || self.has(Quirk::StopsAt(StoppingPoint::OwnKey)) && said.key == self.key
                || self.has(Quirk::StopsAt(StoppingPoint::KnownDecision))
                    && self.verdict_on(&said.key) == Some(said.kind)
        };
        let end = decisions.iter().position(stops).unwrap_or(decisions.len());
        &decisions[..end]
    }

    /// Restarts the device. Without quirks everything is stored.
    pub fn restart(&mut self) {
        for quirk in self.quirks {
            match quirk {
                Quirk::Loses(memory) => self.lose(*memory),
                Quirk::RestartSilences => self.aside.is_silent = true,
                Quirk::RestartDeafens => self.aside.is_deaf = true,
                Quirk::RestartReleases => {
                    for Word { by, said, time, .. } in std::mem::take(&mut self.left) {
                        self.decided.retain(|decided| decided.key != said.key);
                        self.decided.push(Decided { key: said.key, kind: said.kind, time, by });
                    }
                }
                Quirk::RestartTrustsAll => {
                    self.decided.iter_mut().for_each(|decided| decided.kind = DecisionKind::Trust);
                }
                Quirk::RestartRestates => self.aside.restates = true,
                _ => {}
            }
        }
    }

    /// Loses a part of the state.
    pub fn lose(&mut self, memory: Memory) {
        let known = self.known.clone();
        match memory {
            Memory::Outbox => self.outbox.clear(),
            Memory::Kept => self.left.clear(),
            Memory::UnknownKeys => self.decided.retain(|decided| known.contains(&decided.key)),
            Memory::ManualOnUnknownKeys => {
                self.decided.retain(|decided| known.contains(&decided.key) || decided.by != Speaker::Person);
            }
            Memory::Received => self.decided.retain(|decided| decided.by == Speaker::Person),
            Memory::Manual => self.decided.retain(|decided| decided.by != Speaker::Person),
            Memory::Trusts => self.decided.retain(|decided| decided.kind == DecisionKind::Distrust),
            Memory::KnownKeys => self.known.clear(),
            Memory::AllButOneKept => self.left.truncate(1),
            Memory::Distrusts => self.decided.retain(|decided| decided.kind == DecisionKind::Trust),
            Memory::Times => {
                self.decided.iter_mut().for_each(|decided| decided.time = i64::MIN / 2);
                self.distrusted_until.clear();
                self.words.clear();
            }
            Memory::Latch => self.latched.clear(),
            Memory::PastLatch => {
                let decided = &self.decided;
                self.latched.retain(|latched| {
                    let is_proof =
                        |it: &Decided| it.kind == DecisionKind::Trust && owner(&it.key) == *latched;
                    decided.iter().any(is_proof)
                });
            }
        }
    }
}
