use atm_engine::{AnnouncementRule, ConflictRule};
use clap::ValueEnum;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Announcement {
    /// Just the keys that a person decided on.
    Direct,
    /// The whole change that a person's decision makes.
    #[default]
    Cascade,
    /// As cascade, and what received messages change.
    Relay,
}

impl From<Announcement> for AnnouncementRule {
    fn from(announcement: Announcement) -> Self {
        match announcement {
            Announcement::Direct => Self::Direct,
            Announcement::Cascade => Self::Cascade,
            Announcement::Relay => Self::Relay,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Conflict {
    /// The latest; of two at the same time the distrust.
    #[default]
    Newest,
    /// A distrust stands until its speaker, or a person at the device, trusts the key later.
    Cautious,
}

impl From<Conflict> for ConflictRule {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Newest => Self::Newest,
            Conflict::Cautious => Self::Cautious,
        }
    }
}
