//! The options of a run.

use atm_engine::{AnnouncementRule, ConflictRule, Rules};

use crate::scenario::Rule;

/// The options of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The announcement rule.
    pub announcement: AnnouncementRule,
    /// The conflict rule: which of two contradicting decisions about a key counts.
    pub conflict: ConflictRule,
    /// The seed of the random number generator.
    pub seed: u64,
}

/// Which invariants are watched in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watching {
    /// All invariants.
    #[default]
    All,
    /// None: only the expectations judge the run.
    None,
}

impl Options {
    /// The engine's rules for these options.
    pub(crate) fn rules(&self) -> Rules {
        Rules { announcement: self.announcement, conflict: self.conflict, ..Rules::default() }
    }

    /// Whether `rule` is chosen.
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
