//! The lawful ways that the engine itself can take.

use std::time::Duration;

use atm_engine::{AnnouncementRule, ConflictRule, Policy, Rules};

/// A lawful choice of rules.
pub(super) type Alternative = fn(Rules) -> Rules;

/// The first is the engine as it is, which the others are compared with.
pub(super) const ALTERNATIVES: [Alternative; 9] = [
    |rules| rules,
    |rules| Rules { announcement: AnnouncementRule::Direct, ..rules },
    |rules| Rules { announcement: AnnouncementRule::Relay, ..rules },
    |rules| Rules { conflict: ConflictRule::Cautious, ..rules },
    |rules| Rules { announcement: AnnouncementRule::Direct, conflict: ConflictRule::Cautious, ..rules },
    |rules| Rules { announcement: AnnouncementRule::Relay, conflict: ConflictRule::Cautious, ..rules },
    |rules| Rules { policy: Policy::None, ..rules },
    |rules| Rules { clock_margin: Duration::from_secs(120), ..rules },
    |rules| Rules { clock_margin: Duration::from_secs(30), ..rules },
];
