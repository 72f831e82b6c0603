use atm_engine::{Device, Rules};

use crate::network::{InstantNetwork, Traffic};
use crate::participants::{Participants, START};

/// Devices of one account that come to know all of each other's keys.
///
/// People authenticate in a star: each device and the first one scan each other's codes, one device after the
/// other, and what is announced arrives before the next scan. The device that joins scans first. So the
/// authentications are n(n-1), as little as possible is said twice, and half of them come one by one in messages of
/// one decision, the other half in summaries.
#[derive(Clone, Debug)]
pub struct Clique {
    participants: Participants,
}

impl Clique {
    /// A clique of `size` devices.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self { participants: Participants::new([size]) }
    }

    /// How many authentications come of it.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        let size = self.participants.devices() as u64;
        size * (size - 1)
    }

    /// From devices that know nothing to the whole clique: keys become known, people decide, messages arrive.
    #[must_use]
    pub fn play(&self) -> (Vec<Device>, Traffic) {
        let mut devices = self.with_known_keys();
        let traffic = self.authenticate(&mut devices);
        (devices, traffic)
    }

    /// Devices that know all keys, and have authenticated none.
    #[must_use]
    pub fn with_known_keys(&self) -> Vec<Device> {
        let participants = &self.participants;
        let all = 0..participants.devices();
        let mut network = InstantNetwork::default();
        let mut devices: Vec<Device> =
            all.clone().map(|device| participants.new_device(device, Rules::default())).collect();
        for device in all.clone() {
            let others = all.clone().filter(|other| *other != device);
            let keys = others.map(|other| participants.key(other));
            network.discover(&mut devices[..], device, keys, START, participants.names());
        }
        devices
    }

    /// Lets people decide, and all messages arrive.
    pub fn authenticate(&self, devices: &mut [Device]) -> Traffic {
        let (participants, names) = (&self.participants, self.participants.names());
        let mut network = InstantNetwork::default();
        let mut now = START;
        for device in 1..devices.len() {
            for (by, of) in [(device, 0), (0, device)] {
                now = now.next();
                network.decide(devices, by, participants.scan(of), now, names);
                network.drain(devices, now, names);
            }
        }
        network.traffic()
    }

    /// Whether every device has authenticated the keys of all others.
    #[must_use]
    pub fn is_complete(&self, devices: &[Device]) -> bool {
        let authenticated: usize =
            devices.iter().map(|device| device.authenticated_keys(device.account()).count()).sum();
        authenticated as u64 == self.authentications()
    }
}
