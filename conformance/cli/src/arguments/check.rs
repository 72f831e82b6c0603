use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// A recording of `atm conformance --record`, or the log of a client (ADAPTERS.md describes its form).
    #[arg(value_name = "LOG")]
    pub(crate) log: PathBuf,

    /// Check only this case of a recording.
    #[arg(long, value_name = "CASE")]
    pub(crate) case: Option<String>,

    /// Check only this device.
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,

    /// Write one page about a device into this file: its inputs, its messages and whom it trusts, at any moment. If
    /// there are several devices, the page shows the first whose log is not explained.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}
