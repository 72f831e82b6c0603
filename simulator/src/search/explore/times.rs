//! The times that matter, and their reduction to ranks.
//!
//! A time makes a difference where decisions about one key contradict each other. So all times of decisions about keys
//! that nobody can distrust are set to the same value. Among the other times, only the order matters, and which of them
//! follow one another immediately, since the engine sometimes adds or subtracts a millisecond. Where more of a time
//! matters, such as its distance from the arrival, all times are kept.

use std::time::Duration;

use atm_engine::{DecisionKind, KeyId, Payload, Stamp};
use rustc_hash::FxHashSet;

use super::Reductions;
use crate::script::{Action, Script};

/// The time that passes with each delivery and each step if deliveries may occur at any time. Each event then has its
/// own time, as in a run of a file.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// The greatest distance in milliseconds between two times that follow one another because the engine added or
/// subtracted something.
const NEAR: i64 = 8;

/// The distance in milliseconds between all other ranked times.
const FAR: i64 = 16;

/// The greatest duration that makes no difference. Devices accept messages that took five minutes.
const SHORT: Duration = Duration::from_secs(100);

/// The times that matter.
#[derive(Clone, Debug)]
pub(super) struct Times {
    start: Stamp,
    rank: bool,
    contested: FxHashSet<KeyId>,
}

impl Times {
    /// The times that matter for `script`, or all times without that reduction.
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

    /// Whether somebody can distrust a key, so that it is contested.
    pub(super) fn is_contested(&self, key: KeyId) -> bool {
        self.contested.contains(&key)
    }

    /// Whether the order of events matters at all.
    pub(super) fn is_contested_anywhere(&self) -> bool {
        !self.contested.is_empty()
    }

    /// Whether all times are kept.
    pub(super) fn are_exact(&self) -> bool {
        !self.rank
    }

    /// Whether the order of times matters, and nothing else about them.
    pub(super) fn are_ranked(&self) -> bool {
        self.rank && self.is_contested_anywhere()
    }

    /// Sets a time to the start if it does not matter, because nobody can distrust the keys that it is about.
    pub(super) fn level_out(&self, time: &mut Stamp, about: &[KeyId]) {
        if self.rank && !about.iter().any(|key| self.is_contested(*key)) {
            *time = self.start;
        }
    }

    /// Whether a time that was levelled out matters.
    pub(super) fn counts(&self, time: Stamp) -> bool {
        self.rank && time > self.start
    }

    /// Ranks times, which must be sorted and unique.
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

/// Whether durations matter, or times come from outside.
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
