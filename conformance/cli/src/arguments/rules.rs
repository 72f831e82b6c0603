use atm_engine::{AnnouncementRule, ConflictRule};
use clap::ValueEnum;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnnouncementArg {
    /// Just the keys that a person decided on.
    Direct,
    /// The whole change that a person's decision makes.
    #[default]
    Cascade,
    /// As cascade, and what received messages change.
    Relay,
}

impl From<AnnouncementArg> for AnnouncementRule {
    fn from(announcement: AnnouncementArg) -> Self {
        match announcement {
            AnnouncementArg::Direct => Self::Direct,
            AnnouncementArg::Cascade => Self::Cascade,
            AnnouncementArg::Relay => Self::Relay,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConflictArg {
    /// The latest; of two at the same time the distrust.
    #[default]
    Newest,
    /// A distrust stands until its speaker, or a person at the device, trusts the key later.
    Cautious,
}

impl From<ConflictArg> for ConflictRule {
    fn from(conflict: ConflictArg) -> Self {
        match conflict {
            ConflictArg::Newest => Self::Newest,
            ConflictArg::Cautious => Self::Cautious,
        }
    }
}
