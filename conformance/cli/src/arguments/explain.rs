use std::path::PathBuf;

use atm_simulator::scenario::{DeviceName, KeyName};
use clap::Args;

use super::RunOptionArgs;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A scenario file, or the name of one of this project's scenarios, such as `readme/20-to-8`.
    pub(crate) scenario: PathBuf,

    /// The device, such as `alice/phone`.
    pub(crate) device: DeviceName,

    /// The key, by the device that has it or by its name in the scenario, such as `bob/phone`.
    pub(crate) key: KeyName,

    #[command(flatten)]
    pub(crate) options: RunOptionArgs,
}
