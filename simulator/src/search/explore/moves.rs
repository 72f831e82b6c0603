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
}

impl Agenda {
    pub(super) fn of(script: &Script, orders: Orders) -> Self {
        let steps = script.actions.iter().map(|action| match action {
            Action::Expect(_) => None,
            action => Some(Entry { device: device(action), person: is_persons(action) }),
        });
        Self { orders, steps: steps.collect() }
    }

    /// The steps in which nothing happens, a bit each.
    pub(super) fn idle(&self) -> u64 {
        let idle = self.steps.iter().enumerate().filter(|(_, entry)| entry.is_none());
        idle.fold(0, |done, (step, _)| done | 1 << step)
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
