//! What can be chosen about a run.

use atm_engine::{AnnouncementRule, ConflictRule, Rules};

use crate::scenario::Rule;

/// What can be chosen about a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What devices announce.
    pub announcement: AnnouncementRule,
    /// Which of two decisions about a key counts.
    pub conflict: ConflictRule,
    /// The seed of the random number generator.
    pub seed: u64,
}

/// Which invariants are watched in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watching {
    /// All of them.
    #[default]
    All,
    /// None, so that just the expectations judge the run.
    None,
}

impl Options {
    /// The rules of the engine that go with the choice.
    pub(crate) fn rules(&self) -> Rules {
        Rules { announcement: self.announcement, conflict: self.conflict, ..Rules::default() }
    }

    /// Whether a rule is among those that were chosen.
    pub(crate) fn follow(&self, rule: Rule) -> bool {
        match rule {
            Rule::Direct => self.announcement == AnnouncementRule::Direct,
            Rule::Cascade => self.announcement == AnnouncementRule::Cascade,
            Rule::Relay => self.announcement == AnnouncementRule::Relay,
            Rule::Newest => self.conflict == ConflictRule::Newest,
            Rule::Cautious => self.conflict == ConflictRule::Cautious,
            Rule::Named => self.conflict == ConflictRule::Named,
        }
    }
}
