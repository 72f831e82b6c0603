use std::fmt;
use std::fmt::Write as _;

use atm_engine::{Device, Rules, Stamp};
use atm_simulator::invariants::Watch;
use atm_simulator::options::Options;
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::trace::{Event, Observer, Trace};
use atm_simulator::trust_graph::TrustGraph;
use atm_simulator::world::World;

use super::Population;

/// A [`Population`] as a scenario in the simulator's world.
///
/// There every copy of a message has its time and its link, and steps name their devices. A file of a scenario has a
/// largest size, which some hundreds of accounts reach: what larger worlds cost is for
/// [`WholeWorld`](super::WholeWorld) to tell.
#[derive(Clone, Debug)]
pub struct Simulated {
    population: Population,
    script: Script,
    authentications: u64,
}

/// Who watches a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watching {
    /// Nobody.
    Nobody,
    /// A trace.
    Trace,
    /// A trace, and all promises that are checked with every event.
    TraceAndPromises,
}

impl fmt::Display for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "trace off",
            Self::Trace => "trace on",
            Self::TraceAndPromises => "trace and promises",
        })
    }
}

/// A world before its first step, in which every device knows all keys, and who watches it.
#[derive(Debug)]
pub struct Ready {
    world: World<Device>,
    observers: Observers,
}

/// A world after its last step, and who watched it.
#[derive(Debug)]
pub struct Over {
    world: World<Device>,
    _observers: Observers,
}

#[derive(Debug)]
struct Observers {
    trace: Option<Trace>,
    watch: Option<Watch>,
}

impl Simulated {
    /// The scenario of a population.
    ///
    /// # Panics
    ///
    /// If not everybody comes to authenticate everybody.
    #[must_use]
    pub fn new(population: &Population) -> Self {
        let scenario = Scenario::parse("population.yaml", &scenario(population), &Catalog::unchecked());
        let script = Script::new(&scenario.expect("a scenario")).expect("a script");
        let mut simulated = Self { population: population.clone(), script, authentications: 0 };
        let over = simulated.ready(Watching::Nobody).play();
        simulated.authentications = over.authentications();
        assert_eq!(simulated.authentications, population.possible(), "everybody authenticates everybody");
        simulated
    }

    /// Whom the scenario is about.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.population
    }

    /// How many authentications come of it.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        self.authentications
    }

    /// The world before its first step. The devices know all keys.
    ///
    /// # Panics
    ///
    /// If a device fails, which the engine never does.
    #[must_use]
    pub fn ready(&self, watching: Watching) -> Ready {
        let mut world = World::of_devices(self.script.clone(), Rules::default(), 0);
        let mut observers = Observers {
            trace: (watching != Watching::Nobody).then(Trace::default),
            watch: (watching == Watching::TraceAndPromises)
                .then(|| Watch::new(&self.script, &Options::default())),
        };
        world.begin(&mut observers).expect("the engine does not fail");
        Ready { world, observers }
    }
}

impl Ready {
    /// Lets all steps happen, and everything that they set off.
    ///
    /// # Panics
    ///
    /// If a device fails, which the engine never does.
    #[must_use]
    pub fn play(self) -> Over {
        let Self { mut world, mut observers } = self;
        while let Some(choice) = world.next() {
            world.step(choice, &mut observers).expect("the engine does not fail");
            if let Some(watch) = &mut observers.watch {
                watch.check_levels(&world).expect("the engine does not fail");
            }
        }
        Over { world, _observers: observers }
    }
}

impl Over {
    fn authentications(&self) -> u64 {
        TrustGraph::of(&self.world).expect("the engine does not fail").tally().authenticated() as u64
    }
}

impl Observer for Observers {
    fn observe(&mut self, at: Stamp, event: Event) {
        match (&mut self.trace, &mut self.watch) {
            (Some(trace), Some(watch)) => {
                trace.observe(at, event.clone());
                watch.observe(at, event);
            }
            (trace, None) => trace.observe(at, event),
            (None, watch) => watch.observe(at, event),
        }
    }
}

/// A population written as a scenario.
fn scenario(population: &Population) -> String {
    let mut yaml = "format: 1\ntitle: A population\nrequirements: [xep-0450/ac-s]\naccounts:\n".to_owned();
    for account in 0..population.accounts() {
        let devices: Vec<String> =
            population.devices_of(account).map(|device| format!("device-{device}: ")).collect();
        writeln!(yaml, "  account-{account}: {{ devices: {{ {} }} }}", devices.join(", "))
            .expect("a string has room");
    }
    yaml += "steps:\n";
    for action in population.actions() {
        let (by, of) = (action.by, action.of);
        writeln!(
            yaml,
            "  - authenticate: account-{}/device-{by} -> account-{}/device-{of}",
            action.account, action.owner
        )
        .expect("a string has room");
    }
    yaml
}
