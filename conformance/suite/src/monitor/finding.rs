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
