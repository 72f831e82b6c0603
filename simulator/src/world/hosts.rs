use std::ops::Index;

use super::network::Packet;
use crate::cast::DeviceId;
use crate::endpoint::Backup;
use crate::script::CrashMoment;

/// The devices of a world.
#[derive(Debug)]
pub(super) struct Hosts<E> {
    hosts: Vec<Host<E>>,
    /// How many of them are there and not settled: nobody has to look at all of them to know that all are.
    unsettled: usize,
    /// For how many of them the server keeps something.
    archives: usize,
}

impl<E> Hosts<E> {
    pub(super) fn new(hosts: impl Iterator<Item = Host<E>>) -> Self {
        let hosts: Vec<Host<E>> = hosts.collect();
        let unsettled = hosts.iter().filter(|host| !host.is_settled()).count();
        let archives = hosts.iter().filter(|host| !host.archive.is_empty()).count();
        Self { hosts, unsettled, archives }
    }

    /// Whether every device that is there is connected, and got everything that the server kept for it.
    pub(super) fn are_settled(&self) -> bool {
        self.unsettled == 0
    }

    /// Whether the server keeps nothing for any device, be it there or not.
    pub(super) fn have_nothing_archived(&self) -> bool {
        self.archives == 0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Host<E>> {
        self.hosts.iter()
    }

    pub(super) fn endpoint_mut(&mut self, device: DeviceId) -> &mut E {
        &mut self.hosts[device.index()].endpoint
    }

    /// Changes what surrounds a device.
    pub(super) fn change<T>(&mut self, device: DeviceId, change: impl FnOnce(&mut Host<E>) -> T) -> T {
        let host = &mut self.hosts[device.index()];
        self.unsettled -= usize::from(!host.is_settled());
        self.archives -= usize::from(!host.archive.is_empty());
        let changed = change(host);
        self.unsettled += usize::from(!host.is_settled());
        self.archives += usize::from(!host.archive.is_empty());
        changed
    }
}

impl<E> Index<DeviceId> for Hosts<E> {
    type Output = Host<E>;

    fn index(&self, device: DeviceId) -> &Host<E> {
        &self.hosts[device.index()]
    }
}

/// A device of a world: what holds its trust, and what surrounds that.
#[derive(Debug)]
pub(super) struct Host<E> {
    pub(super) endpoint: E,
    pub(super) control: Control,
    /// Whether the device belongs to its account now.
    pub(super) joined: bool,
    pub(super) connection: Connection,
    /// Whether it gets copies of what other devices of its account send.
    pub(super) carbons: bool,
    /// How far its clock is ahead, in milliseconds; negative if it is behind.
    pub(super) skew: i64,
    /// When it is going to crash, if it is.
    pub(super) crash: Option<CrashMoment>,
    /// What the server keeps for it while it is not connected.
    pub(super) archive: Vec<Packet>,
    /// What people wrote that it showed to its person, if it tells.
    pub(super) shown: Option<Vec<String>>,
    /// What it had stored when a backup of it was made, if one was.
    pub(super) backup: Option<Backup>,
}

impl<E> Host<E> {
    fn is_settled(&self) -> bool {
        !self.joined || self.connection == Connection::Online && self.archive.is_empty()
    }

    /// Lets the device go down if it is connected and to crash at this moment. Whether it does.
    pub(super) fn crashes(&mut self, moment: CrashMoment) -> bool {
        let crashes = self.connection == Connection::Online && self.crash == Some(moment);
        if crashes {
            (self.crash, self.connection) = (None, Connection::Down);
        }
        crashes
    }
}

/// Who controls a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// Its owner.
    Honest,
    /// An adversary, who published its key under the account of a victim.
    Injected,
    /// Its owner and an adversary.
    Compromised,
}

/// How a device is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Connection {
    Online,
    Offline,
    /// It crashed and was not started again.
    Down,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::Cast;
    use crate::scenario::{Catalog, Scenario};

    #[test]
    fn devices_are_settled_if_all_that_are_there_are_connected() {
        const YAML: &str =
            "{format: 1, title: t, requirements: [a/b], accounts: {alice: {devices: {a: , b: }}}, steps: []}";
        let cast = Cast::new(&Scenario::parse("t.yaml", YAML, &Catalog::unchecked()).unwrap()).unwrap();
        let [a, b] = ["alice/a", "alice/b"].map(|name| cast.device(&name.parse().unwrap()).unwrap());
        let absent = |endpoint| Host {
            endpoint,
            control: Control::Honest,
            joined: false,
            connection: Connection::Offline,
            carbons: true,
            skew: 0,
            crash: None,
            archive: Vec::new(),
            shown: None,
            backup: None,
        };
        let mut hosts = Hosts::new(["a", "b"].into_iter().map(absent));
        assert!(hosts.are_settled(), "nobody is there");
        for device in [a, b] {
            hosts.change(device, |host| host.joined = true);
            assert!(!hosts.are_settled(), "{} is offline", hosts[device].endpoint);
        }
        hosts.change(a, |host| host.connection = Connection::Online);
        hosts.change(a, |host| host.connection = Connection::Online);
        assert!(!hosts.are_settled(), "b is offline");
        hosts.change(b, |host| host.connection = Connection::Online);
        assert!(hosts.are_settled());
        hosts.change(b, |host| host.crash = Some(CrashMoment::Sending));
        assert!(!hosts.change(b, |host| host.crashes(CrashMoment::Receiving)));
        assert!(hosts.change(b, |host| host.crashes(CrashMoment::Sending)));
        assert!(!hosts.are_settled(), "b is down");
        hosts.change(b, |host| host.joined = false);
        assert!(hosts.are_settled(), "b is gone");
    }
}
