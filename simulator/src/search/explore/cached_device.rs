use std::cell::RefCell;
use std::rc::Rc;

use atm_engine::{Directory, DistrustIds, Input, KeyId, Level, Origin};

use super::transition_cache::TransitionCache;
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure, InputContext};
use crate::observation::Observation;

/// A device of the reference engine in a search: the number of its state in the transition cache, which knows all
/// states and the results of inputs in them. The world cannot tell it from a device of the engine.
#[derive(Clone, Debug)]
pub(super) struct CachedDevice {
    pub(super) device: DeviceId,
    pub(super) state: u32,
    pub(super) cache: Rc<RefCell<TransitionCache>>,
}

impl Endpoint for CachedDevice {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let mut cache = self.cache.borrow_mut();
        self.state = cache.apply((self.device, self.state), input, context, out)?;
        Ok(())
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        Ok(self.cache.borrow().device(self.state).level(key))
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.cache.borrow().device(self.state).origin(key)
    }

    fn distrusts_of(&self, key: KeyId) -> Option<DistrustIds> {
        self.cache.borrow().device(self.state).known_distrusts(key)
    }

    /// The stored state of a device equals its state in memory, as the engine's own tests check. The states that a
    /// search makes canonical are not stored.
    fn restart(&mut self, _names: &Directory) -> Result<(), Failure> {
        Ok(())
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<atm_engine::Decision>> {
        let cache = self.cache.borrow();
        Some(cache.device(self.state).postponed(sender).map(|(decision, _)| decision).collect())
    }
}
