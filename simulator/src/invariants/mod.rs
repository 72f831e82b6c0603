//! What has to hold whatever happens: the invariants of Automatic Trust Management.
//!
//! The safety invariants are watched with every event ([`Watch`]); the liveness ones are checked when the
//! world is quiet ([`at_quiescence`], [`confluence`]). An invariant holds under conditions, each asked of the
//! device and key concerned where that can be told; where they are not met, nothing is claimed. What the
//! protocol cannot keep although nobody disturbs it is a [`Hazard`]: a violation that is explained.

mod agreement;
mod completeness;
mod confluence;
mod distrust_names;
mod distrusts;
mod hazard;
mod history;
mod ledger;
mod linking;
mod nothing_lost;
mod quiescence;
mod revocation;
mod safety;
mod transition;
mod words;

use atm_engine::{KeyId, Stamp};

pub use confluence::confluence;
pub use hazard::Hazard;
pub use history::History;
pub use ledger::{Authentication, Ledger};
pub use quiescence::at_quiescence;
pub use safety::Watch;
pub(crate) use transition::{Noticed, Transition};
pub use words::Behind;

use crate::cast::{Cast, DeviceId};
pub use crate::scenario::Invariant;
pub use crate::script::Faults;

/// An invariant that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant.
    pub invariant: Invariant,
    /// The device on which it was not kept.
    pub device: DeviceId,
    /// The key that it is about.
    pub key: KeyId,
    /// The step of the scenario in which it happened, counted from 0; `None` before the first one and at the
    /// end.
    pub step: Option<usize>,
    /// The virtual time.
    pub at: Stamp,
    /// What happened.
    pub what: String,
    /// The decisions that led there, the last one first, back to the person's; empty if there are none.
    pub chain: Vec<Authentication>,
    /// Why the protocol cannot hold the invariant here, if that is known.
    pub hazard: Option<Hazard>,
}

impl Violation {
    /// The violation in one line.
    #[must_use]
    pub fn describe(&self, cast: &Cast) -> String {
        format!("{} {}: {}", cast.device_name(self.device), self.invariant, self.what)
    }

    /// The decisions that led there, one a line.
    #[must_use]
    pub fn explain(&self, cast: &Cast) -> Vec<String> {
        self.chain.iter().map(|link| link.describe(cast)).collect()
    }
}
