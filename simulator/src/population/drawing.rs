use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rustc_hash::FxHashSet;

use crate::scenario::{
    Account, ContactsPowerLaw, ContactsSpec, DeviceName, DeviceSpec, DeviceToKeys, KeyName, Name, Named,
    Population, PopulationSpec, Scenario, ScenarioExpectations, Step,
};

/// A part of a population, drawn from a seed: accounts with their devices and contacts, and the decisions of people in
/// order. Accounts and devices are numbered from 0, devices account by account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnPart {
    /// The number of accounts in the parts before this one.
    before: u64,
    /// The first device of each account, followed by the number of devices.
    starts: Vec<u32>,
    /// The account of each device.
    accounts: Vec<u32>,
    /// The pairs of accounts that are contacts.
    contacts: Vec<(u32, u32)>,
    decisions: Vec<Decision>,
}

/// A decision of a person, with its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    /// Authenticates the key of the device `of`.
    Authenticate { by: u32, of: u32 },
    /// Distrusts the key of the lost device `of`.
    Distrust { by: u32, of: u32 },
}

impl DrawnPart {
    /// Draws the part with a number, counted from 1. Each part has its own random numbers, so no part depends on
    /// another.
    #[must_use]
    pub fn new(spec: &PopulationSpec, seed: u64, number: u64) -> Self {
        let mut draw = Draw::of_part(seed, number);
        let before = (number - 1) * spec.part;
        let accounts = spec.part.min(spec.accounts - before) as usize;
        let (fewest, most) = spec.devices.bounds();
        let sizes: Vec<u32> =
            (0..accounts).map(|_| (fewest + draw.below(most - fewest + 1)) as u32).collect();
        let contacts = pairs(&mut draw, accounts, spec.contacts);
        let mut part = Self {
            before,
            starts: running_sum(&sizes),
            accounts: (0..).zip(&sizes).flat_map(|(account, size)| vec![account; *size as usize]).collect(),
            contacts,
            decisions: Vec::new(),
        };
        part.decisions = part.draw_decisions(&mut draw, spec.decisions.lost_of_1000);
        part
    }

    /// The number of accounts.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of devices.
    #[must_use]
    pub fn devices(&self) -> usize {
        self.accounts.len()
    }

    /// The devices of an account.
    #[must_use]
    pub fn devices_of(&self, account: usize) -> std::ops::Range<usize> {
        self.starts[account] as usize..self.starts[account + 1] as usize
    }

    /// The pairs of accounts that are contacts.
    #[must_use]
    pub fn contacts(&self) -> &[(u32, u32)] {
        &self.contacts
    }

    /// The part as a scenario.
    #[must_use]
    pub fn scenario(&self, population: &Population) -> Scenario {
        let accounts: Vec<Name> = (0..self.accounts()).map(|account| self.account_name(account)).collect();
        let names = self.names(&accounts);
        let account = |number: usize| {
            let devices = names[self.devices_of(number)].iter();
            let devices: Named<_> =
                devices.map(|name| (name.device.clone(), DeviceSpec::default())).collect();
            Account { jid: None, one_key: false, key: None, devices }
        };
        let key = |device: u32| vec![KeyName::Device(names[device as usize].clone())];
        let arrow = |by: u32, of: u32| DeviceToKeys { device: names[by as usize].clone(), keys: key(of) };
        let step = |decision: &Decision| match *decision {
            Decision::Authenticate { by, of } => Step::Authenticate(arrow(by, of)),
            Decision::Distrust { by, of } => Step::Distrust(arrow(by, of)),
        };
        Scenario {
            format: population.format,
            title: population.title.clone(),
            about: population.about.clone(),
            requirements: population.requirements.clone(),
            encryption: population.encryption.clone(),
            start: population.start,
            accounts: (0..)
                .zip(accounts.iter().cloned())
                .map(|(number, name)| (name, account(number)))
                .collect(),
            keys: Named::default(),
            discovery: Default::default(),
            network: population.network.clone(),
            policy: population.policy,
            limits: population.limits.clone(),
            breaks: Vec::new(),
            resources: Default::default(),
            steps: self.decisions.iter().map(step).collect(),
            expect: ScenarioExpectations::default(),
        }
    }

    /// The names of all devices of the named accounts. The text of a device name is shared by all accounts: a text for
    /// each device took 2 % of the instructions of a population.
    fn names(&self, accounts: &[Name]) -> Vec<DeviceName> {
        let most = (0..self.accounts()).map(|account| self.devices_of(account).len()).max().unwrap_or(0);
        let devices: Vec<Name> = (1..=most).map(|device| named(&format!("d{device}"))).collect();
        let mut names = Vec::with_capacity(self.devices());
        for (number, account) in accounts.iter().enumerate() {
            let devices = devices[..self.devices_of(number).len()].iter().cloned();
            names.extend(devices.map(|device| DeviceName { account: account.clone(), device }));
        }
        names
    }

