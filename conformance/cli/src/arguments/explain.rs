use std::path::PathBuf;

use atm_simulator::scenario::{DeviceName, KeyName};
use clap::Args;

use super::{AnnouncementArg, ConflictArg};

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A scenario file, or the name of one of this project's scenarios, such as `readme/20-to-8`.
    pub(crate) scenario: PathBuf,

    /// The device, such as `alice/phone`.
    pub(crate) device: DeviceName,

    /// The key, by the device that has it or by its name in the scenario, such as `bob/phone`.
    pub(crate) key: KeyName,

    /// What devices announce to others.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) announcement: AnnouncementArg,

    /// Which of several decisions about one key counts.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) conflict: ConflictArg,

    /// The seed of everything that is random.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}
