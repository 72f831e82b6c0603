use std::path::Path;

use atm_simulator::run::{Options, Run, RunResult, run_script};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;

use crate::unavoidable::Remembered;

/// The example of the ATM readme through everything: world, server, trace, expectations and promises.
#[derive(Clone, Debug)]
pub struct Readme {
    script: Script,
}

impl Readme {
    /// Loads the scenario, makes it ready and makes sure that it passes.
    ///
    /// # Panics
    ///
    /// If it does not.
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

    /// Runs it once.
    #[must_use]
    pub fn play(&self) -> Run {
        run_script(&self.script, &Options::default())
    }

    /// How many authentications come of it.
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
