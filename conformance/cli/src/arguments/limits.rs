use std::time::Duration;

use clap::Args;

use super::Seconds;

/// The default limit for each answer of an adapter.
const TIMEOUT: Seconds = Seconds(Duration::from_secs(10));

/// The least default limit for the start of an adapter.
const START_TIMEOUT: Seconds = Seconds(Duration::from_secs(60));

/// The time limits for an adapter.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AdapterLimitArgs {
    /// The time limit for each answer of the adapter, in seconds.
    #[arg(long, default_value_t = TIMEOUT, value_name = "SECONDS", requires = "adapter")]
    timeout: Seconds,

    /// The time limit from the start of the adapter to its first answer, in seconds. The default is 60, or `--timeout`
    /// if that is longer.
    #[arg(long, value_name = "SECONDS", requires = "adapter")]
    start_timeout: Option<Seconds>,
}

impl AdapterLimitArgs {
    /// The limit for each answer.
    pub(crate) fn answer(self) -> Duration {
        self.timeout.0
    }

    /// The limit for the first answer, from the start of the adapter.
    pub(crate) fn start(self) -> Duration {
        self.start_timeout.map_or(START_TIMEOUT.0.max(self.timeout.0), |given| given.0)
    }

    /// The options that the user gave, in the form of the command line. A timeout equal to the default is left out.
    pub(crate) fn options(self) -> impl Iterator<Item = String> {
        let timeout = (self.timeout != TIMEOUT).then(|| format!("--timeout {}", self.timeout));
        let start = self.start_timeout.map(|start| format!("--start-timeout {start}"));
        timeout.into_iter().chain(start)
    }
}
