//! Which times count, and how those that do are brought down to their order.
//!
//! A time makes a difference where decisions about one key contradict each other. So the times of what is said about
//! keys that nobody can distrust are all one. Of the other times, the order counts, and which follow immediately
//! upon each other, since the engine sometimes adds or takes away a millisecond. Where more of a time counts, such as
//! its distance from the arrival, all times are kept as they are.

use std::time::Duration;

use atm_engine::{DecisionKind, KeyId, Payload, Stamp};
use rustc_hash::FxHashSet;

use super::Reductions;
use crate::script::{Action, Script};

/// The time that passes with each delivery and each step if deliveries may come at any moment: each has a moment of
/// its own, as in a file that is run.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// How far apart two times are at most that follow upon each other since the engine added or took something.
const NEAR: i64 = 8;

/// How far apart all others are that were brought down to their order.
const FAR: i64 = 16;

/// What passes at most without that it counts how long it is: devices accept what took five minutes.
const SHORT: Duration = Duration::from_secs(100);

/// Which times count.
#[derive(Clone, Debug)]
pub(super) struct Times {
    start: Stamp,
    rank: bool,
    contested: FxHashSet<KeyId>,
}

impl Times {
    /// Times as `script` needs them, or all of them as they are without that reduction.
    pub(super) fn of(script: &Script, reductions: Reductions) -> Self {
        let distrusted = |decisions: &[atm_engine::Decision]| -> Vec<KeyId> {
            let distrusts = decisions.iter().filter(|decision| decision.kind == DecisionKind::Distrust);
            distrusts.map(|decision| decision.key).collect()
        };
        let mut contested = FxHashSet::default();
        for action in script.actions.iter() {
            match action {
                Action::Forge(_, forged) => contested.extend(distrusted(&forged.decisions)),
                Action::Deliver(_, stanza) => {
                    for part in &stanza.parts {
                        if let Payload::Parsed(envelope) = &part.payload {
                            contested.extend(distrusted(&envelope.message.decisions));
                        }
                    }
                }
                action => {
                    if let Some((_, decision)) = action.decision() {
                        contested.extend(distrusted(decision.decisions()));
                    }
                }
            }
        }
        Self { start: script.start, rank: reductions.times && !depends_on_distances(script), contested }
    }

    /// Whether somebody can distrust a key.
    pub(super) fn is_contested(&self, key: KeyId) -> bool {
        self.contested.contains(&key)
    }

    /// Whether anything depends on the order in which things happened.
    pub(super) fn is_contested_anywhere(&self) -> bool {
        !self.contested.is_empty()
    }

    /// Whether times are kept as they are.
    pub(super) fn are_exact(&self) -> bool {
        !self.rank
    }

    /// Whether the order of times counts, and nothing else about them.
    pub(super) fn are_ranked(&self) -> bool {
        self.rank && self.is_contested_anywhere()
    }

    /// Makes the time one with all others if it does not count, since nobody can distrust these keys.
    pub(super) fn level_out(&self, time: &mut Stamp, about: &[KeyId]) {
        if self.rank && !about.iter().any(|key| self.is_contested(*key)) {
            *time = self.start;
        }
    }

    /// Whether a time that was levelled out counts.
    pub(super) fn counts(&self, time: Stamp) -> bool {
        self.rank && time > self.start
    }

    /// Brings times down to their order. They are sorted and each is there once.
    pub(super) fn rank(&self, times: &[Stamp]) -> Vec<Stamp> {
        let mut last = (self.start, self.start);
        let ranks = times.iter().map(|time| {
            let gap = time.as_millis().saturating_sub(last.0.as_millis());
            let gap = if gap > NEAR { FAR } else { gap };
            last = (*time, last.1.offset(gap));
            last.1
        });
        ranks.collect()
    }
}

/// Whether it counts how long something takes, or times come from elsewhere.
fn depends_on_distances(script: &Script) -> bool {
    let steps = u32::try_from(script.actions.len()).unwrap_or(u32::MAX);
    script.pause.saturating_mul(steps) > SHORT
        || script.latency.1 > SHORT
        || script.actions.iter().any(|action| match action {
            Action::Wait(_) | Action::SkewClock(..) | Action::Deliver(..) | Action::Bombard(..) => true,
            Action::Forge(_, forged) => forged.dated != 0,
            Action::SlowDown(_, latency) => *latency > SHORT,
            _ => false,
        })
}
