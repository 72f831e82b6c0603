//! What a monitor finds.

use atm_engine::{Decision, KeyId};
use atm_simulator::scenario::DeviceName;

use super::standing::{Standing, Standings};

/// Something that a lawful device does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorFinding {
    /// The requirement that is broken, by its id.
    pub requirement: &'static str,
    /// The device that breaks it.
    pub device: DeviceName,
    /// The step of the scenario after which it showed, counted from 0; `None` before the first.
    pub step: Option<usize>,
    /// What of the device is unlawful.
    pub subject: Subject,
    /// What is lawful.
    pub expected: String,
    /// What is there instead, a line for each key or message.
    pub observed: Vec<String>,
}

/// What of a device is unlawful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// How it regards keys: each with those of the two decisions about it that would be lawful, if any, and whether it may be
    /// left undecided.
    Levels(Vec<UnlawfulLevel>),
    /// Somebody was not told something.
    NotTold(Vec<NotTold>),
    /// Somebody was told something that was not so, or that was not for them.
    WronglyTold,
}

/// A key that a device regards in an unlawful way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnlawfulLevel {
    /// The key.
    pub key: KeyId,
    /// How it is regarded.
    pub observed: Standing,
    /// How it could be regarded.
    pub lawful: Standings,
    /// How it was regarded before.
    pub before: Standings,
}

/// Where something wrong leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Something does not happen that should: somebody is not told, or a key is not followed.
    Omission,
    /// Somebody is trusted or told something.
    Trust,
    /// Somebody is let in: a key is authenticated, or something is told, that nothing lawful led to, or a distrust is undone.
    Intrusion,
}

impl UnlawfulLevel {
    fn effect(&self) -> Effect {
        let held = self.before.only();
        match self.observed {
            Standing::Authenticated if held != Some(Standing::Authenticated) => Effect::Intrusion,
            Standing::Open if held == Some(Standing::Distrusted) => Effect::Intrusion,
            Standing::Authenticated => Effect::Trust,
            Standing::Open | Standing::Distrusted => Effect::Omission,
        }
    }
}

impl MonitorFinding {
    /// Where it leads. An intrusion is about security, whatever requirement it breaks, if no device may break that.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match &self.subject {
            Subject::Levels(levels) => {
                levels.iter().map(UnlawfulLevel::effect).max().unwrap_or(Effect::Omission)
            }
            Subject::NotTold(_) => Effect::Omission,
            Subject::WronglyTold => Effect::Intrusion,
        }
    }
}

/// Something that somebody had to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTold {
    /// The key of who had to be told.
    pub reader: KeyId,
    /// What.
    pub decision: Decision,
}

impl Subject {
    pub(super) fn extend(&mut self, other: Self) {
        match (self, other) {
            (Self::Levels(all), Self::Levels(more)) => all.extend(more),
            (Self::NotTold(all), Self::NotTold(more)) => all.extend(more),
            _ => {}
        }
    }
}
