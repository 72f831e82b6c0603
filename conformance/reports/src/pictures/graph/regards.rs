use std::collections::BTreeMap;

use atm_engine::{Change, Decision, DecisionKind, Effect, KeyId, Level, Origin};
use atm_simulator::cast::DeviceId;
use atm_simulator::trace::{Event, Record};

/// How every device regarded every key at some moment of a run, by what its trace tells until then.
#[derive(Debug, Default)]
pub(super) struct Regards {
    levels: BTreeMap<(DeviceId, KeyId), (Level, Origin)>,
    /// What devices keep, by device, sender and key.
    postponed: BTreeMap<(DeviceId, KeyId, KeyId), DecisionKind>,
}

impl Regards {
    /// How devices regard keys after what is recorded.
    pub(super) fn after(records: &[Record]) -> Self {
        let mut regards = Self::default();
        for record in records {
            if let Event::Changed { device, change } = &record.event {
                regards.add(*device, change);
            }
        }
        regards
    }

    /// How far a device trusts a key, and who is behind that.
    pub(super) fn level(&self, device: DeviceId, key: KeyId) -> (Level, Origin) {
        self.levels.get(&(device, key)).copied().unwrap_or((Level::Undecided, Origin::Policy))
    }

    /// Every device and key between which there is something, in order.
    pub(super) fn levels(&self) -> impl Iterator<Item = (DeviceId, KeyId, Level, Origin)> {
        self.levels.iter().map(|((device, key), (level, origin))| (*device, *key, *level, *origin))
    }

    /// What devices keep until its sender is authenticated, in order: device, sender, decision.
    pub(super) fn postponed(&self) -> impl Iterator<Item = (DeviceId, KeyId, Decision)> {
        self.postponed.iter().map(|((device, sender, key), verdict)| {
            (*device, *sender, Decision { key: *key, kind: *verdict })
        })
    }

    fn add(&mut self, device: DeviceId, change: &Change) {
        match *change {
            Change::Decided {
                decision: Decision { key, kind: verdict },
                origin,
                effect: Effect::Now,
                ..
            } => {
                self.set(device, key, Level::from(verdict), origin);
            }
            // A key that is not known has no level yet.
            Change::Decided { effect: Effect::OnDiscovery, .. } => {}
            Change::Confirmed { .. } => {}
            Change::TookEffect { key, level, origin } => self.set(device, key, level, origin),
            Change::Level { key, level, .. } => {
                let origin = if level == Level::ManuallyTrusted { Origin::Manual } else { Origin::Policy };
                self.set(device, key, level, origin);
            }
            Change::Postponed { sender, decision: Decision { key, kind: verdict } } => {
                self.postponed.insert((device, sender, key), verdict);
            }
            Change::Dropped { sender, .. } => self.release(device, sender),
        }
    }

    /// What a sender left is applied as soon as it is authenticated.
    fn set(&mut self, device: DeviceId, key: KeyId, level: Level, origin: Origin) {
        self.levels.insert((device, key), (level, origin));
        if level == Level::Authenticated {
            self.release(device, key);
        }
    }

    fn release(&mut self, device: DeviceId, sender: KeyId) {
        self.postponed.retain(|(at, from, _), _| (*at, *from) != (device, sender));
    }
}
