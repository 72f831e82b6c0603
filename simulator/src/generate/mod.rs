//! Random scenarios: topologies, actions of people, faults and adversaries, drawn from one seed.
//!
//! What is drawn is a [`Scenario`], so everything that works on scenarios works on it: it can be run, shrunk,
//! written to a file and replayed without any random number.

mod actors;
mod dice;
mod trees;

use std::collections::BTreeSet;

use crate::scenario::{
    Account, AccountPair, AddDevice, Delivery, Device, DeviceName, DeviceToKeys, Discovery, Expectations,
    Forge, FormatVersion, InjectDevice, Link, Name, Named, Network, Policy, RequirementId, Scenario, Skew,
    SkewClock, SlowDown, Step, TimeSpan,
};
use actors::Actors;
pub use dice::Dice;
pub use trees::spanning_tree;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most accounts.
    pub accounts: usize,
    /// The most devices of an account at the start.
    pub devices: usize,
    /// The most steps, apart from those that end faults.
    pub steps: usize,
    /// Whether the network and devices fail.
    pub faults: bool,
    /// Whether adversaries take part.
    pub adversaries: bool,
    /// Whether people distrust keys while messages are on their way. What then comes out depends on who
    /// heard of what first: `scenarios/hazards/` tells why no protocol of this kind can promise much.
    pub races: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { accounts: 6, devices: 6, steps: 24, faults: true, adversaries: true, races: false }
    }
}

/// Draws a scenario. The same dice give the same one.
#[must_use]
pub fn scenario(dice: &mut Dice, bounds: &Bounds) -> Scenario {
    let mut accounts = Named::default();
    // Small worlds find most, so they are drawn most often.
    let count = 1 + dice.below(bounds.accounts).min(dice.below(bounds.accounts));
    for account in 0..count {
        let devices = 1 + dice.below(bounds.devices).min(dice.below(bounds.devices));
        let devices = (0..devices).map(|device| (device_name(device), Device::default())).collect();
        let one_key = dice.one_in(8);
        accounts.insert(account_name(account), Account { jid: None, one_key, key: None, devices });
    }
    let in_flight = dice.one_in(3);
    let mut drawing = Drawing {
        actors: Actors::of(&accounts),
        steps: Vec::new(),
        dice,
        offline: BTreeSet::new(),
        down: BTreeSet::new(),
        held: BTreeSet::new(),
        split: BTreeSet::new(),
        races: bounds.races,
        in_flight,
    };
    let steps = 1 + drawing.dice.below(bounds.steps);
    let faults = bounds.faults && !drawing.dice.one_in(3);
    let adversaries = bounds.adversaries && drawing.dice.one_in(4);
    for _ in 0..steps {
        drawing.draw_step(faults, adversaries);
    }
    if !drawing.dice.one_in(4) {
        drawing.calm_down();
    }
    let steps = drawing.steps;
    let delivery = if in_flight { Delivery::InFlight } else { Delivery::Drained };
    let pause = TimeSpan::from_millis(if in_flight { 15 } else { 2_000 });
    Scenario {
        accounts,
        network: Network { delivery, pause, ..Network::default() },
        policy: if dice.one_in(6) { Policy::None } else { Policy::Toakafa },
        steps,
        ..base()
    }
}

/// A scenario in which nobody is and nothing happens.
fn base() -> Scenario {
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
        network: Network::default(),
        policy: Policy::default(),
        breaks: Vec::new(),
        steps: Vec::new(),
        expect: Expectations::default(),
    }
}

/// What every random scenario is about.
const REQUIREMENT: &str = "xep-0450/details/complete-graph";

/// A scenario that is being drawn.
struct Drawing<'a> {
    actors: Actors,
    steps: Vec<Step>,
    dice: &'a mut Dice,
    offline: BTreeSet<DeviceName>,
    down: BTreeSet<DeviceName>,
    held: BTreeSet<(DeviceName, DeviceName)>,
    split: BTreeSet<(Name, Name)>,
    races: bool,
    /// Whether people act while messages are on their way.
    in_flight: bool,
}

