use atm_simulator::cast::Cast;
use atm_simulator::run::{Options, Run};
use atm_simulator::scenario::Scenario;

/// A scenario that is played under the eyes of a writer.
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

/// A scenario that was played.
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
    /// The scenario after its run.
    #[must_use]
    pub fn played(self, run: &'a Run) -> PlayedScenario<'a> {
        let Self { path, scenario, options, .. } = self;
        PlayedScenario { path, scenario, options, run }
    }
}
