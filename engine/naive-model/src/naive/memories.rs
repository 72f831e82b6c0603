//! What only a device with quirks remembers, and what it forgets when it starts again.

use atm_engine::DecisionKind;

use super::{Decided, NaiveDevice, Speaker, Word};
use crate::quirk::{Memory, Quirk, Repetition, StoppingPoint};
use crate::words::{NaiveDecision, NaiveStanza};

/// What a device without quirks has no use for.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    /// Pairs of keys that have the same identifier, but other owners.
    pub(super) twins: Vec<[String; 2]>,
    /// The messages that counted: their senders and times.
    pub(super) heard: Vec<(String, i64)>,
    /// The messages that came: their senders, times and decisions.
    pub(super) repeatable: Vec<(String, Option<i64>, Vec<NaiveDecision>)>,
    /// The keys that were known when a key of their owner was authenticated for the first time.
    pub(super) known_at_latch: Vec<String>,
    /// The keys that a person decided on and that are to be announced when they are discovered.
    pub(super) untold: Vec<String>,
    /// Nothing is announced any more.
    pub(super) is_silent: bool,
    /// Nothing is heard any more.
    pub(super) is_deaf: bool,
    /// All endpoints are to get a summary.
    pub(super) restates: bool,
}

impl NaiveDevice {
    /// Tells which pairs of keys have the same identifier, but other owners. Only quirks make anything of it.
    pub fn note_twins(&mut self, twins: Vec<[String; 2]>) {
        self.aside.twins = twins;
    }

    /// Whether a key was discovered.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.is_known(key)
    }

    /// The other keys with the identifier of this one.
    pub(super) fn twins_of(&self, key: &str) -> Vec<String> {
        let other = |[one, other]: &[String; 2]| match () {
            () if one == key => Some(other.clone()),
            () if other == key => Some(one.clone()),
            () => None,
        };
        self.aside.twins.iter().filter_map(other).collect()
    }

    /// Whether a message counts beside those that were heard before.
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

    /// Whether a message came before, so that something else than what it says is done. A model without quirks does what it says.
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

    /// The decisions that are read of a message: all of them, without quirks.
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

    /// The device starts again from what is stored, which is everything.
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

    /// This is lost.
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
        }
    }
}
