use atm_engine::{Device, Rules};

use crate::network::{InstantNetwork, Traffic};
use crate::participants::{Participants, START};
use crate::unavoidable::{Remembered, remember};

/// The device that the account had before.
const OLD: usize = 0;
/// The one that is linked.
const NEW: usize = 1;
/// The first contact's device.
const CONTACTS: usize = 2;

/// Somebody with many contacts links a new device.
///
/// The old device and every contact have authenticated each other. Then the new device's key becomes known to all
/// and theirs to it, the two devices of the account scan each other's codes, and the messages arrive. The new device
/// learns every contact's key, and every contact the new one.
#[derive(Clone, Debug)]
pub struct NewDevice {
    participants: Participants,
}

impl NewDevice {
    /// A new device for an account with as many `contacts`, which have one device each.
    #[must_use]
    pub fn new(contacts: usize) -> Self {
        Self { participants: Participants::new(std::iter::once(2).chain(std::iter::repeat_n(1, contacts))) }
    }

    /// The devices before the new one is there. They are played anew each time: a copy of a device would have no room
    /// for one key more, as one that has come to know its keys mostly has.
    #[must_use]
    pub fn before(&self) -> Vec<Device> {
        let (participants, names) = (&self.participants, self.participants.names());
        let mut network = InstantNetwork::default();
        let mut devices: Vec<Device> = (0..participants.devices())
            .map(|device| participants.new_device(device, Rules::default()))
            .collect();
        for contact in CONTACTS..participants.devices() {
            for (by, of) in [(contact, OLD), (OLD, contact)] {
                network.discover(&mut devices[..], by, [participants.key(of)], START, names);
                network.decide(&mut devices[..], by, participants.scan(of), START, names);
                network.drain(&mut devices[..], START, names);
            }
        }
        devices
    }

    /// Links the new device.
    pub fn play(&self, devices: &mut [Device]) -> Traffic {
        let (participants, names) = (&self.participants, self.participants.names());
        let mut network = InstantNetwork::default();
        let now = START.next();
        let others = || (0..participants.devices()).filter(|other| *other != NEW);
        for other in others() {
            network.discover(devices, other, [participants.key(NEW)], now, names);
        }
        network.discover(devices, NEW, others().map(|other| participants.key(other)), now, names);
        for (by, of) in [(NEW, OLD), (OLD, NEW)] {
            network.decide(devices, by, participants.scan(of), now, names);
            network.drain(devices, now, names);
        }
        network.traffic()
    }

    /// Whether the new device has authenticated everybody, and everybody the new device.
    #[must_use]
    pub fn is_complete(&self, devices: &[Device]) -> bool {
        let authenticated = |device: usize, key: usize| {
            devices[device].level(self.participants.key(key)) == atm_engine::Level::Authenticated
        };
        let mut others = (0..devices.len()).filter(|other| *other != NEW);
        others.all(|other| authenticated(NEW, other) && authenticated(other, NEW))
    }

    /// How many authentications come of it.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        2 * (self.participants.devices() as u64 - 1)
    }

    /// Remembers the same pairs of a device and a key.
    #[must_use]
    pub fn unavoidable(&self) -> Vec<Remembered> {
        let others = || (0..self.participants.devices()).filter(|other| *other != NEW);
        let new = remember(others().map(|key| key as u64));
        std::iter::once(new).chain(others().map(|_| remember([NEW as u64]))).collect()
    }
}
