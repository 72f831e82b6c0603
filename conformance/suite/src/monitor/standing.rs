//! What counts of a level.

use atm_engine::{DecisionKind, Level};

/// What counts of a level: the others are a matter of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody decided, or what somebody decided does not count.
    Open,
    /// It is authenticated.
    Authenticated,
    /// It is distrusted by a decision.
    Distrusted,
}

impl Standing {
    pub(crate) fn of(level: Level) -> Self {
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

/// The standings that are lawful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings(u8);

impl Standings {
    pub(crate) const ALL: Self = Self(0b111);

    /// One standing and no other.
    pub(crate) fn just(standing: Standing) -> Self {
        Self(1 << standing as u8)
    }

    pub(crate) fn remove(&mut self, standing: Standing) {
        self.0 &= !(1 << standing as u8);
    }

    /// Each of them.
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

    /// Whether a standing is one of them.
    #[must_use]
    pub fn allows(self, standing: Standing) -> bool {
        self.0 & 1 << standing as u8 != 0
    }

    /// The only one, if there is one only.
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
