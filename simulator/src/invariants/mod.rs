//! What has to hold whatever happens: the promises of Automatic Trust Management.
//!
//! The safety invariants are watched with every event ([`Watch`]); the liveness ones are checked when the
//! world is quiet ([`at_quiescence`]).

mod ledger;
mod liveness;
mod safety;

use std::fmt;

use atm_engine::{KeyId, Stamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use ledger::{Authentication, Ledger};
pub use liveness::{at_quiescence, confluence};
pub(crate) use safety::Both;
pub use safety::Watch;

use crate::cast::{Cast, DeviceId};

/// A promise of Automatic Trust Management.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// Every authentication had, when it was applied, a chain of decisions back to a manual one.
    Soundness,
    /// No account changes another account's keys on a third party's device.
    Authority,
    /// No trust message is encrypted for a key that is not authenticated, and contacts get facts about the
    /// sender's own account only.
    Confidentiality,
    /// A postponed decision has no effect before its sender is authenticated.
    NoPrematureUse,
    /// After the first authentication of a key of an owner no key of that owner is used that is not
    /// authenticated (TOAKAFA).
    Policy,
    /// No adversary's key becomes authenticated unless a device is compromised or a person said so.
    Resistance,
    /// The graph between linked identities is complete: if they are linked in both directions, all keys are
    /// discovered, nobody is distrusted and nothing is refused. Relaying (`relay`) always makes it so;
    /// announcing the whole change (`cascade`) does if people act one after the other and make no more
    /// authentications than they need; announcing just the person's decisions (`direct`) promises nothing.
    Completeness,
    /// A distrust arrives: no device that the distrusting one had authenticated when it spoke, and that
    /// authenticates it, still has the key authenticated in the end. Not checked if a person trusted the key
    /// later, a clock was wrong, or a message was refused.
    Revocation,
    /// Duplicates, redelivery, crashes and reordering end in the state of the run without them.
    Confluence,
    /// Whatever was postponed is applied, still stored, superseded, dropped with its sender, or refused with
    /// a reason.
    NothingLost,
}

impl Invariant {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Self; 10] = [
        Self::Soundness,
        Self::Authority,
        Self::Confidentiality,
        Self::NoPrematureUse,
        Self::Policy,
        Self::Resistance,
        Self::Completeness,
        Self::Revocation,
        Self::Confluence,
        Self::NothingLost,
    ];

    /// A stable name in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Soundness => "soundness",
            Self::Authority => "authority",
            Self::Confidentiality => "confidentiality",
            Self::NoPrematureUse => "no-premature-use",
            Self::Policy => "policy",
            Self::Resistance => "resistance",
            Self::Completeness => "completeness",
            Self::Revocation => "revocation",
            Self::Confluence => "confluence",
            Self::NothingLost => "nothing-lost",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The promise.
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
