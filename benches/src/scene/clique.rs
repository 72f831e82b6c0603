use atm_simulator::script::Script;
use atm_simulator::trace::{Observer, Trace};

use super::{PlayedWorld, ReadyWorld};
use crate::people::{authenticate, device_name, scenario};

/// Devices of one account that learn all of each other's keys.
///
/// People authenticate in a star: each device in turn and the first device scan each other's codes, and all
/// announcements arrive before the next scan. The joining device scans first. So there are n(n-1) authentications and
/// as little repetition as possible. Half of the authentications arrive in messages with one decision, the other half
/// in summaries.
#[derive(Clone, Debug)]
pub struct Clique {
    script: Script,
    size: usize,
}

impl Clique {
    /// Creates a clique of `size` devices.
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

    /// The number of resulting authentications.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        let size = self.size as u64;
        size * (size - 1)
    }

    /// Plays the whole scenario, from devices without knowledge to the complete clique: discoveries, decisions and
    /// messages.
    #[must_use]
    pub fn play(&self) -> PlayedWorld {
        self.with_known_keys().play()
    }

    /// Like [`play`](Self::play), with an observer.
    pub fn observe(&self, observer: &mut impl Observer) -> PlayedWorld {
        ReadyWorld::new(&self.script, observer).observe(observer)
    }

    /// Returns the world in which the devices know all keys and have authenticated none.
    #[must_use]
    pub fn with_known_keys(&self) -> ReadyWorld {
        ReadyWorld::new(&self.script, &mut None::<Trace>)
    }
}
