use super::quiescence::Quiet;
use super::{Invariant, Violation};
use crate::endpoint::Endpoint;

impl<E: Endpoint> Quiet<'_, E> {
    /// What is to be stored for later, by all that happened, but is not.
    pub(super) fn nothing_lost(&self) -> Vec<Violation> {
        let lost = self.history.postponed.iter().filter(|(device, sender, key)| {
            let stored = self.world.endpoint(*device).postponed(*sender);
            stored.is_some_and(|stored| !stored.iter().any(|decision| decision.key == *key))
        });
        let cast = self.world.cast();
        lost.map(|(device, sender, key)| {
            let what = format!("lost what {} left about {}", cast.key_name(*sender), cast.key_name(*key));
            self.violation(Invariant::NothingLost, (*device, *key), None, what)
        })
        .collect()
    }
}
