//! A world as a search keeps it: without its past.

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

/// What of a world can change and makes a difference to what happens next, but for its endpoints and for which
/// steps were done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// The virtual time.
    pub(crate) now: Option<Stamp>,
    /// What surrounds each endpoint.
    pub(crate) surroundings: Vec<Surroundings>,
    /// How links behave.
    pub(crate) links: LinkStates,
    /// What is on its way, by link; on each link in its order.
    pub(crate) flying: Vec<Packet>,
    /// What is withheld, likewise.
    pub(crate) held: Vec<Packet>,
    /// What the server keeps for devices that are not connected, by device.
    pub(crate) archived: Vec<Packet>,
    /// What was delivered and may be replayed, by link.
    pub(crate) delivered: Vec<Packet>,
    /// Whether everything had arrived whenever a person decided.
    pub(crate) quiet_for_people: bool,
}

/// What surrounds an endpoint.
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

    /// Whether the device is going to crash.
    pub(crate) fn is_to_crash(&self) -> bool {
        self.crash.is_some()
    }

    /// Whether the device crashed and was not started again.
    pub(crate) fn is_down(&self) -> bool {
        self.connection == Connection::Down
    }
}

/// How links behave, where that is not as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct LinkStates {
    pub(super) holds: BTreeSet<LinkIds>,
    pub(super) partitions: BTreeSet<(AccountId, AccountId)>,
    pub(super) blocks: BTreeSet<LinkIds>,
    pub(super) duplicates: BTreeSet<LinkIds>,
    pub(super) latencies: BTreeMap<LinkIds, Duration>,
}

impl<E: Endpoint> World<E> {
    /// Writes down what the world is like now.
    pub(crate) fn write_snapshot(&self, out: &mut Snapshot) {
        out.now = Some(self.now);
        out.surroundings.clear();
        out.surroundings.extend(self.hosts.iter().map(Host::surroundings));
        self.network.write_snapshot(out);
        out.archived.clear();
        out.archived.extend(self.hosts.iter().flat_map(|host| host.archive.iter().cloned()));
        out.quiet_for_people = self.quiet_for_people;
    }

    /// Becomes what a snapshot says. Everything that is on its way is due by then.
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

    /// The endpoint of a device, to be changed.
    pub(crate) fn endpoint_mut(&mut self, device: DeviceId) -> &mut E {
        self.hosts.endpoint_mut(device)
    }

    /// Lets a step happen, whichever is next.
    pub(crate) fn act_out(&mut self, step: usize, observer: &mut impl Observer) -> Result<(), Failure> {
        self.next_step = step;
        let acted = self.act(observer);
        self.next_step = self.script.actions.len();
        acted
    }

    /// Leaves it to the caller which step comes next.
    pub(crate) fn hide_steps(&mut self) {
        self.next_step = self.script.actions.len();
    }

    /// Which identities of accounts are to be connected.
    pub(crate) fn link(&mut self, links: impl Iterator<Item = (AccountId, AccountId)>) {
        self.links.clear();
        self.links.extend(links);
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
    }

    /// The time that steps let pass before the next one, beyond the usual.
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