    /// The name of an account, numbered across all parts.
    fn account_name(&self, account: usize) -> Name {
        named(&format!("a{}", self.before + account as u64 + 1))
    }

    fn draw_decisions(&self, draw: &mut Draw, lost_of_1000: u64) -> Vec<Decision> {
        let mut decisions = Vec::new();
        let mut both_ways = |one: u32, other: u32| {
            decisions.extend([(one, other), (other, one)].map(|(by, of)| Decision::Authenticate { by, of }));
        };
        for account in 0..self.accounts() {
            let devices = self.devices_of(account);
            for device in devices.clone().skip(1) {
                // A device is linked to any earlier device of its account.
                both_ways((devices.start + draw.index(device - devices.start)) as u32, device as u32);
            }
        }
        for &(one, other) in &self.contacts {
            let mut end = |account: u32| {
                let devices = self.devices_of(account as usize);
                (devices.start + draw.index(devices.len())) as u32
            };
            both_ways(end(one), end(other));
        }
        if lost_of_1000 > 0 {
            let lost = (0..self.devices() as u32).filter(|_| draw.below(1_000) < lost_of_1000);
            decisions.extend(lost.map(|of| Decision::Distrust { by: of, of }));
        }
        draw.shuffle(&mut decisions);
        self.without_lost_devices(draw, decisions)
    }

    /// The decisions without those that use or scan a lost device. A random remaining device of the account distrusts
    /// the lost one.
    fn without_lost_devices(&self, draw: &mut Draw, decisions: Vec<Decision>) -> Vec<Decision> {
        let mut lost: FxHashSet<u32> = FxHashSet::default();
        let made = decisions.into_iter().filter_map(|decision| match decision {
            Decision::Authenticate { by, of } => {
                (!lost.contains(&by) && !lost.contains(&of)).then_some(decision)
            }
            Decision::Distrust { of, .. } => {
                let account = self.accounts[of as usize] as usize;
                let others = self.devices_of(account).map(|device| device as u32);
                let others: Vec<u32> = others.filter(|other| *other != of && !lost.contains(other)).collect();
                lost.insert(of);
                let by = (!others.is_empty()).then(|| others[draw.index(others.len())])?;
                Some(Decision::Distrust { by, of })
            }
        });
        made.collect()
    }
}

/// Pairs of contacts. Each account gets one loose end for each contact that it should have, and the loose ends are
/// joined at random. Pairs that repeat, or that join an account to itself, are dropped.
fn pairs(draw: &mut Draw, accounts: usize, contacts: ContactsSpec) -> Vec<(u32, u32)> {
    let mut ends = Vec::new();
    let most = accounts.saturating_sub(1);
    for account in 0..accounts {
        let wanted = match contacts {
            ContactsSpec::Fixed(contacts) => contacts as usize,
            ContactsSpec::PowerLaw(ContactsPowerLaw { at_least }) => {
                (at_least as f64 / five_eighths_power(draw.fraction())).min(most as f64) as usize
            }
        };
        ends.extend(std::iter::repeat_n(account as u32, wanted.min(most)));
    }
    draw.shuffle(&mut ends);
    let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
    ends.chunks_exact(2)
        .map(|ends| (ends[0].min(ends[1]), ends[0].max(ends[1])))
        .filter(|pair| pair.0 != pair.1 && seen.insert(*pair))
        .collect()
}

/// With this power, the frequency of k contacts is proportional to k to the power of -2.6. Square roots are the same on
/// all machines; other powers may differ.
fn five_eighths_power(fraction: f64) -> f64 {
    let half = fraction.sqrt();
    half * half.sqrt().sqrt()
}

/// The start of each of several consecutive ranges, followed by their total length.
fn running_sum(lengths: &[u32]) -> Vec<u32> {
    let mut starts = vec![0];
    let mut end = 0;
    for length in lengths {
        end += length;
        starts.push(end);
    }
    starts
}

fn named(name: &str) -> Name {
    name.parse().expect("a letter and a number")
}

struct Draw(ChaCha8Rng);

