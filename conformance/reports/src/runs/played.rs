use atm_simulator::run::{Options, Run};
use atm_simulator::scenario::Scenario;

/// A scenario that was played.
#[derive(Clone, Copy, Debug)]
pub struct PlayedScenario<'a> {
    /// The path of its file.
    pub path: &'a str,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The rules and the seed.
    pub options: &'a Options,
    /// What happened.
    pub run: &'a Run,
}
