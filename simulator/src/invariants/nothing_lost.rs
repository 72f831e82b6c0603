use atm_engine::KeyId;

use super::quiescence::Quiet;
use super::{Invariant, Violation};
use crate::endpoint::Endpoint;

impl<E: Endpoint> Quiet<'_, E> {
    /// The decisions that should still be postponed according to the events, but are not stored.
    pub(super) fn nothing_lost(&self) -> Vec<Violation> {
        let postponed = self.history.postponed.iter();
        let left = postponed.flat_map(|((device, sender), keys)| {
            let stored = self.world.endpoint(*device).postponed(*sender);
            let is_lost = move |key: &&KeyId| {
                stored.as_ref().is_some_and(|stored| !stored.iter().any(|decision| decision.key == **key))
            };
            keys.iter().filter(is_lost).map(move |key| (device, sender, key))
        });
        let cast = self.world.cast();
        left.map(|(device, sender, key)| {
            let what = format!("lost what {} left about {}", cast.key_name(*sender), cast.key_name(*key));
            self.violation(Invariant::NothingLost, (*device, *key), None, what)
        })
        .collect()
    }
}
