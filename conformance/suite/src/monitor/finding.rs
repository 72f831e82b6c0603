//! The findings of a monitor.

use atm_engine::{Decision, KeyId};
use atm_simulator::scenario::DeviceName;

use super::standing::{Standing, Standings};

/// A behaviour that no lawful device shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorFinding {
    /// The id of the broken requirement.
    pub requirement: &'static str,
    /// The device that breaks it.
    pub device: DeviceName,
    /// The scenario step after which the behaviour showed, counted from 0; `None` before the first step.
    pub step: Option<usize>,
    /// The unlawful part of the behaviour.
    pub subject: Subject,
    /// The lawful behaviour.
    pub expected: String,
    /// The observed behaviour, one line for each key or message.
    pub observed: Vec<String>,
}

/// The unlawful part of a device's behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Unlawful levels of keys.
    Levels(Vec<UnlawfulLevel>),
    /// The device did not tell an endpoint a decision.
    NotTold(Vec<NotTold>),
    /// The device told an endpoint something false, or something that the endpoint must not receive.
    WronglyTold,
    /// The device encrypted a message for a key whose holder must not read it. The message itself may be demanded.
    WrongReader,
}

/// A key with an unlawful standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnlawfulLevel {
    /// The key.
    pub key: KeyId,
    /// The observed standing.
    pub observed: Standing,
    /// The lawful standings.
    pub lawful: Standings,
    /// The lawful standings before the input. A key that was not discovered was open.
    pub before: Standings,
}

/// The consequence of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A demanded effect is missing: an endpoint is not told, or a decision is not followed.
    #[default]
    Omission,
    /// A key stays authenticated although it must not.
    Trust,
    /// A key becomes authenticated without a lawful reason, a distrust is undone, or an endpoint is told something
    /// unlawful.
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
    /// The consequence. An intrusion is a security failure whatever requirement it breaks, unless that only gives
    /// advice.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match &self.subject {
            Subject::Levels(levels) => {
                levels.iter().map(UnlawfulLevel::effect).max().unwrap_or(Effect::Omission)
            }
            Subject::NotTold(_) => Effect::Omission,
            Subject::WronglyTold | Subject::WrongReader => Effect::Intrusion,
        }
    }
}

/// A decision that an endpoint had to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTold {
    /// The key of the endpoint.
    pub reader: KeyId,
    /// The decision.
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
