use atm_engine::Level;

/// What counts of a level: the others are a matter of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nobody decided, or what somebody decided does not count.
    Open,
    Authenticated,
    Distrusted,
}

impl Standing {
    pub(super) fn of(level: Level) -> Self {
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

/// The standings that are lawful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standings(u8);

impl Standings {
    pub(super) const ALL: Self = Self(0b111);

    pub(super) fn add(&mut self, standing: Standing) {
        self.0 |= 1 << standing as u8;
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(super) fn allows(self, standing: Standing) -> bool {
        self.0 & 1 << standing as u8 != 0
    }

    /// The only one.
    pub(super) fn only(self) -> Option<Standing> {
        let all = [Standing::Open, Standing::Authenticated, Standing::Distrusted];
        let mut allowed = all.into_iter().filter(|standing| self.allows(*standing));
        allowed.next().filter(|_| allowed.next().is_none())
    }
}
