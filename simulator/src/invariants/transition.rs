//! Checks the invariants for one step of one device.
//!
//! A search reaches the same state on many paths, so its checks must not depend on the path. Each safety invariant can
//! be checked step by step: if it held before, whether it holds after this step depends only on the state of the device
//! and on the input. `ARCHITECTURE.md` explains why.

use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::{Device, Input, KeyId, Policy, Stamp};

use super::history::Postponed;
use super::{Invariant, Watch};
use crate::cast::{Cast, DeviceId};
use crate::endpoint::Failure;
use crate::observation::Observation;
use crate::trace::{Event, MessageNumber};

/// One step of one device.
pub(crate) struct Transition<'a> {
    pub(crate) cast: &'a Arc<Cast>,
    pub(crate) policy: Policy,
    pub(crate) device: DeviceId,
    pub(crate) at: Stamp,
    pub(crate) before: &'a Device,
    pub(crate) input: &'a Input,
    pub(crate) observation: &'a Observation,
    pub(crate) after: &'a Device,
}

/// The facts about a step that the invariants of a quiet world need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Noticed {
    /// Whether something was refused on which an invariant depends.
    pub(crate) refused: bool,
    /// Whether something was refused for its time or for lack of space.
    pub(crate) limited: bool,
    /// Whether a key was distrusted.
    pub(crate) distrusted: bool,
    /// Whether a decision was made on an undiscovered key.
    pub(crate) decided_on_unknown_key: bool,
    /// Whether anything changed.
    pub(crate) changed: bool,
}

impl Transition<'_> {
    /// The first invariant that this step breaks, and the facts for later checks.
    pub(crate) fn check(&self) -> Result<(Option<Invariant>, Noticed), Failure> {
        let (state, postponed) = ((self.device, self.before), self.stored(self.before));
        let mut watch = Watch::over_state(self.cast.clone(), self.policy, state, postponed);
        watch.expect_input(self.device, self.input, self.at);
        for change in self.observation.changes() {
            watch.watch(self.at, &Event::Changed { device: self.device, change });
        }
        for refusal in self.observation.explanation().iter().flat_map(|explanation| &explanation.refused) {
            watch.watch(self.at, &Event::Refused { device: self.device, refusal: refusal.clone() });
        }
        for (number, outgoing) in self.observation.sent.iter().enumerate() {
            let (device, message) = (self.device, MessageNumber(number as u64 + 1));
            watch.watch(self.at, &Event::Sent { device, message, outgoing: outgoing.clone() });
        }
        watch.check_levels_with(self.cast, self.at, |_, key| Ok(self.after.level(key)))?;
        let (history, stored) = (watch.history(), self.stored(self.after));
        let is_stored = |((device, sender), keys): (&(DeviceId, KeyId), &BTreeSet<KeyId>)| {
            stored.get(&(*device, *sender)).is_some_and(|stored| keys.is_subset(stored))
        };
        let lost = !history.postponed.iter().all(is_stored);
        let broken = watch.violations().first().map(|violation| violation.invariant);
        let noticed = Noticed {
            refused: history.refused,
            limited: history.limited,
            distrusted: history.distrusted,
            decided_on_unknown_key: history.decided_on_unknown_key,
            changed: self.observation.changes().next().is_some(),
        };
        Ok((broken.or(lost.then_some(Invariant::NothingLost)), noticed))
    }

    /// The postponed decisions of the device.
    fn stored(&self, state: &Device) -> Postponed {
        let senders = state.postponed_senders();
        let keys = |sender| state.postponed(sender).map(|(decision, _)| decision.key).collect();
        senders.map(|sender| ((self.device, sender), keys(sender))).collect()
    }
}