impl Drawing<'_> {
    fn draw_step(&mut self, faults: bool, adversaries: bool) {
        let step = match self.dice.below(20) {
            0..=9 => self.authenticate(),
            10 => self.distrust(),
            11 => self.trust_manually(),
            12 => self.change_devices(),
            13..=16 if faults => self.fault(),
            17..=19 if adversaries => self.attack(),
            _ => self.authenticate(),
        };
        self.steps.extend(step);
    }

    fn authenticate(&mut self) -> Option<Step> {
        // Mostly in both directions, since that is what people do.
        if let Some(Step::Authenticate(last)) = self.steps.last()
            && self.dice.one_in(2)
            && let Some(back) = self.actors.answer(last)
        {
            return Some(Step::Authenticate(back));
        }
        self.actors.pair(self.dice).map(Step::Authenticate)
    }

    fn distrust(&mut self) -> Option<Step> {
        let calm =
            self.offline.is_empty() && self.down.is_empty() && self.held.is_empty() && self.split.is_empty();
        if !self.races && (self.in_flight || !calm) {
            return None;
        }
        self.actors.pair(self.dice).map(Step::Distrust)
    }

    fn trust_manually(&mut self) -> Option<Step> {
        self.actors.pair(self.dice).map(Step::TrustManually)
    }

    fn change_devices(&mut self) -> Option<Step> {
        if self.dice.one_in(3) {
            let device = self.actors.device(self.dice)?;
            if self.actors.count(&device.account) < 2 {
                return None;
            }
            self.actors.remove(&device);
            self.offline.remove(&device);
            self.down.remove(&device);
            return Some(Step::RemoveDevice(device));
        }
        let account = self.actors.account(self.dice);
        let name = self.actors.add(&account);
        Some(Step::AddDevice(AddDevice {
            account,
            name: name.device,
            key: None,
            carbons: true,
            offline: false,
        }))
    }

    fn fault(&mut self) -> Option<Step> {
        match self.dice.below(14) {
            0 | 1 => {
                let device = self.actors.device(self.dice)?;
                if self.offline.remove(&device) {
                    return Some(Step::GoOnline(device));
                }
                self.offline.insert(device.clone());
                Some(Step::GoOffline(device))
            }
            2 | 3 => {
                let link = self.link()?;
                let pair = (link.from.clone(), link.to.clone());
                if self.held.remove(&pair) {
                    return Some(Step::Release(link));
                }
                self.held.insert(pair);
                Some(Step::Hold(link))
            }
            4 => self.link().map(Step::Duplicate),
            5 => self.held_link().map(Step::Reorder),
            6 => {
                let (one, other) = self.actors.two_accounts(self.dice)?;
                let pair = AccountPair { one: one.clone(), other: other.clone() };
                if self.split.remove(&(one.clone(), other.clone())) {
                    return Some(Step::Heal(pair));
                }
                self.split.insert((one, other));
                Some(Step::Partition(pair))
            }
            7 => self.crash(Step::Crash),
            8 => self.crash(Step::CrashWhileSending),
            9 => self.crash(Step::CrashWhileReceiving),
            10 => self.actors.device(self.dice).map(|device| {
                self.down.remove(&device);
                Step::Restart(device)
            }),
            11 => {
                let latency = TimeSpan::from_millis([5, 100, 3_000][self.dice.below(3)]);
                self.in_flight |= latency.as_millis() > 2_000;
                self.link().map(|link| Step::SlowDown(SlowDown { link, latency }))
            }
            12 => {
                let by = self.skew();
                self.actors.device(self.dice).map(|device| Step::SkewClock(SkewClock { device, by }))
            }
            _ => Some(Step::Wait(TimeSpan::from_millis([5, 1_000, 400_000][self.dice.below(3)]))),
        }
    }

    fn crash(&mut self, step: impl Fn(DeviceName) -> Step) -> Option<Step> {
        let device = self.actors.device(self.dice)?;
        self.down.insert(device.clone());
        Some(step(device))
    }

    fn skew(&mut self) -> Skew {
        let span = TimeSpan::from_millis([1_000, 60_000, 290_000, 600_000][self.dice.below(4)]);
        if self.dice.one_in(2) { Skew::Ahead(span) } else { Skew::Behind(span) }
    }

    fn attack(&mut self) -> Option<Step> {
        match self.dice.below(8) {
            0 => self.link().map(Step::Block),
            1 => self.link().map(Step::Unblock),
            2 => self.link().map(Step::Replay),
            3 => {
                let account = self.actors.account_of_many_keys(self.dice)?;
                let name = self.actors.inject(&account);
                Some(Step::InjectDevice(InjectDevice { account, name: name.device, key: None }))
            }
            4 => {
                let device = self.actors.device(self.dice)?;
                self.actors.compromise(&device);
                Some(Step::Compromise(device))
            }
            _ => self.forge(),
        }
    }

    fn forge(&mut self) -> Option<Step> {
        let by = self.actors.adversary(self.dice)?;
        let to = self.actors.account(self.dice);
        let (mut trust, mut distrust) = (Vec::new(), Vec::new());
        for _ in 0..=self.dice.below(2) {
            let key = self.actors.key(self.dice)?;
            if trust.contains(&key) || distrust.contains(&key) {
                continue;
            }
            if self.dice.one_in(3) { distrust.push(key) } else { trust.push(key) }
        }
        let dated = if self.dice.one_in(4) { Some(self.skew()) } else { None };
        Some(Step::Forge(Forge { by, to, trust, distrust, dated }))
    }

    fn link(&mut self) -> Option<Link> {
        let (from, to) = (self.actors.device(self.dice)?, self.actors.device(self.dice)?);
        (from != to).then_some(Link { from, to })
    }

    fn held_link(&mut self) -> Option<Link> {
        let held: Vec<_> = self.held.iter().cloned().collect();
        if held.is_empty() {
            return None;
        }
        let (from, to) = held[self.dice.below(held.len())].clone();
        Some(Link { from, to })
    }

    /// Ends all faults: then what was promised must come true.
    fn calm_down(&mut self) {
        let there = |device: &DeviceName, actors: &Actors| actors.is_there(device);
        let offline: Vec<_> =
            self.offline.iter().filter(|device| there(device, &self.actors)).cloned().collect();
        self.steps.extend(offline.into_iter().map(Step::GoOnline));
        let down: Vec<_> = self.down.iter().filter(|device| there(device, &self.actors)).cloned().collect();
        self.steps.extend(down.into_iter().map(Step::Restart));
        for (from, to) in std::mem::take(&mut self.held) {
            if there(&from, &self.actors) && there(&to, &self.actors) {
                self.steps.push(Step::Release(Link { from, to }));
            }
        }
        for (one, other) in std::mem::take(&mut self.split) {
            self.steps.push(Step::Heal(AccountPair { one, other }));
        }
    }
}

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

/// The keys that a device of an account with these names decides on.
fn arrow(device: DeviceName, keys: Vec<crate::scenario::KeyName>) -> DeviceToKeys {
    DeviceToKeys { device, keys }
}
