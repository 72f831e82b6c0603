use std::ops::Index;

use super::network::Packet;
use crate::cast::DeviceId;
use crate::endpoint::Backup;
use crate::script::CrashMoment;

/// The devices of a world.
#[derive(Debug)]
pub(super) struct Hosts<E> {
    hosts: Vec<Host<E>>,
    /// The number of present devices that are not settled, so that no query visits all devices.
    unsettled: usize,
    /// The number of devices with archived packets.
    archives: usize,
}

impl<E> Hosts<E> {
    pub(super) fn new(hosts: impl Iterator<Item = Host<E>>) -> Self {
        let hosts: Vec<Host<E>> = hosts.collect();
        let unsettled = hosts.iter().filter(|host| !host.is_settled()).count();
        let archives = hosts.iter().filter(|host| !host.archive.is_empty()).count();
        Self { hosts, unsettled, archives }
    }

    /// Whether every present device is connected and has an empty archive.
    pub(super) fn are_settled(&self) -> bool {
        self.unsettled == 0
    }

    /// Whether the archives of all devices are empty, including those of absent devices.
    pub(super) fn have_nothing_archived(&self) -> bool {
        self.archives == 0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Host<E>> {
        self.hosts.iter()
    }

    pub(super) fn endpoint_mut(&mut self, device: DeviceId) -> &mut E {
        &mut self.hosts[device.index()].endpoint
    }

    /// Changes the surroundings of a device.
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

/// A device of a world: its endpoint and its surroundings.
#[derive(Debug)]
pub(super) struct Host<E> {
    pub(super) endpoint: E,
    pub(super) control: Control,
    /// Whether the device belongs to its account now.
    pub(super) joined: bool,
    pub(super) connection: Connection,
    /// Whether it receives copies of the messages of its account's other devices.
    pub(super) carbons: bool,
    /// The milliseconds by which its clock is ahead; negative if it is behind.
    pub(super) skew: i64,
    /// The moment of its next crash, if it is to crash.
    pub(super) crash: Option<CrashMoment>,
    /// The packets that the server keeps while the device is not connected.
    pub(super) archive: Vec<Packet>,
    /// The bodies that it showed to its person, if it reports them.
    pub(super) shown: Option<Vec<String>>,
    /// Its backup, if one was made.
    pub(super) backup: Option<Backup>,
}

impl<E> Host<E> {
    fn is_settled(&self) -> bool {
        !self.joined || self.connection == Connection::Online && self.archive.is_empty()
    }

    /// Takes the device down if it is connected and is to crash at this moment. Returns whether it crashed.
    pub(super) fn crashes(&mut self, moment: CrashMoment) -> bool {
        let crashes = self.connection == Connection::Online && self.crash == Some(moment);
        if crashes {
            (self.crash, self.connection) = (None, Connection::Down);
        }
        crashes
    }
}

/// The party that controls a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// Its owner.
    Honest,
    /// An adversary that published the device's key under a victim's account.
    Injected,
    /// Its owner and an adversary.
    Compromised,
}

/// The connection of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Connection {
    Online,
    Offline,
    /// The device crashed and was not restarted.
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
