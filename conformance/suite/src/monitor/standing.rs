//! The standing of a key: its level as far as the specifications decide it.

use atm_engine::{DecisionKind, Level};
use serde::{Deserialize, Serialize};

/// The standing of a key. Levels that differ only by policy have the same standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// No decision that counts was made: the key is undecided, or a policy or a person without a comparison trusts or
    /// distrusts it.
    Open,
    /// The key is authenticated.
    Authenticated,
    /// The key is distrusted by a decision.
    Distrusted,
}

impl Standing {
    /// The standing of a key with this level.
    #[must_use]
    pub fn of(level: Level) -> Self {
        match level {
            Level::Authenticated => Self::Authenticated,
            Level::Distrusted => Self::Distrusted,
            Level::Undecided
            | Level::AutomaticallyTrusted
            | Level::AutomaticallyDistrusted
            | Level::ManuallyTrusted => Self::Open,
        }
    }
}

impl From<DecisionKind> for Standing {
    fn from(kind: DecisionKind) -> Self {
        match kind {
            DecisionKind::Trust => Self::Authenticated,
            DecisionKind::Distrust => Self::Distrusted,
        }
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "not decided on",
            Self::Authenticated => "authenticated",
            Self::Distrusted => "distrusted",
        })
    }
}

/// A set of lawful standings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings(u8);

impl Standings {
    pub(crate) const ALL: Self = Self(0b111);

    /// The set of just this standing.
    pub(crate) fn just(standing: Standing) -> Self {
        Self(1 << standing as u8)
    }

    pub(crate) fn remove(&mut self, standing: Standing) {
        self.0 &= !(1 << standing as u8);
    }

    /// Iterates over the standings in the set.
    pub fn iter(self) -> impl Iterator<Item = Standing> {
        let all = [Standing::Open, Standing::Authenticated, Standing::Distrusted];
        all.into_iter().filter(move |standing| self.allows(*standing))
    }

    pub(crate) fn add(&mut self, standing: Standing) {
        self.0 |= 1 << standing as u8;
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether the set contains this standing.
    #[must_use]
    pub fn allows(self, standing: Standing) -> bool {
        self.0 & 1 << standing as u8 != 0
    }

    /// The single standing in the set, or `None` if there are none or several.
    #[must_use]
    pub fn only(self) -> Option<Standing> {
        let mut allowed = self.iter();
        allowed.next().filter(|_| allowed.next().is_none())
    }
}

impl std::fmt::Display for Standings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<String> = self.iter().map(|standing| standing.to_string()).collect();
        f.write_str(&names.join(" or "))
    }
}
