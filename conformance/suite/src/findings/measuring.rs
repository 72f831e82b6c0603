use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use atm_simulator::run::{Options, run};
use atm_simulator::scenario::Scenario;
use atm_simulator::search::explore::{
    self, Criterion, Deliveries, Explored, Extent, Orders, Settings, Unexplorable, trees_besides,
};
use atm_simulator::search::generate::{self, Bounds, Dice};

use super::{Finding, Promise, Worlds};
use crate::library;

/// The result of a measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// In how many of them the promise holds.
    pub held: u128,
    /// How many worlds there are, or orders of what people do, or random scenarios.
    pub of: u128,
    /// How many states were found.
    pub states: u64,
}

/// Answers the question of a finding.
///
/// # Errors
///
/// If a world cannot be explored.
pub fn measure(finding: &Finding, threads: NonZeroUsize) -> Result<Measured, Unexplorable> {
    let options = Options { announcement: finding.announcement, conflict: finding.conflict, seed: 0 };
    match finding.worlds {
        Worlds::Random { seeds } => Ok(in_random_scenarios(finding.promise, &options, seeds)),
        Worlds::Trees { sizes, besides, orders, deliveries } => {
            let mut sum = Measured::default();
            for tree in trees_besides(sizes, besides) {
                let settings = settings(options, (orders, deliveries), threads);
                let measured = in_world(finding.promise, &tree.scenario, &settings)?;
                sum.held += measured.held * u128::from(tree.alike);
                sum.of += measured.of * u128::from(tree.alike);
                sum.states += measured.states;
            }
            Ok(sum)
        }
        Worlds::Scenario { name, orders, deliveries } => {
            let file = library::files().into_iter().find(|file| file.id() == name);
            let file = file.expect("findings name scenarios of this project");
            let scenario = file.load().expect("the scenarios of this project can be read");
            let settings = settings(options, (orders, deliveries), threads);
            in_world(finding.promise, &scenario, &settings)
        }
    }
}

fn settings(options: Options, (orders, deliveries): (Orders, Deliveries), threads: NonZeroUsize) -> Settings {
    let demand = Criterion::Nothing;
    Settings { options, orders, deliveries, demand, threads, ..Settings::default() }
}

fn in_world(promise: Promise, scenario: &Scenario, settings: &Settings) -> Result<Measured, Unexplorable> {
    let explored = explore::explore(scenario, settings, &mut |_| ControlFlow::Continue(()))?;
    assert_eq!(
        explored.extent,
        Extent::Exhausted,
        "the worlds of findings are small, and safe in every step"
    );
    let states = explored.states;
    Ok(match (promise, explored.orders) {
        (Promise::Completeness | Promise::Reauthentication, Some(orders)) => {
            Measured { held: orders.complete, of: orders.all, states }
        }
        _ => Measured { held: u128::from(holds(promise, &explored)), of: 1, states },
    })
}

fn holds(promise: Promise, explored: &Explored) -> bool {
    match promise {
        Promise::Completeness | Promise::Reauthentication => explored.complete_ends == explored.ends,
        Promise::Agreement => explored.contradicting_ends == 0,
        Promise::Revocation | Promise::Resistance => {
            promise.invariants().iter().all(|invariant| !explored.breaks.contains(invariant))
        }
    }
}

fn in_random_scenarios(promise: Promise, options: &Options, seeds: u64) -> Measured {
    let is_kept = |seed: &u64| {
        let scenario = generate::scenario(&mut Dice::new(*seed), &Bounds::default());
        let run = run(&scenario, options).expect("a drawn scenario can be cast");
        run.violations.iter().all(|violation| !promise.invariants().contains(&violation.invariant))
    };
    let held = (0..seeds).filter(is_kept).count() as u128;
    Measured { held, of: u128::from(seeds), states: 0 }
}
