//! Random scenarios: topologies, actions of people, faults and adversaries, drawn from one seed.
//!
//! The result is a [`Scenario`], so it can be run, shrunk, written to a file and replayed without randomness.

mod actors;
mod attacks;
mod barrages;
mod codes;
mod dice;
mod drawing;
mod envelope;
mod faults;
mod interpretation;
mod kinds;
mod losses;
mod oddity;
mod people;
mod settings;
mod stanzas;
mod themes;
mod trees;

use crate::scenario::{
    DeviceName, DeviceToKeys, Discovery, FormatVersion, KeyName, Name, Named, NetworkSpec, PolicySpec,
    RequirementId, Scenario, ScenarioExpectations,
};
pub use dice::Dice;
use drawing::Drawing;
pub use trees::spanning_tree;

/// The purpose of random scenarios.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Tests whether the invariants hold. Adversaries have only the means of real adversaries.
    #[default]
    Promises,
    /// Tests how devices interpret inputs. Most inputs are odd, and any key may have sent them.
    Interpretation,
}

/// The choice of kinds of events in a scenario with odd inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mixture {
    /// All kinds may occur: plain random search.
    All,
    /// The seed chooses a few kinds, so that each occurs often, and a device at which most of them occur: swarm
    /// testing.
    Few,
}

/// The bounds of random scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The greatest number of accounts.
    pub accounts: usize,
    /// The greatest number of devices of an account at the start.
    pub devices: usize,
    /// The greatest number of steps, without those that end faults or let devices discover keys.
    pub steps: usize,
    /// Whether the network and devices fail.
    pub faults: bool,
    /// Whether adversaries take part.
    pub adversaries: bool,
    /// The purpose of the scenarios.
    pub purpose: Purpose,
    /// The kinds of events, if the purpose is [interpretation](Purpose::Interpretation).
    pub mixture: Mixture,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            accounts: 6,
            devices: 6,
            steps: 24,
            faults: true,
            adversaries: true,
            purpose: Purpose::Promises,
            mixture: Mixture::Few,
        }
    }
}

/// Draws a scenario. The same dice give the same scenario.
#[must_use]
pub fn scenario(dice: &mut Dice, bounds: &Bounds) -> Scenario {
    if bounds.purpose == Purpose::Interpretation {
        return interpretation::scenario(dice, bounds);
    }
    let mut scenario = base();
    let count = settings::mostly_few(dice, bounds.accounts);
    scenario.accounts = settings::accounts(dice, count, bounds.devices);
    settings::draw(dice, &mut scenario);
    let mut drawing = Drawing::new(scenario, Mixture::All, dice);
    drawing.let_devices_meet();
    let steps = 1 + drawing.dice.below(bounds.steps);
    let faults = bounds.faults && !drawing.dice.one_in(3);
    let adversaries = bounds.adversaries && drawing.dice.one_in(4);
    for _ in 0..steps {
        drawing.draw_step(faults, adversaries);
    }
    if !drawing.dice.one_in(4) {
        drawing.calm_down();
    }
    drawing.scenario
}

/// A scenario without accounts and steps.
pub(crate) fn base() -> Scenario {
    Scenario {
        format: FormatVersion,
        title: "A random scenario".to_owned(),
        about: None,
        requirements: vec![REQUIREMENT.parse::<RequirementId>().expect("a valid id")],
        encryption: Default::default(),
        start: crate::scenario::default_start(),
        accounts: Named::default(),
        keys: Named::default(),
        discovery: Discovery::AtStart,
        network: NetworkSpec::default(),
        policy: PolicySpec::default(),
        limits: Default::default(),
        breaks: Vec::new(),
        resources: Default::default(),
        steps: Vec::new(),
        expect: ScenarioExpectations::default(),
    }
}

/// The requirement of every random scenario.
const REQUIREMENT: &str = "xep-0450/details/complete-graph";

fn account_name(number: usize) -> Name {
    const NAMES: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];
    let name = NAMES.get(number).map_or_else(|| format!("account{number}"), |name| (*name).to_owned());
    name.parse().expect("a valid name")
}

fn device_name(number: usize) -> Name {
    const NAMES: [&str; 6] = ["phone", "tablet", "notebook", "desktop", "watch", "tv"];
    let name = NAMES.get(number).map_or_else(|| format!("device{number}"), |name| (*name).to_owned());
    name.parse().expect("a valid name")
}

/// A device with the keys that it decides on.
fn arrow(device: DeviceName, keys: Vec<KeyName>) -> DeviceToKeys {
    DeviceToKeys { device, keys }
}
