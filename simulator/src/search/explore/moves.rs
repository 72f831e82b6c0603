//! The moves that are possible in a state.

use atm_engine::KeyId;

use super::{Deliveries, Orders};
use crate::cast::{DeviceId, Joins};
use crate::script::{Action, LinkIds, Scanned, Script};

/// A possible move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Move {
    /// A step of the scenario.
    Act(usize),
    /// The first stanza on a link arrives.
    Deliver(LinkIds),
}

/// The steps of a script, with the orders that are allowed.
#[derive(Debug)]
pub(super) struct Agenda {
    orders: Orders,
    steps: Vec<Option<Entry>>,
}

/// A step that does something.
#[derive(Debug)]
struct Entry {
    /// The device at which it occurs, if it is a single one.
    device: Option<DeviceId>,
    /// The device whose code is scanned.
    shown_by: Option<DeviceId>,
    /// The steps that add the devices whose keys it is about, as a bit set.
    additions: u64,
    /// Whether a person takes the step. In free order, a person may take it at any time.
    person: bool,
    /// Whether it matters that all packets have arrived before the step.
    decides: bool,
    reach: Reach,
}

/// The part of a world that a step depends on and changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// An endpoint, the surroundings of all endpoints, and the states of links. The endpoint may send messages.
    Endpoint(DeviceId),
    /// The surroundings of endpoints, and the states of links.
    Surroundings,
    /// Everything, including the packets in transit.
    World,
}

impl Agenda {
    pub(super) fn of(script: &Script, orders: Orders) -> Self {
        let steps = script.actions.iter().map(|action| match action {
            Action::Expect(_) => None,
            action => Some(Entry {
                device: device(action),
                shown_by: shown_by(action),
                additions: additions(action, script),
                person: is_persons(action),
                decides: action.decision().is_some(),
                reach: reach(action),
            }),
        });
        Self { orders, steps: steps.collect() }
    }

    /// The steps that do nothing, as a bit set.
    pub(super) fn idle(&self) -> u64 {
        let idle = self.steps.iter().enumerate().filter(|(_, entry)| entry.is_none());
        idle.fold(0, |done, (step, _)| done | 1 << step)
    }

    /// The part of a world that a step depends on and changes.
    pub(super) fn reach(&self, step: usize) -> Reach {
        self.steps[step].as_ref().map_or(Reach::Surroundings, |entry| entry.reach)
    }

    /// Whether a person decides in a step, so that it matters whether all packets have arrived.
    pub(super) fn decides(&self, step: usize) -> bool {
        self.steps[step].as_ref().is_some_and(|entry| entry.decides)
    }

    pub(super) fn orders(&self) -> Orders {
        self.orders
    }

    /// Whether only steps of people are left.
    pub(super) fn is_left_to_people(&self, done: u64) -> bool {
        let steps = self.steps.iter().enumerate().filter(|(step, _)| done & 1 << step == 0);
        steps.filter_map(|(_, entry)| entry.as_ref()).all(|entry| entry.person)
    }

    /// Whether steps are left at a device, or at no single device.
    pub(super) fn has_yet_to_act(&self, device: DeviceId, done: u64) -> bool {
        let steps = self.steps.iter().enumerate().filter(|(step, _)| done & 1 << step == 0);
        steps.filter_map(|(_, entry)| entry.as_ref()).any(|entry| entry.device.is_none_or(|at| at == device))
    }

    /// The steps that can be next. `is_there` says whether a device is present. In free order, nobody decides on a key
    /// before its device was added, or scans the code of a device that is not present.
    pub(super) fn next(&self, done: u64, is_there: impl Fn(DeviceId) -> bool) -> impl Iterator<Item = Move> {
        let (mut people_too, mut blocked) = (true, false);
        let entries = self.steps.iter().enumerate();
        let open = entries
            .filter_map(move |(step, entry)| Some((step, entry.as_ref()?)).filter(|_| done & 1 << step == 0));
        open.filter(move |(_, entry)| {
            if self.orders == Orders::Steps {
                return std::mem::take(&mut people_too);
            }
            if entry.person {
                let mut devices = entry.device.into_iter().chain(entry.shown_by);
                return entry.additions & !done == 0 && devices.all(&is_there);
            }
            !std::mem::replace(&mut blocked, true)
        })
        .map(|(step, _)| Move::Act(step))
    }
}

fn reach(action: &Action) -> Reach {
    match action {
        Action::Decide(device, _)
        | Action::Scan(device, _)
        | Action::TrustManually(device, _)
        | Action::Discover(device, _)
        | Action::Forget(device, _)
        | Action::Forge(device, _)
        | Action::Deliver(device, _)
        | Action::Bombard(device, _) => Reach::Endpoint(*device),
        Action::Leave(_)
        | Action::GoOffline(_)
        | Action::Crash(..)
        | Action::SkewClock(..)
        | Action::SetCarbons(..)
        | Action::Compromise(_)
        | Action::SlowDown(..)
        | Action::Unblock(_)
        | Action::Wait(_)
        | Action::Expect(_) => Reach::Surroundings,
        Action::Join(_)
        | Action::GoOnline(_)
        | Action::Restart(_)
        | Action::BackUp(_)
        | Action::Restore(_)
        | Action::Hold(_)
        | Action::Release(_)
        | Action::LetThrough(_)
        | Action::Reorder(_)
        | Action::Duplicate(_)
        | Action::Partition(..)
        | Action::Heal(..)
        | Action::Block(_)
        | Action::Replay(_)
        | Action::Inject(_) => Reach::World,
    }
}

fn is_persons(action: &Action) -> bool {
    matches!(action, Action::Decide(..) | Action::Scan(..) | Action::TrustManually(..))
}

fn device(action: &Action) -> Option<DeviceId> {
    match action {
        Action::Decide(device, _) | Action::Scan(device, _) | Action::TrustManually(device, _) => {
            Some(*device)
        }
        _ => None,
    }
}

fn shown_by(action: &Action) -> Option<DeviceId> {
    match action {
        Action::Scan(_, Scanned { shown_by, .. }) => *shown_by,
        _ => None,
    }
}

/// The steps that add the devices whose keys a person decides on. A code that is written out can be scanned at any time.
fn additions(action: &Action, script: &Script) -> u64 {
    let keys: Vec<KeyId> = match action {
        Action::Decide(_, decision) => decision.decisions().iter().map(|decision| decision.key).collect(),
        Action::TrustManually(_, keys) => keys.clone(),
        _ => Vec::new(),
    };
    let addition = |key: &KeyId| {
        let owners = script.cast.devices_with(*key);
        if owners.iter().any(|owner| script.cast.member(*owner).joins == Joins::AtStart) {
            return None;
        }
        script.actions.iter().position(|action| match action {
            Action::Join(added) | Action::Inject(added) => owners.contains(added),
            _ => false,
        })
    };
    keys.iter().filter_map(addition).fold(0, |steps, step| steps | 1 << step)
}

/// Whether some deliveries are independent of all other moves: people only authenticate keys that all devices know, and
/// there are no faults.
pub(super) fn has_independent_deliveries(script: &Script, deliveries: Deliveries) -> bool {
    deliveries == Deliveries::Every
        && script.discovery == crate::scenario::Discovery::AtStart
        && script.cast.devices().all(|(_, member)| !member.offline)
        && script.actions.iter().all(|action| match action {
            Action::Expect(_) => true,
            action => action.decision().is_some_and(|(_, decision)| {
                decision.decisions().iter().all(|decision| decision.kind == atm_engine::DecisionKind::Trust)
            }),
        })
}
