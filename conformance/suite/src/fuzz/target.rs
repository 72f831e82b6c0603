use atm_simulator::run::Options;
use atm_simulator::scenario::{DeviceName, Scenario};
use serde::{Deserialize, Serialize};

use super::fuzz_finding::FuzzFinding;
use super::known::Known;
use crate::coverage::Exercised;
use crate::requirements::{self, Weight};
use crate::variations::Variation;

/// The system that a campaign tests.
pub trait Target {
    /// The scenario of a seed, as it is drawn.
    fn draw(&self, seed: u64) -> Scenario;

    /// Tries a seed. The same seed gives the same attempt.
    fn attempt(&mut self, seed: u64) -> Attempt;

    /// Reproduces and shrinks a failure, until it is minimal or `go_on` returns `false`. Returns `None` if it does not
    /// reproduce.
    fn reduce(&mut self, suspect: &Suspect, go_on: &dyn Fn() -> bool) -> Option<FuzzFinding>;
}

/// The result of trying one seed.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// The scenario was played to its end.
    Played {
        /// The rules and refusals that were exercised.
        exercised: Exercised,
        /// The failures that are not known, each cause once.
        suspects: Vec<Suspect>,
        /// The known failures, each once.
        known: Vec<Known>,
    },
    /// The implementation lacks a feature.
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
    /// Whether this is a failure. Behaviour that breaks no demand but lets an adversary in is advice and no failure.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.weight() != Some(Weight::Advice)
    }

    /// The consequence of breaking the requirement; `None` for an error that belongs to no requirement.
    #[must_use]
    pub fn weight(&self) -> Option<Weight> {
        requirements::find(&self.0).map(|requirement| requirement.weight)
    }
}

impl std::fmt::Display for Attribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A scenario with a failure.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// The attribution.
    pub cause: Attribution,
    /// The seed from which it was drawn.
    pub seed: u64,
    /// The scenario, as drawn or already shrunk.
    pub scenario: Scenario,
    /// The rules of the reference engine.
    pub options: Options,
    /// The devices that the implementation hosts. Empty if the reference engine is tested.
    pub hosted: Vec<DeviceName>,
    /// The variations without which the failure does not occur.
    pub variations: Vec<Variation>,
    /// The finding to report if there is no time for shrinking. `None` if the failure did not occur twice.
    pub as_drawn: Option<Box<FuzzFinding>>,
}
