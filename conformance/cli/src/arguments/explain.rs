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

    /// The key: the device that has it, such as `bob/phone`, or its name in the scenario.
    pub(crate) key: KeyName,

    #[command(flatten)]
    pub(crate) options: RunOptionArgs,
}
