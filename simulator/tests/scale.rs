//! Work and memory grow with the number of events, not with the square of the number of participants. Work is counted,
//! not timed.

use std::cell::Cell;
use std::fmt::Write as _;
use std::rc::Rc;

use atm_engine::{Decision, Device, Directory, Input, KeyId, Level, Origin, Rules, Stamp};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext};
use atm_simulator::invariants::{Watch, at_quiescence};
use atm_simulator::observation::Observation;
use atm_simulator::run::{Options, RunResult, Watching, observe};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::trace::{Event, Observer, Trace};
use atm_simulator::trust_graph::{Tally, WorldView};
use atm_simulator::world::World;

const HEAD: &str = "format: 1\ntitle: t\nrequirements: [xep-0450/ac-s/own-endpoints]\naccounts:\n";

/// Accounts with three devices each. The devices of each account are linked, and each account is linked to the next.
fn ring(accounts: usize) -> Script {
    let (mut cast, mut inside, mut between) = (String::new(), String::new(), String::new());
    for account in 0..accounts {
        writeln!(cast, "  a{account}: {{ devices: {{ x: , y: , z: }} }}").unwrap();
        for (by, of) in [("x", "y"), ("y", "x"), ("y", "z"), ("z", "y")] {
            writeln!(inside, "  - authenticate: a{account}/{by} -> a{account}/{of}").unwrap();
        }
        let next = (account + 1) % accounts;
        writeln!(between, "  - authenticate: a{account}/x -> a{next}/z").unwrap();
        writeln!(between, "  - authenticate: a{next}/z -> a{account}/x").unwrap();
    }
    script(&format!("{HEAD}{cast}steps:\n{inside}{between}"))
}

/// One account. All other devices trust the first one, which then trusts them one after the other.
fn star(devices: usize) -> Script {
    let names: Vec<String> = (0..devices).map(|device| format!("d{device}: ")).collect();
    let to_the_first = (1..devices).map(|device| format!("  - authenticate: a/d{device} -> a/d0\n"));
    let from_the_first = (1..devices).map(|device| format!("  - authenticate: a/d0 -> a/d{device}\n"));
    let steps: String = to_the_first.chain(from_the_first).collect();
    script(&format!("{HEAD}  a: {{ devices: {{ {} }} }}\nsteps:\n{steps}", names.join(", ")))
}

fn script(yaml: &str) -> Script {
    Script::new(&Scenario::parse("scale.yaml", yaml, &Catalog::unchecked()).unwrap()).unwrap()
}

/// A device that counts its calls.
struct Counting {
    device: Device,
    asked: Rc<Cell<usize>>,
}

impl Counting {
    fn count(&self) {
        self.asked.set(self.asked.get() + 1);
    }
}

impl Endpoint for Counting {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.count();
        Endpoint::apply(&mut self.device, input, context, out)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.count();
        Endpoint::level(&self.device, key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.count();
        Endpoint::origin(&self.device, key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        Endpoint::restart(&mut self.device, names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        self.count();
        Endpoint::postponed(&self.device, sender)
    }
}

/// A watch that counts the events.
struct CountingWatch {
    watch: Watch,
    events: usize,
}

impl Observer for CountingWatch {
    fn observe(&mut self, at: Stamp, event: &Event) {
        self.events += 1;
        self.watch.watch(at, event);
    }
}

/// The number of events in a run, the number of calls of devices by the world, the invariants and the trust graph, and
/// the tally at the end.
fn work(script: &Script) -> (usize, usize, Tally) {
    let (options, asked) = (Options::default(), Rc::new(Cell::new(0)));
    let mut world = World::new(script.clone(), 0, |cast, device| Counting {
        device: cast.engine(device, Rules::default()),
        asked: asked.clone(),
    });
    let mut watching = CountingWatch { watch: Watch::new(script, &options), events: 0 };
    world.begin(&mut watching).unwrap();
    while let Some(choice) = world.next() {
        world.step(choice, &mut watching).unwrap();
        watching.watch.check_levels(&world).unwrap();
    }
    let end = WorldView::of(&world);
    assert_eq!(at_quiescence(&end, &options, &watching.watch).unwrap(), []);
    assert_eq!(watching.watch.violations(), []);
    (watching.events, asked.get(), end.trust_graph().unwrap().tally())
}

#[test]
fn a_ring_four_times_as_large_takes_four_times_the_work() {
    let [(events, asked, tally), (more_events, more_asked, more)] = [40, 160].map(|size| work(&ring(size)));
    assert_eq!((more_events, more_asked), (4 * events, 4 * asked));
    // Two devices of the own account, and three of each of two other accounts.
    assert_eq!((tally.authenticated(), tally.possible), (3 * 40 * 8, 3 * 40 * 8));
    assert_eq!((more.authenticated(), more.possible), (3 * 160 * 8, 3 * 160 * 8));
}

#[test]
fn the_work_in_an_account_grows_with_the_pairs_of_its_devices() {
    let [(events, asked, tally), (more_events, more_asked, more)] = [30, 60].map(|size| work(&star(size)));
    assert_eq!((tally.authenticated(), more.authenticated()), (30 * 29, 60 * 59));
    // This is 4.07 times the number of pairs.
    assert!(more_events * 10 <= events * 45, "{more_events} events after {events}");
    assert!(more_asked * 10 <= asked * 45, "{more_asked} questions after {asked}");
}

#[test]
fn a_run_that_nobody_observes_keeps_no_trace() {
    let script = ring(40);
    let run = observe(&script, &Options::default(), Watching::All, &mut None::<Trace>);
    assert_eq!((run.trace.records().len(), run.result()), (0, RunResult::Inconclusive));
    assert_eq!(run.missing, []);
}
