//! What can happen next.

use super::{Deliveries, Orders};
use crate::cast::DeviceId;
use crate::script::{Action, LinkIds, Script};

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Move {
    /// A step of the scenario.
    Act(usize),
    /// The first stanza on a link arrives.
    Deliver(LinkIds),
}

/// The steps of a script, in the orders in which they may come.
#[derive(Debug)]
pub(super) struct Agenda {
    orders: Orders,
    steps: Vec<Option<Entry>>,
}

/// A step in which something happens.
#[derive(Debug)]
struct Entry {
    /// The device at which it happens, if it is at one.
    device: Option<DeviceId>,
    /// Whether a person does it, and whoever is free in the order does it at any time.
    person: bool,
    /// Whether it counts if everything had arrived by then.
    decides: bool,
    reach: Reach,
}

/// How much of a world a step depends on and changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// An endpoint, the surroundings of all, and how links behave. It may send something.
    Endpoint(DeviceId),
    /// The surroundings of endpoints, and how links behave.
    Surroundings,
    /// Anything, such as what is on its way.
    World,
}

impl Agenda {
    pub(super) fn of(script: &Script, orders: Orders) -> Self {
        let steps = script.actions.iter().map(|action| match action {
            Action::Expect(_) => None,
            action => Some(Entry {
                device: device(action),
                person: is_persons(action),
                decides: action.decision().is_some(),
                reach: reach(action),
            }),
        });
        Self { orders, steps: steps.collect() }
    }

    /// The steps in which nothing happens, a bit each.
    pub(super) fn idle(&self) -> u64 {
        let idle = self.steps.iter().enumerate().filter(|(_, entry)| entry.is_none());
        idle.fold(0, |done, (step, _)| done | 1 << step)
    }

    /// How much of a world a step depends on and changes.
    pub(super) fn reach(&self, step: usize) -> Reach {
        self.steps[step].as_ref().map_or(Reach::Surroundings, |entry| entry.reach)
    }

    /// Whether it counts for a step if everything had arrived by then: a person decides.
    pub(super) fn decides(&self, step: usize) -> bool {
        self.steps[step].as_ref().is_some_and(|entry| entry.decides)
    }

    pub(super) fn orders(&self) -> Orders {
        self.orders
    }

    /// Whether only people do something from now on.
    pub(super) fn is_left_to_people(&self, done: u64) -> bool {
        let steps = self.steps.iter().enumerate().filter(|(step, _)| done & 1 << step == 0);
        steps.filter_map(|(_, entry)| entry.as_ref()).all(|entry| entry.person)
    }

    /// Whether a device still has to do something by itself.
    pub(super) fn has_yet_to_act(&self, device: DeviceId, done: u64) -> bool {
        let steps = self.steps.iter().enumerate().filter(|(step, _)| done & 1 << step == 0);
        steps.filter_map(|(_, entry)| entry.as_ref()).any(|entry| entry.device.is_none_or(|at| at == device))
    }

    /// The steps that can come next; `is_there` says whether a device is there.
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
                return entry.device.is_none_or(&is_there);
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

/// Whether some deliveries are independent of all else: people only authenticate keys that all devices know, and nothing
/// goes wrong.
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
