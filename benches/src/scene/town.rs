use std::num::NonZeroUsize;

use atm_simulator::options::{Options, Watching};
use atm_simulator::population::{DrawnPart, PopulationRun, play};
use atm_simulator::run::observe;
use atm_simulator::scenario::{Catalog, Population, ScenarioFile};
use atm_simulator::script::Script;
use atm_simulator::trace::Trace;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::unavoidable::{Remembered, remember};

/// The measured population, in its largest size.
const A_MILLION_DEVICES: &str = include_str!("../../a-million-devices.yaml");

/// The population of `a-million-devices.yaml`, with another number of accounts.
#[derive(Clone, Debug)]
pub struct Town {
    population: Population,
}

/// For each device of a part, the keys that it authenticates, as numbers of the devices that own them.
pub type AuthenticatedKeys = Vec<Vec<u32>>;

impl Town {
    /// Creates a town with a number of accounts. With fewer accounts than a part has, there is one part.
    ///
    /// # Panics
    ///
    /// If there are no accounts.
    #[must_use]
    pub fn new(accounts: u64) -> Self {
        assert!(accounts > 0, "a population has accounts");
        let file = ScenarioFile::parse("a-million-devices.yaml", A_MILLION_DEVICES, &Catalog::unchecked());
        let Ok(ScenarioFile::Population(population)) = file else { panic!("a population: {file:?}") };
        let mut population = *population;
        population.population.accounts = accounts;
        population.population.part = population.population.part.min(accounts);
        Self { population }
    }

    /// Draws and plays the population like `atm run`.
    #[must_use]
    pub fn play(&self, options: &Options, watching: Watching, jobs: NonZeroUsize) -> PopulationRun {
        play(&self.population, (options, watching), jobs, &|| ())
    }

    /// Returns the keys that the devices of each part authenticate. Uses as many threads as the current pool has.
    #[must_use]
    pub fn authenticated(&self, options: &Options) -> Vec<AuthenticatedKeys> {
        let parts = (1..=self.population.population.parts()).into_par_iter();
        parts.map(|number| self.authenticated_in(number, options)).collect()
    }

    fn authenticated_in(&self, number: u64, options: &Options) -> AuthenticatedKeys {
        let part = DrawnPart::new(&self.population.population, options.seed, number);
        let script = Script::new(&part.scenario(&self.population)).expect("all names are somebody's");
        let run = observe(&script, options, Watching::None, &mut None::<Trace>);
        let missing = run.missing.iter().map(|(device, key)| (device.index(), key.index()));
        let missing: FxHashSet<(usize, usize)> = missing.collect();
        let mut known: Vec<Vec<usize>> = (0..part.accounts()).map(|account| vec![account]).collect();
        for &(one, other) in part.contacts() {
            known[one as usize].push(other as usize);
            known[other as usize].push(one as usize);
        }
        let keys_of = |account: usize, device: usize| {
            let others = known[account].iter().flat_map(|known| part.devices_of(*known));
            let authenticated =
                others.filter(|other| *other != device && !missing.contains(&(device, *other)));
            authenticated.map(|other| other as u32).collect()
        };
        let of_account = |account: usize| part.devices_of(account).map(move |device| (account, device));
        (0..part.accounts()).flat_map(of_account).map(|(account, device)| keys_of(account, device)).collect()
    }
}

/// Remembers the pairs of a device and a key of one part.
#[must_use]
pub fn remember_part(part: &AuthenticatedKeys) -> Vec<Remembered> {
    part.iter().map(|keys| remember(keys.iter().map(|key| u64::from(*key)))).collect()
}
