use std::hash::Hasher;
use std::path::PathBuf;

use atm_adapter_protocol::OneLine;
use atm_simulator::scenario::Scenario;
use atm_simulator::search::canonical::canonical;
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::panics::Panic;
use super::target::Attribution;
use crate::variations::Variation;

/// The smallest scenario that shows a failure. It replays without randomness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct FuzzFinding {
    /// The attribution of the failure.
    pub cause: Attribution,
    /// The seed of the scenario. If several scenarios show the same failure, the seed of the smallest one.
    pub seed: u64,
    /// The observations, one line each.
    pub observed: Vec<String>,
    /// The command that replays it, without the path of the file. For a panic, the command that tries the seed again.
    pub replay: String,
    /// The number of steps.
    pub steps: usize,
    /// The canonical form of the scenario with its variations, or a mark that a message or a panic shows the failure.
    /// Findings with the same form are equal.
    pub form: String,
    /// The scenario file, without the comments at its top; empty if the panic occurred before there was a scenario.
    pub scenario: String,
}

/// The form of all panics.
const PANIC: &str = "a panic";

/// The observations that show a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demonstration {
    /// The kind of the observation.
    pub shown: Shown,
    /// The observations, one line each.
    pub observed: Vec<String>,
    /// The variations without which the failure does not occur.
    pub variations: Vec<Variation>,
}

/// The kind of observation that shows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The behaviour of a device.
    ByWhatHappens,
    /// The form of a message.
    ByAMessage,
}

impl FuzzFinding {
    /// Creates a finding from a shrunk scenario.
    #[must_use]
    pub fn new(
        cause: Attribution,
        seed: u64,
        scenario: &Scenario,
        Demonstration { shown, observed, variations }: Demonstration,
        replay: String,
    ) -> Self {
        let steps = scenario.steps.iter().filter(|step| !is_expectation(step)).count();
        let mut form = match shown {
            Shown::ByWhatHappens => canonical(scenario),
            // A device that writes one message in a wrong form writes all of them so.
            Shown::ByAMessage => "a message".to_owned(),
        };
        // A device that cannot read prefixes and one that cannot read double quotes have different bugs.
        for variation in variations {
            form += &format!("\nwith {variation}");
        }
        let scenario = scenario.to_yaml();
        Self { cause, seed, observed, replay, steps, form, scenario }
    }

    /// Creates a finding from a panic, with the scenario as it was drawn.
    pub(super) fn panicked(
        cause: Attribution,
        seed: u64,
        scenario: Option<&Scenario>,
        panic: &Panic,
        replay: String,
    ) -> Self {
        let title = "A random scenario in which `atm fuzz` panics".to_owned();
        let scenario = scenario.map(|scenario| Scenario { title, ..scenario.clone() });
        Self {
            cause,
            seed,
            observed: vec![panic.to_string()],
            replay,
            steps: scenario.as_ref().map_or(0, |scenario| scenario.steps.len()),
            form: PANIC.to_owned(),
            scenario: scenario.as_ref().map(Scenario::to_yaml).unwrap_or_default(),
        }
    }

    /// Whether something panicked, which is a bug of this project.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        self.form == PANIC
    }

    /// Whether this is a failure and not just advice.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.is_panic() || self.cause.is_failure()
    }

    /// The command that replays the finding from this file.
    #[must_use]
    pub fn command(&self, file: &str) -> String {
        match self.is_panic() {
            true => self.replay.clone(),
            false => format!("{} {}", self.replay, shell_words::quote(file)),
        }
    }

    /// The name of the file: the broken requirement and a hash of the scenario.
    #[must_use]
    pub fn file_name(&self) -> PathBuf {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let cause: String = self.cause.0.chars().map(plain).collect();
        let mut hasher = FxHasher::default();
        hasher.write(self.scenario.as_bytes());
        let digits = hasher.finish();
        PathBuf::from(format!("{cause}-{:08x}.yaml", digits >> 32))
    }

    /// The content of the file: comments and the scenario.
    #[must_use]
    pub fn file(&self) -> String {
        let mut lines = vec![match (self.is_panic(), self.is_failure()) {
            (true, _) => "`atm fuzz` panics.".to_owned(),
            (false, true) => format!("Breaks {}.", self.cause),
            (false, false) => format!("Security advice, and no failure: {}.", self.cause),
        }];
        lines.extend(self.observed.iter().flat_map(|lines| lines.lines()).map(|line| format!("  {line}")));
        lines.push(format!("To see it: {}", self.command(&self.file_name().to_string_lossy())));
        let made_small = if self.is_panic() { "" } else { ", and made small" };
        lines.push(format!("Found by `atm fuzz` with the seed {}{made_small}.", self.seed));
        lines.iter().map(|line| comment(line)).collect::<String>() + &self.scenario
    }
}

/// A YAML comment with this line. Line breaks, control characters and characters that YAML forbids are escaped or
/// replaced.
fn comment(line: &str) -> String {
    let line = OneLine(line).to_string().replace(['\u{feff}', '\u{fffe}', '\u{ffff}'], " ");
    format!("# {line}\n")
}

fn is_expectation(step: &atm_simulator::scenario::Step) -> bool {
    matches!(step, atm_simulator::scenario::Step::Expect(_))
}
