use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::run::Options;
use clap::{Args, ValueEnum};

use super::number::{SEED, whole};

/// The rules by which devices of this project's engine announce and decide.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RuleArgs {
    /// The announcement rule of this project's engine: which decisions a device passes on.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) announcement: AnnouncementArg,

    /// The conflict rule of this project's engine: which of several decisions about one key counts.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) conflict: ConflictArg,
}

/// The options on which a run of scenarios depends.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RunOptionArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// The seed of all random choices.
    #[arg(long, default_value_t = 0, value_parser = whole::<u64>(SEED), allow_negative_numbers = true)]
    pub(crate) seed: u64,
}

impl From<RunOptionArgs> for Options {
    fn from(RunOptionArgs { rules, seed }: RunOptionArgs) -> Self {
        Self { announcement: rules.announcement.into(), conflict: rules.conflict.into(), seed }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnnouncementArg {
    /// Only the keys that a person decided on.
    Direct,
    /// The whole change that a person's decision makes.
    #[default]
    Cascade,
    /// As `cascade`, and all changes that received messages make.
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
    /// The latest. Of two at the same time, the distrust.
    #[default]
    Newest,
    /// A distrust stands until its speaker, or a person at the device, trusts the key later.
    Cautious,
    /// An experiment: a distrust stands until somebody who knows of it trusts the key. Messages carry ids of distrusts.
    Named,
}

impl From<ConflictArg> for ConflictRule {
    fn from(conflict: ConflictArg) -> Self {
        match conflict {
            ConflictArg::Newest => Self::Newest,
            ConflictArg::Cautious => Self::Cautious,
            ConflictArg::Named => Self::Named,
        }
    }
}
