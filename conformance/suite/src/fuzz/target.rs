use atm_simulator::run::Options;
use atm_simulator::scenario::{DeviceName, Scenario};
use serde::{Deserialize, Serialize};

use super::fuzz_finding::FuzzFinding;
use super::known::Known;
use crate::coverage::Exercised;
use crate::requirements::{self, Weight};
use crate::variations::Variation;

/// What a campaign puts to the test.
pub trait Target {
    /// The scenario that a seed stands for, as it is drawn.
    fn draw(&self, seed: u64) -> Scenario;

    /// Tries what a seed stands for. The same seed gives the same attempt.
    fn attempt(&mut self, seed: u64) -> Attempt;

    /// Makes what is suspected as small as it can be, or until `go_on` says no. `None` if it does not come again.
    fn reduce(&mut self, suspect: &Suspect, go_on: &dyn Fn() -> bool) -> Option<FuzzFinding>;
}

/// What came of one seed.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// The scenario was played to its end.
    Played {
        /// What was exercised in it.
        exercised: Exercised,
        /// What is wrong, each cause once, apart from what is known.
        suspects: Vec<Suspect>,
        /// What is wrong in a way that is known, each once.
        known: Vec<Known>,
    },
    /// The implementation says that it lacks this.
    Unsupported {
        /// The feature.
        feature: String,
    },
    /// The run was interrupted before it was played to its end.
    Interrupted,
}

/// What a failure is attributed to before it is reduced: the requirement or promise that is broken, or the error of an
/// adapter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Attribution(pub String);

impl Attribution {
    /// Whether it is a failure. What only lets an adversary in without breaking what is demanded is advice, and fails
    /// nobody.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        requirements::find(&self.0).is_none_or(|requirement| requirement.weight != Weight::Advice)
    }
}

impl std::fmt::Display for Attribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A scenario in which something is wrong.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// What is wrong.
    pub cause: Attribution,
    /// The seed from which it was drawn.
    pub seed: u64,
    /// The scenario as it was drawn, or smaller already.
    pub scenario: Scenario,
    /// The rules of the reference engine in it.
    pub options: Options,
    /// Which devices the implementation hosted; none if the reference engine is put to the test.
    pub hosted: Vec<DeviceName>,
    /// The variations without which it does not show.
    pub variations: Vec<Variation>,
    /// It as it is told if there is no time to make it small; without that, it was not seen twice.
    pub as_drawn: Option<Box<FuzzFinding>>,
}
