//! A world of accounts, devices and a server in virtual time.
//!
//! A world consists of the [`enabled`](World::enabled) choices and of the effect of a [`step`](World::step). The order
//! of virtual time is one schedule of many: the first enabled choice is always the next in time. So runs, search and
//! shrinking use the same code.

mod acting;
mod flying;
mod hosts;
mod network;
mod server;
mod snapshot;

use std::sync::Arc;

use atm_engine::{AccountId, Device, KeyId, Level, Outgoing, Rules, Stamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cast::{Cast, DeviceId, Joins};
use crate::endpoint::{Endpoint, Failure};
use crate::observation::Observation;
use crate::scenario::Delivery;
use crate::script::{Action, LinkIds, Script};
use crate::trace::Observer;
pub use hosts::Control;
use hosts::{Connection, Host, Hosts};
use network::Network;
pub(crate) use network::{Letter, Packet};
pub(crate) use snapshot::{LinkStates, Snapshot, Surroundings};

/// The name of every world's random number generator, for the header of a trace.
pub const RNG: &str = "ChaCha8";

/// A world in which a scenario runs.
#[derive(Debug)]
pub struct World<E> {
    script: Script,
    hosts: Hosts<E>,
    network: Network,
    rng: ChaCha8Rng,
    now: Stamp,
    next_step: usize,
    next_step_at: Stamp,
    messages_sent: u64,
    links: FxHashSet<(AccountId, AccountId)>,
    /// Whether the world was settled at every decision of a person.
    quiet_for_people: bool,
    /// The messages that each device wrote while it was not connected, with their times.
    waited: FxHashMap<DeviceId, Vec<(Stamp, Outgoing)>>,
    observation: Observation,
}

/// A choice of the next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The next step of the scenario.
    Act,
    /// The arrival of the stanza at a position on a link; the first has position 0.
    Deliver(LinkIds, usize),
}

/// Chooses the next event.
pub trait Schedule {
    /// The position of the next event in `enabled`; `None` to stop. `enabled` is never empty, and its first entry is
    /// the next event in time.
    fn choose(&mut self, enabled: &[Choice]) -> Option<usize>;
}

impl World<Device> {
    /// A world in which all devices are the reference engine with these rules.
    #[must_use]
    pub fn of_devices(script: Script, rules: Rules, seed: u64) -> Self {
        let rules = Rules { policy: script.policy, limits: script.limits, ..rules };
        Self::new(script, seed, |cast, device| cast.engine(device, rules))
    }
}

impl<E: Endpoint> World<E> {
    /// A world at the start of a script, with the endpoints that `endpoint` makes.
    pub fn new(script: Script, seed: u64, mut endpoint: impl FnMut(&Arc<Cast>, DeviceId) -> E) -> Self {
        let hosts = script.cast.devices().map(|(device, member)| Host {
            endpoint: endpoint(&script.cast, device),
            control: Control::Honest,
            joined: false,
            connection: if member.offline { Connection::Offline } else { Connection::Online },
            carbons: member.carbons,
            skew: 0,
            crash: None,
            archive: Vec::new(),
            shown: None,
            backup: None,
        });
        let replays = script.actions.iter().any(|action| matches!(action, Action::Replay(_)));
        Self {
            hosts: Hosts::new(hosts),
            network: Network::new(replays),
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: script.start,
            next_step: 0,
            next_step_at: script.start,
            messages_sent: 0,
            links: FxHashSet::default(),
            quiet_for_people: true,
            waited: FxHashMap::default(),
            observation: Observation::default(),
            script,
        }
    }

