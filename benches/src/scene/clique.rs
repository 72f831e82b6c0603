use atm_simulator::script::Script;
use atm_simulator::trace::{Observer, Trace};

use super::{PlayedWorld, ReadyWorld};
use crate::people::{authenticate, device_name, scenario};

/// Devices of one account that come to know all of each other's keys.
///
/// People authenticate in a star: each device and the first one scan each other's codes, one device after the
/// other, and what is announced arrives before the next scan. The device that joins scans first. So the
/// authentications are n(n-1), as little as possible is said twice, and half of them come one by one in messages of
/// one decision, the other half in summaries.
#[derive(Clone, Debug)]
pub struct Clique {
    script: Script,
    size: usize,
}

impl Clique {
    /// A clique of `size` devices.
    ///
    /// # Panics
    ///
    /// If there are 2^32 devices or more.
    #[must_use]
    pub fn new(size: usize) -> Self {
        let mut clique = scenario([size]);
        for device in 1..size {
            let steps = [(device, 0), (0, device)];
            let name = |device| device_name(0, device);
            clique.steps.extend(steps.map(|(by, of)| authenticate(name(by), name(of))));
        }
        Self { script: Script::new(&clique).expect("all names are somebody's"), size }
    }

    /// How many authentications come of it.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        let size = self.size as u64;
        size * (size - 1)
    }

    /// From devices that know nothing to the whole clique: keys become known, people decide, messages arrive.
    #[must_use]
    pub fn play(&self) -> PlayedWorld {
        self.with_known_keys().play()
    }

    /// As [`play`](Self::play), under the eyes of an observer.
    pub fn observe(&self, observer: &mut impl Observer) -> PlayedWorld {
        ReadyWorld::new(&self.script, observer).observe(observer)
    }

    /// A world in which the devices know all keys, and have authenticated none.
    #[must_use]
    pub fn with_known_keys(&self) -> ReadyWorld {
        ReadyWorld::new(&self.script, &mut None::<Trace>)
    }
}
