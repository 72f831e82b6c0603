//! The invariants of Automatic Trust Management.
//!
//! The safety invariants are checked with every event ([`Watch`]). The liveness invariants are checked when the world
//! is quiet ([`at_quiescence`], [`confluence`]). An invariant applies under conditions, which are asked of the device
//! and the key concerned where possible. If a condition is not met, the invariant does not apply. Where the protocol
//! breaks an invariant although nobody disturbs it, a [`Hazard`] explains the violation.

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

/// A violation of an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant.
    pub invariant: Invariant,
    /// The device that violated it.
    pub device: DeviceId,
    /// The key concerned.
    pub key: KeyId,
    /// The step of the scenario, counted from 0; `None` before the first step and at the end.
    pub step: Option<usize>,
    /// The virtual time.
    pub at: Stamp,
    /// The violation in words.
    pub what: String,
    /// The chain of decisions behind it, from the last one back to a person's; empty if there is none.
    pub chain: Vec<Authentication>,
    /// The reason why the protocol breaks the invariant here, if it is known.
    pub hazard: Option<Hazard>,
}

impl Violation {
    /// The violation in one line.
    #[must_use]
    pub fn describe(&self, cast: &Cast) -> String {
        format!("{} {}: {}", cast.device_name(self.device), self.invariant, self.what)
    }

    /// The chain of decisions behind it, one per line.
    #[must_use]
    pub fn explain(&self, cast: &Cast) -> Vec<String> {
        self.chain.iter().map(|link| link.describe(cast)).collect()
    }
}
