use std::fmt;
use std::str::FromStr;

use atm_simulator::invariants::Invariant;

/// A promise of XEP-0450 about which the page of findings says where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// As few authentications as possible make all devices know all keys.
    Completeness,
    /// A distrust reaches all devices that its speaker knows, and stands until somebody who knows of it takes it back.
    Revocation,
    /// All devices that know each other end with the same decision about each key.
    Agreement,
    /// A key that a person authenticates again after a distrust is authenticated everywhere.
    Reauthentication,
    /// No adversary's key becomes authenticated on the word of anybody who may not say so.
    Resistance,
}

impl Promise {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Completeness, Self::Revocation, Self::Agreement, Self::Reauthentication, Self::Resistance];

    /// A stable name in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Revocation => "revocation",
            Self::Agreement => "agreement",
            Self::Reauthentication => "reauthentication",
            Self::Resistance => "resistance",
        }
    }

    /// The invariants that say it of a run.
    #[must_use]
    pub fn invariants(self) -> &'static [Invariant] {
        match self {
            Self::Completeness | Self::Reauthentication => &[Invariant::Completeness],
            Self::Revocation => &[Invariant::Revocation],
            Self::Agreement => &[Invariant::Agreement],
            Self::Resistance => &[
                Invariant::Soundness,
                Invariant::Authority,
                Invariant::Confidentiality,
                Invariant::NoPrematureUse,
                Invariant::Policy,
                Invariant::Resistance,
            ],
        }
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no [`Promise`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such promise")]
pub struct NoSuchPromise;

impl FromStr for Promise {
    type Err = NoSuchPromise;

    fn from_str(text: &str) -> Result<Self, NoSuchPromise> {
        Self::ALL.into_iter().find(|promise| promise.name() == text).ok_or(NoSuchPromise)
    }
}
