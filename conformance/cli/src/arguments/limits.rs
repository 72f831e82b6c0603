use std::time::Duration;

use clap::Args;

use super::Seconds;

/// How long an adapter has for each answer if nothing else is said.
const TIMEOUT: Seconds = Seconds(Duration::from_secs(10));

/// How long it has to start, at least, if nothing else is said.
const START_TIMEOUT: Seconds = Seconds(Duration::from_secs(60));

/// How long an adapter may take.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AdapterLimitArgs {
    /// How long the adapter has for each answer, in seconds.
    #[arg(long, default_value_t = TIMEOUT, value_name = "SECONDS", requires = "adapter")]
    timeout: Seconds,

    /// How long the adapter has from its start to its first answer, in seconds. 60, or as long as for each answer if that
    /// is longer, if not given.
    #[arg(long, value_name = "SECONDS", requires = "adapter")]
    start_timeout: Option<Seconds>,
}

impl AdapterLimitArgs {
    /// For each answer.
    pub(crate) fn answer(self) -> Duration {
        self.timeout.0
    }

    /// For the first answer.
    pub(crate) fn start(self) -> Duration {
        self.start_timeout.map_or(START_TIMEOUT.0.max(self.timeout.0), |given| given.0)
    }

    /// Those that were given, as they stand in the command line.
    pub(crate) fn options(self) -> impl Iterator<Item = String> {
        let timeout = (self.timeout != TIMEOUT).then(|| format!("--timeout {}", self.timeout));
        let start = self.start_timeout.map(|start| format!("--start-timeout {start}"));
        timeout.into_iter().chain(start)
    }
}