impl Draw {
    /// The random numbers of a part: its own stream of the generator.
    fn of_part(seed: u64, number: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number);
        Self(random)
    }

    fn below(&mut self, bound: u64) -> u64 {
        // The bias is far below anything that a count could show.
        self.0.next_u64() % bound
    }

    fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A number greater than 0 and at most 1.
    fn fraction(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.index(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Catalog, DecisionsSpec, ScenarioFile};

    fn population(settings: &str) -> Population {
        let text = format!(
            "format: 1\ntitle: Drawn\nrequirements: [xep-0450/details/complete-graph]\npopulation: {settings}\n"
        );
        match ScenarioFile::parse("population.yaml", &text, &Catalog::unchecked()) {
            Ok(ScenarioFile::Population(population)) => *population,
            other => panic!("{other:?}"),
        }
    }

    fn part(settings: &str) -> DrawnPart {
        DrawnPart::new(&population(settings).population, 0, 1)
    }

    #[test]
    fn few_accounts_have_many_contacts() {
        let part = part("{ accounts: 20000, part: 20000 }");
        let mut degrees = vec![0; part.accounts()];
        for (one, other) in part.contacts() {
            degrees[*one as usize] += 1;
            degrees[*other as usize] += 1;
        }
        degrees.sort_unstable();
        let share = |at_least: usize| {
            degrees.iter().filter(|degree| **degree >= at_least).count() as f64 / degrees.len() as f64
        };
        // Ten times as many contacts are 10 to the power of 1.6 times as rare.
        let ratio = share(5) / share(50);
        assert!((30.0..53.0).contains(&ratio), "{ratio}");
        assert!(degrees[degrees.len() / 2] <= 4, "half of all have few");
    }

    #[test]
    fn each_number_of_devices_of_a_range_comes_as_often() {
        let part = part("{ accounts: 20000, part: 20000, devices: { from: 2, to: 5 }, contacts: 0 }");
        for devices in 2..=5 {
            let accounts = (0..part.accounts()).filter(|account| part.devices_of(*account).len() == devices);
            let count = accounts.count();
            assert!((4_800..5_200).contains(&count), "{count} accounts have {devices} devices");
        }
        assert_eq!(part.contacts(), []);
    }

    #[test]
    fn people_authenticate_as_little_as_they_need_to() {
        let part = part("{ accounts: 300, part: 100, devices: 3, contacts: 4 }");
        assert_eq!((part.accounts(), part.devices()), (100, 300));
        // Two edges inside each account, and one for each pair of contacts, in both directions.
        assert_eq!(part.decisions.len(), 2 * (2 * 100 + part.contacts().len()));
        assert!((150..=200).contains(&part.contacts().len()), "{}", part.contacts().len());
    }

    #[test]
    fn a_lost_device_is_distrusted_and_not_used_any_more() {
        let PopulationSpec { accounts, part, devices, contacts, .. } =
            population("{ accounts: 300, part: 300, devices: 4 }").population;
        let decisions = DecisionsSpec { lost_of_1000: 100 };
        let spec = PopulationSpec { accounts, part, devices, contacts, decisions };
        let part = DrawnPart::new(&spec, 0, 1);
        let mut lost = FxHashSet::default();
        for decision in &part.decisions {
            let (Decision::Authenticate { by, of } | Decision::Distrust { by, of }) = *decision;
            assert!(!lost.contains(&by) && !lost.contains(&of), "{decision:?}");
            if let Decision::Distrust { .. } = decision {
                assert_ne!(by, of);
                assert_eq!(part.accounts[by as usize], part.accounts[of as usize]);
                lost.insert(of);
            }
        }
        // A tenth of 1,200 devices.
        assert!((90..150).contains(&lost.len()), "{}", lost.len());
    }

    #[test]
    fn the_last_part_has_the_rest_and_names_go_on() {
        let population = population("{ accounts: 25, part: 10, contacts: 2 }");
        assert_eq!(population.population.parts(), 3);
        let drawn = [1, 2, 3].map(|number| DrawnPart::new(&population.population, 7, number));
        assert_eq!(drawn.each_ref().map(DrawnPart::accounts), [10, 10, 5]);
        let names = |part: &DrawnPart| {
            let scenario = part.scenario(&population);
            let names: Vec<String> = scenario.accounts.names().map(ToString::to_string).collect();
            (names[0].clone(), names[names.len() - 1].clone())
        };
        let [first, second, third] = drawn.each_ref().map(names);
        assert_eq!([first.0, first.1], ["a1", "a10"]);
        assert_eq!([second.0, second.1], ["a11", "a20"]);
        assert_eq!([third.0, third.1], ["a21", "a25"]);
        assert_ne!(drawn[0].decisions, drawn[1].decisions);
    }
}