    /// Adds the devices that belong to their accounts from the start.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn begin(&mut self, observer: &mut impl Observer) -> Result<(), Failure> {
        let from_start = self.script.cast.devices().filter(|(_, member)| member.joins == Joins::AtStart);
        for device in from_start.map(|(device, _)| device).collect::<Vec<_>>() {
            self.join(device, observer)?;
        }
        self.next_step_at = self.now + self.script.pause;
        Ok(())
    }

    /// The next event in time.
    #[must_use]
    pub fn next(&self) -> Option<Choice> {
        let packet = self.network.first();
        let step_due = self.next_step < self.script.actions.len();
        match packet {
            Some((due, link)) if !step_due || self.is_drained_first() || due <= self.next_step_at => {
                Some(Choice::Deliver(link, 0))
            }
            _ if step_due => Some(Choice::Act),
            _ => None,
        }
    }

    fn is_drained_first(&self) -> bool {
        self.script.delivery == Delivery::Drained
    }

    /// Writes all enabled choices to `out`, the next in time first.
    pub fn enabled(&self, out: &mut Vec<Choice>) {
        out.clear();
        let Some(next) = self.next() else { return };
        out.push(next);
        if next != Choice::Act && self.next_step < self.script.actions.len() {
            out.push(Choice::Act);
        }
        out.extend(self.network.deliverable().filter(|choice| *choice != next));
    }

    /// Performs an enabled choice.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn step(&mut self, choice: Choice, observer: &mut impl Observer) -> Result<(), Failure> {
        match choice {
            Choice::Act => self.act(observer),
            Choice::Deliver(link, position) => {
                let Some(packet) = self.network.take(link, position) else { return Ok(()) };
                self.now = self.now.max(packet.due);
                self.arrive(packet, observer)
            }
        }
    }

    /// Runs to the end or until `schedule` stops.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn run(&mut self, schedule: &mut impl Schedule, observer: &mut impl Observer) -> Result<(), Failure> {
        let mut enabled = Vec::new();
        loop {
            self.enabled(&mut enabled);
            if enabled.is_empty() {
                return Ok(());
            }
            let Some(choice) = schedule.choose(&enabled) else { return Ok(()) };
            self.step(enabled[choice], observer)?;
        }
    }

    /// The participants.
    #[must_use]
    pub fn cast(&self) -> &Arc<Cast> {
        &self.script.cast
    }

    /// The virtual time.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.now
    }

    /// The script that runs in this world.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The number of the next step, counted from 0, and its action if there is one.
    #[must_use]
    pub fn next_action(&self) -> (usize, Option<&Action>) {
        (self.next_step, self.script.actions.get(self.next_step))
    }

    /// The action of a step, counted from 0.
    #[must_use]
    pub fn action(&self, step: usize) -> Option<&Action> {
        self.script.actions.get(step)
    }

    /// Whether all sent messages have arrived and all devices are connected.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.network.is_empty() && self.hosts.are_settled()
    }

    /// Whether a device is present and connected.
    #[must_use]
    pub fn is_connected(&self, device: DeviceId) -> bool {
        let host = &self.hosts[device];
        host.joined && host.connection == Connection::Online
    }

    /// Whether a device belongs to its account now.
    #[must_use]
    pub fn is_present(&self, device: DeviceId) -> bool {
        self.hosts[device].joined
    }

    /// Whether no message that was sent until now can still arrive.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.network.is_silent() && self.hosts.have_nothing_archived()
    }

    /// Whether the world was settled at every decision of a person.
    #[must_use]
    pub fn was_quiet_for_people(&self) -> bool {
        self.quiet_for_people
    }

    /// The messages that a device wrote while it was not connected, with their times. They may have been sent later, or
    /// never.
    pub fn waited(&self, device: DeviceId) -> impl Iterator<Item = (Stamp, &Outgoing)> {
        self.waited.get(&device).into_iter().flatten().map(|(at, outgoing)| (*at, outgoing))
    }

    /// The number of sent trust messages, including forged ones.
    #[must_use]
    pub fn messages_sent(&self) -> u64 {
        self.messages_sent
    }

    /// The present devices.
    pub fn present(&self) -> impl Iterator<Item = DeviceId> {
        self.script.cast.devices().map(|(device, _)| device).filter(|device| self.hosts[*device].joined)
    }

    /// The present devices of an account and of its contacts, in order.
    pub fn present_around(&self, account: AccountId) -> impl Iterator<Item = DeviceId> {
        let devices = self.script.contacts.devices_around(account, &self.script.cast);
        devices.iter().copied().filter(|device| self.hosts[*device].joined)
    }

    /// The bodies that a device showed to its person; `None` if it did not report any.
    #[must_use]
    pub fn shown(&self, device: DeviceId) -> Option<&[String]> {
        self.hosts[device].shown.as_deref()
    }

    /// The party that controls a device.
    #[must_use]
    pub fn control(&self, device: DeviceId) -> Control {
        self.hosts[device].control
    }

    /// The endpoint of a device.
    #[must_use]
    pub fn endpoint(&self, device: DeviceId) -> &E {
        &self.hosts[device].endpoint
    }

    /// The current level of a key on a device.
    ///
    /// # Errors
    ///
    /// If the endpoint fails.
    pub fn level(&self, device: DeviceId, key: KeyId) -> Result<Level, Failure> {
        self.endpoint(device).level(key)
    }

    /// Whether the identities of two accounts are to be linked: the accounts are the same, or a person of one
    /// authenticated a key of the other.
    #[must_use]
    pub fn are_linked(&self, one: AccountId, other: AccountId) -> bool {
        one == other || self.links.contains(&(one, other)) || self.links.contains(&(other, one))
    }

    /// The pairs of accounts of which a person of the first authenticated a key of the second, in no order.
    pub fn links(&self) -> impl Iterator<Item = (AccountId, AccountId)> {
        self.links.iter().copied()
    }
}
