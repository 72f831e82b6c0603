use std::collections::BTreeMap;

use atm_engine::{Change, Decision, DecisionKind, Effect, KeyId, Level, Origin};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::observation::LevelChange;
use atm_simulator::scenario::Scenario;
use atm_simulator::trace::{Event, TraceRecord};

use crate::pictures::position::decides;

/// The level of every key on every device at some point of a run, derived from the trace up to that point.
#[derive(Debug, Default)]
pub(super) struct Regards {
    levels: BTreeMap<(DeviceId, KeyId), (Level, Option<Origin>)>,
    /// The postponed decisions, by device, sender and key.
    postponed: BTreeMap<(DeviceId, KeyId, KeyId), DecisionKind>,
}

impl Regards {
    /// Replays these records.
    pub(super) fn after(records: &[TraceRecord], scenario: &Scenario, cast: &Cast) -> Self {
        let mut regards = Self::default();
        let mut now = None;
        for record in records {
            match &record.event {
                Event::Step { step } => now = scenario.steps.get(*step),
                Event::Changed { device, change } => {
                    if let Some(LevelChange { key, after, .. }) = change.level {
                        let origin = match &change.explanation {
                            Some(explanation) => origin(explanation),
                            // Without an explanation, the step shows whether a person decided.
                            None => now
                                .is_some_and(|step| decides(step, *device, key, cast))
                                .then_some(Origin::Manual),
                        };
                        regards.set(*device, key, after, origin);
                    }
                    if let Some(explanation) = &change.explanation {
                        regards.explain(*device, explanation);
                    }
                }
                _ => {}
            }
        }
        regards
    }

    /// The level of a key on a device, with its origin if that is known.
    pub(super) fn level(&self, device: DeviceId, key: KeyId) -> (Level, Option<Origin>) {
        self.levels.get(&(device, key)).copied().unwrap_or((Level::Undecided, None))
    }

    /// Every recorded level, in the order of devices and keys.
    pub(super) fn levels(&self) -> impl Iterator<Item = (DeviceId, KeyId, Level, Option<Origin>)> {
        self.levels.iter().map(|((device, key), (level, origin))| (*device, *key, *level, *origin))
    }

    /// The postponed decisions as device, sender and decision, in order.
    pub(super) fn postponed(&self) -> impl Iterator<Item = (DeviceId, KeyId, Decision)> {
        self.postponed.iter().map(|((device, sender, key), verdict)| {
            (*device, *sender, Decision { key: *key, kind: *verdict })
        })
    }

    fn explain(&mut self, device: DeviceId, change: &Change) {
        match *change {
            // The same decision may have another origin now.
            Change::Decided { decision: Decision { key, kind }, origin, effect: Effect::Now, .. } => {
                self.set(device, key, Level::from(kind), Some(origin));
            }
            Change::Postponed { sender, decision: Decision { key, kind } } => {
                self.postponed.insert((device, sender, key), kind);
            }
            Change::Dropped { sender, .. } => self.release(device, sender),
            // A key that is not known yet has no level.
            Change::Decided { effect: Effect::OnDiscovery, .. }
            | Change::Confirmed { .. }
            | Change::TookEffect { .. }
            | Change::Level { .. } => {}
        }
    }

    /// Sets a level. An authentication also releases the postponed decisions of the key as a sender.
    fn set(&mut self, device: DeviceId, key: KeyId, level: Level, origin: Option<Origin>) {
        self.levels.insert((device, key), (level, origin));
        if level == Level::Authenticated {
            self.release(device, key);
        }
    }

    fn release(&mut self, device: DeviceId, sender: KeyId) {
        self.postponed.retain(|(at, from, _), _| (*at, *from) != (device, sender));
    }
}

/// The origin of a changed level, as the device explains it.
fn origin(change: &Change) -> Option<Origin> {
    match *change {
        Change::Decided { origin, .. } | Change::TookEffect { origin, .. } => Some(origin),
        Change::Level { level: Level::ManuallyTrusted, .. } => Some(Origin::Manual),
        Change::Level { .. } => Some(Origin::Policy),
        Change::Confirmed { .. } | Change::Postponed { .. } | Change::Dropped { .. } => None,
    }
}
