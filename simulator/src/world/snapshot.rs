//! The state of a world for searches, without its past.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use atm_engine::{AccountId, Stamp};

use super::hosts::{Connection, Host};
use super::network::Packet;
use super::{Control, World};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::script::{CrashMoment, LinkIds};
use crate::trace::Observer;

/// The parts of a world that change and affect the future, without the endpoints and without the completed steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// The virtual time.
    pub(crate) now: Option<Stamp>,
    /// The surroundings of each endpoint.
    pub(crate) surroundings: Vec<Surroundings>,
    /// The states of links.
    pub(crate) links: LinkStates,
    /// The packets in transit, by link and in the order of each link.
    pub(crate) flying: Vec<Packet>,
    /// The withheld packets, by link and in the order of each link.
    pub(crate) held: Vec<Packet>,
    /// The archived packets, by device.
    pub(crate) archived: Vec<Packet>,
    /// The delivered packets that may be replayed, by link.
    pub(crate) delivered: Vec<Packet>,
    /// Whether the world was settled at every decision of a person.
    pub(crate) quiet_for_people: bool,
}

/// The surroundings of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Surroundings {
    control: Control,
    joined: bool,
    connection: Connection,
    carbons: bool,
    skew: i64,
    crash: Option<CrashMoment>,
}

impl Surroundings {
    /// Whether the device belongs to its account now.
    pub(crate) fn is_present(&self) -> bool {
        self.joined
    }

    /// Whether the device is to crash.
    pub(crate) fn is_to_crash(&self) -> bool {
        self.crash.is_some()
    }

    /// Whether the device crashed and was not restarted.
    pub(crate) fn is_down(&self) -> bool {
        self.connection == Connection::Down
    }
}

/// The links that do not behave normally.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct LinkStates {
    pub(super) holds: BTreeSet<LinkIds>,
    pub(super) partitions: BTreeSet<(AccountId, AccountId)>,
    pub(super) blocks: BTreeSet<LinkIds>,
    pub(super) duplicates: BTreeSet<LinkIds>,
    pub(super) latencies: BTreeMap<LinkIds, Duration>,
}

impl<E: Endpoint> World<E> {
    /// Writes the current state of the world to `out`.
    pub(crate) fn write_snapshot(&self, out: &mut Snapshot) {
        out.now = Some(self.now);
        out.surroundings.clear();
        out.surroundings.extend(self.hosts.iter().map(Host::surroundings));
        self.network.write_snapshot(out);
        out.archived.clear();
        out.archived.extend(self.hosts.iter().flat_map(|host| host.archive.iter().cloned()));
        out.quiet_for_people = self.quiet_for_people;
    }

    /// Restores the state of a snapshot. All packets in transit are due at its time.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        self.now = snapshot.now.unwrap_or(self.script.start);
        self.next_step_at = self.now + self.script.pause;
        self.messages_sent = 0;
        self.quiet_for_people = snapshot.quiet_for_people;
        self.waited.clear();
        for (position, surroundings) in snapshot.surroundings.iter().enumerate() {
            self.hosts.change(self.script.cast.nth_device(position), |host| host.surround(*surroundings));
        }
        for packet in &snapshot.archived {
            self.hosts.change(packet.link.1, |host| host.archive.push(packet.clone()));
        }
        self.network.restore(snapshot, self.now);
    }

    /// The endpoint of a device, mutable.
    pub(crate) fn endpoint_mut(&mut self, device: DeviceId) -> &mut E {
        self.hosts.endpoint_mut(device)
    }

    /// Performs a step, regardless of the script's order.
    pub(crate) fn act_out(&mut self, step: usize, observer: &mut impl Observer) -> Result<(), Failure> {
        self.next_step = step;
        let acted = self.act(observer);
        self.next_step = self.script.actions.len();
        acted
    }

    /// Disables the steps of the script, so that the caller chooses them.
    pub(crate) fn hide_steps(&mut self) {
        self.next_step = self.script.actions.len();
    }

    /// Sets the pairs of accounts whose identities are to be linked.
    pub(crate) fn link(&mut self, links: impl Iterator<Item = (AccountId, AccountId)>) {
        self.links.clear();
        self.links.extend(links);
    }

    /// Advances the virtual time.
    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
    }

    /// The time that the last step adds before the next one, beyond the usual pause.
    pub(crate) fn waits(&self) -> Duration {
        self.next_step_at.distance(self.now).saturating_sub(self.script.pause)
    }
}

impl<E> Host<E> {
    fn surroundings(&self) -> Surroundings {
        let Self { control, joined, connection, carbons, skew, crash, .. } = *self;
        Surroundings { control, joined, connection, carbons, skew, crash }
    }

    fn surround(&mut self, with: Surroundings) {
        let Surroundings { control, joined, connection, carbons, skew, crash } = with;
        (self.control, self.joined, self.connection) = (control, joined, connection);
        (self.carbons, self.skew, self.crash) = (carbons, skew, crash);
        self.archive.clear();
    }
}
