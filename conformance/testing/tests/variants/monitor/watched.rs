//! Runs devices under the monitor.

use std::cell::RefCell;
use std::rc::Rc;

use atm_simulator::endpoint::Endpoint;
use atm_simulator::run::{Options, run_with};
use atm_simulator::scenario::{LimitsSpec, Scenario};
use atm_suite::Layered;
use atm_suite::cases::{Engine, Implementation, Scene};
use atm_suite::messages::Wire;
use atm_suite::monitor::{Capacity, Monitor, MonitorFinding, Monitored};
use atm_testing::{Variant, VariantImplementation};

/// The number of random scenarios to play: `ATM_CASES` if set, or else `usual`.
pub(crate) fn cases(usual: u64) -> u64 {
    std::env::var("ATM_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

/// Plays a scenario in which every device is of `variant`, or of the engine, and has a monitor. Returns all findings.
pub(crate) fn watch(scenario: &Scenario, options: Options, variant: Option<Variant>) -> Vec<MonitorFinding> {
    let monitors = monitors(scenario, options, variant);
    monitors.iter().flat_map(|monitor| monitor.borrow().findings().to_vec()).collect()
}

/// The monitors of all devices after such a run.
pub(crate) fn monitors(
    scenario: &Scenario,
    options: Options,
    variant: Option<Variant>,
) -> Vec<Rc<RefCell<Monitor>>> {
    let capacity = if scenario.limits == LimitsSpec::default() { Capacity::Ample } else { Capacity::Scarce };
    let mut monitors: Vec<Rc<RefCell<Monitor>>> = Vec::new();
    let mut implementation = variant.map(VariantImplementation::new);
    let wire = Wire::default();
    let run = run_with(scenario, &options, |cast, device| {
        let member = cast.member(device).clone();
        let monitor = Rc::new(RefCell::new(Monitor::new(cast.clone(), member, capacity)));
        monitors.push(monitor.clone());
        let scene = Scene { scenario, options, cast: cast.clone(), device };
        let endpoint: Box<dyn Endpoint> = match &mut implementation {
            Some(implementation) => implementation.join(&scene, &wire),
            None => Box::new(Engine::device(&scene)),
        };
        Layered::new(endpoint, Monitored::new(monitor, wire.clone()))
    });
    run.expect("the scenario can be cast");
    monitors
}
