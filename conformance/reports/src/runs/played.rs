use atm_simulator::cast::Cast;
use atm_simulator::run::{Options, Run};
use atm_simulator::scenario::Scenario;

/// A scenario that is about to run, as a writer needs it.
#[derive(Clone, Copy, Debug)]
pub struct PlayingScenario<'a> {
    /// The path of its file.
    pub path: &'a str,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The rules and the seed.
    pub options: &'a Options,
    /// The participants.
    pub cast: &'a Cast,
}

/// A scenario with its run.
#[derive(Clone, Copy, Debug)]
pub struct PlayedScenario<'a> {
    /// The path of its file.
    pub path: &'a str,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The rules and the seed.
    pub options: &'a Options,
    /// The result.
    pub run: &'a Run,
}

impl<'a> PlayingScenario<'a> {
    /// Adds the run.
    #[must_use]
    pub fn played(self, run: &'a Run) -> PlayedScenario<'a> {
        let Self { path, scenario, options, .. } = self;
        PlayedScenario { path, scenario, options, run }
    }
}
