//! Positions in a run, and the order and presence of devices.

use atm_engine::KeyId;
use atm_simulator::cast::{Cast, DeviceId, Joins};
use atm_simulator::scenario::{Code, DeviceName, DeviceToKeys, Scenario, Step};
use atm_simulator::trace::{Event, TraceRecord};

use atm_suite::step_number;

/// The number of steps, as reports count them.
pub(super) fn step_count(scenario: &Scenario) -> usize {
    scenario.steps.len().checked_sub(1).map_or(0, |last| step_number(scenario, last))
}

/// The records up to the end of step `number`, before the next step begins.
pub(super) fn until_after<'a>(
    scenario: &Scenario,
    records: &'a [TraceRecord],
    number: usize,
) -> &'a [TraceRecord] {
    let begins_later = |record: &TraceRecord| match record.event {
        Event::Step { step } => step_number(scenario, step) > number,
        _ => false,
    };
    &records[..records.iter().position(begins_later).unwrap_or(records.len())]
}

/// The devices by account, in the order of the first device of each account.
pub(crate) fn columns(cast: &Cast) -> Vec<DeviceId> {
    let is_first = |device: DeviceId| cast.devices_of(cast.member(device).account).first() == Some(&device);
    let firsts = cast.devices().filter(|(device, _)| is_first(*device));
    firsts.flat_map(|(_, member)| cast.devices_of(member.account)).copied().collect()
}

/// The state of membership that the steps give to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DevicePresence {
    /// It has not joined its account yet.
    Absent,
    /// It belongs to its account.
    There,
    /// It belongs to its account, but an adversary has its key, too.
    Compromised,
    /// An adversary made it.
    Injected,
    /// It left its account.
    Gone,
}

impl DevicePresence {
    /// The presence of a device before the first step.
    pub(crate) fn at_start(cast: &Cast, device: DeviceId) -> Self {
        match cast.member(device).joins {
            Joins::AtStart => Self::There,
            Joins::Later | Joins::Injected => Self::Absent,
        }
    }
}

/// Whether a person decides on a key at a device in this step.
pub(super) fn decides(step: &Step, device: DeviceId, key: KeyId, cast: &Cast) -> bool {
    let is_at = |name: &DeviceName| cast.device(name).is_ok_and(|at| at == device);
    match step {
        Step::Authenticate(DeviceToKeys { device, keys }) | Step::Distrust(DeviceToKeys { device, keys }) => {
            is_at(device) && keys.iter().any(|name| cast.key(name).is_ok_and(|it| it == key))
        }
        Step::Decide(decide) => {
            let mut keys = decide.authenticate.iter().chain(&decide.distrust);
            is_at(&decide.by) && keys.any(|name| cast.key(name).is_ok_and(|it| it == key))
        }
        Step::Scan(scan) => match &scan.code {
            Code::Of(shown) => {
                let shown = cast.device(shown);
                is_at(&scan.by) && shown.is_ok_and(|shown| cast.member(shown).key == key)
            }
            Code::Uri(_) => is_at(&scan.by),
        },
        _ => false,
    }
}

/// The device that a step lets join, leave or change hands, and its new presence.
pub(crate) fn new_presence(cast: &Cast, step: &Step) -> Option<(DeviceId, DevicePresence)> {
    let (name, presence) = match step {
        Step::AddDevice(added) => {
            let name = DeviceName { account: added.account.clone(), device: added.name.clone() };
            (name, DevicePresence::There)
        }
        Step::InjectDevice(injected) => {
            let name = DeviceName { account: injected.account.clone(), device: injected.name.clone() };
            (name, DevicePresence::Injected)
        }
        Step::RemoveDevice(device) => (device.clone(), DevicePresence::Gone),
        Step::Compromise(device) => (device.clone(), DevicePresence::Compromised),
        _ => return None,
    };
    Some((cast.device(&name).ok()?, presence))
}
