use std::path::Path;

use atm_simulator::run::{Options, Run, RunResult, run_script};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;

use crate::unavoidable::Remembered;

/// The example of the ATM readme through all layers: world, server, trace, expectations and invariants.
#[derive(Clone, Debug)]
pub struct Readme {
    script: Script,
}

impl Readme {
    /// Loads and prepares the scenario, and checks that it passes.
    ///
    /// # Panics
    ///
    /// If the scenario does not pass.
    #[must_use]
    pub fn load() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/readme/20-to-8.yaml");
        let scenario = Scenario::load(&path, &Catalog::unchecked()).expect("the scenario has no mistake");
        let readme = Self { script: Script::new(&scenario).expect("the scenario can be cast") };
        let run = readme.play();
        assert_eq!(run.result(), RunResult::Pass);
        assert_eq!(run.tally.authenticated() as u64, readme.authentications());
        readme
    }

    /// Plays the scenario once.
    #[must_use]
    pub fn play(&self) -> Run {
        run_script(&self.script, &Options::default())
    }

    /// The number of resulting authentications.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        20
    }

    /// Remembers the same pairs of a device and a key.
    #[must_use]
    pub fn unavoidable(&self) -> Vec<Remembered> {
        crate::unavoidable::clique(5)
    }
}
