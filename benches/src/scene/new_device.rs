use atm_simulator::scenario::{AddDevice, Step};
use atm_simulator::script::Script;
use atm_simulator::trace::Trace;

use super::{PlayedWorld, ReadyWorld};
use crate::people::{authenticate, device_name, scenario};
use crate::unavoidable::{Remembered, remember};

/// A person with many contacts links a new device.
///
/// The old device and every contact have authenticated each other. The new device joins; all others discover its key,
/// and it discovers theirs. The two devices of the account scan each other's codes, and the messages arrive. The new
/// device learns every contact's key, and every contact learns the new one.
#[derive(Clone, Debug)]
pub struct NewDevice {
    script: Script,
    contacts: usize,
}

impl NewDevice {
    /// Creates a scene with `contacts`, which have one device each.
    ///
    /// # Panics
    ///
    /// If there are 2^32 devices or more.
    #[must_use]
    pub fn new(contacts: usize) -> Self {
        let mut linking = scenario(std::iter::repeat_n(1, 1 + contacts));
        let (old, new) = (device_name(0, 0), device_name(0, 1));
        for contact in 1..=contacts {
            let contact = device_name(contact, 0);
            linking.steps.push(authenticate(contact.clone(), old.clone()));
            linking.steps.push(authenticate(old.clone(), contact));
        }
        let (account, name) = (new.account.clone(), new.device.clone());
        let added = AddDevice { account, name, key: None, carbons: true, offline: false };
        linking.steps.push(Step::AddDevice(added));
        linking.steps.push(authenticate(new.clone(), old.clone()));
        linking.steps.push(authenticate(old, new));
        Self { script: Script::new(&linking).expect("all names are somebody's"), contacts }
    }

    /// Returns the world before the new device joins.
    #[must_use]
    pub fn before(&self) -> ReadyWorld {
        ReadyWorld::new(&self.script, &mut None::<Trace>).after(2 * self.contacts)
    }

    /// Whether the new device and all others have authenticated each other.
    #[must_use]
    pub fn is_complete(&self, world: &PlayedWorld) -> bool {
        // Before, the old device and each contact had authenticated each other.
        world.authentications() == self.authentications() + 2 * self.contacts as u64
    }

    /// The number of resulting authentications.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        2 * (self.contacts as u64 + 1)
    }

    /// Remembers the same pairs of a device and a key.
    #[must_use]
    pub fn unavoidable(&self) -> Vec<Remembered> {
        let others = || 0..=self.contacts as u64;
        let new = self.contacts as u64 + 1;
        std::iter::once(remember(others())).chain(others().map(|_| remember([new]))).collect()
    }
}
