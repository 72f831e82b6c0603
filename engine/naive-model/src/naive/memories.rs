//! What only a device with quirks remembers, and what it forgets when it starts again.

use atm_engine::DecisionKind;

use super::{NaiveDevice, Speaker};
use crate::quirk::{Memory, Quirk};

/// What a device without quirks has no use for.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    /// Pairs of keys that have the same identifier, but other owners.
    pub(super) twins: Vec<[String; 2]>,
    /// The messages that counted: their senders and times.
    pub(super) heard: Vec<(String, i64)>,
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

    /// The device starts again from what is stored, which is everything.
    pub fn restart(&mut self) {
        for quirk in self.quirks {
            match quirk {
                Quirk::Loses(memory) => self.lose(*memory),
                Quirk::RestartSilences => self.aside.is_silent = true,
                Quirk::RestartDeafens => self.aside.is_deaf = true,
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
