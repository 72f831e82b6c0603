//! Interoperability: two implementations play a scenario together, once for each way to divide its devices.

use std::sync::Arc;

use atm_simulator::scenario::{Code, DeviceToKeys, KeyName, ScanStep, Step};

use crate::cases::{Case, LineUp, LoadedScenario, Role, hostable};

/// The maximum number of devices of a scenario. With each device, the number of assignments doubles.
pub const MOST_DEVICES: usize = 8;

/// Two implementations, by position. They may be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The one that comes first in the list of implementations.
    pub first: usize,
    /// The other.
    pub second: usize,
}

impl Pair {
    /// All pairs of this number of implementations, each with itself as well.
    pub fn all(implementations: usize) -> impl Iterator<Item = Self> {
        (0..implementations)
            .flat_map(move |first| (first..implementations).map(move |second| Self { first, second }))
    }
}

/// A pair in a scenario.
#[derive(Clone, Debug)]
pub struct Pairing {
    /// The implementations.
    pub pair: Pair,
    /// The scenario, with an implementation for each device.
    pub case: Case,
}

/// A scenario has more than [`MOST_DEVICES`] devices, or none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{scenario} has {devices} devices: each way to divide them between two implementations is played, so 1 to \
     {MOST_DEVICES} are possible"
)]
pub struct UnfitScenario {
    scenario: String,
    devices: usize,
}

/// The scenario with a decision of a person in place of each scanned code of a device. So implementations that cannot scan
/// take part, as people compare fingerprints then.
#[must_use]
pub fn without_codes(loaded: &LoadedScenario) -> LoadedScenario {
    let mut loaded = loaded.clone();
    for step in &mut loaded.scenario.steps {
        if let Step::Scan(ScanStep { by, code: Code::Of(shown) }) = step {
            let (device, keys) = (by.clone(), vec![KeyName::Device(shown.clone())]);
            *step = Step::Authenticate(DeviceToKeys { device, keys });
        }
    }
    loaded
}

/// Pairs all implementations in each scenario. Two different ones divide the devices in every way in which each has a
/// device; one and the same has all. `names` are the names of the implementations, by position.
///
/// # Errors
///
/// Returns an error if a scenario has too many devices, or none.
pub fn pairings(scenarios: &[Arc<LoadedScenario>], names: &[String]) -> Result<Vec<Pairing>, UnfitScenario> {
    let mut pairings = Vec::new();
    for scenario in scenarios {
        let devices = hostable(&scenario.scenario);
        if !(1..=MOST_DEVICES).contains(&devices.len()) {
            return Err(UnfitScenario { scenario: scenario.id.clone(), devices: devices.len() });
        }
        for pair in Pair::all(names.len()) {
            for division in divisions(pair, devices.len()) {
                let line_up: LineUp = devices.iter().cloned().zip(division).collect();
                let hosts = line_up.iter().map(|(device, host)| format!("{device}={}", names[*host]));
                let id = format!("{}@{}", scenario.id, hosts.collect::<Vec<_>>().join(","));
                pairings.push(Pairing { pair, case: Case { id, scenario: scenario.clone(), line_up } });
            }
        }
    }
    Ok(pairings)
}

/// The roles of the implementations in a case. An implementation that plays all devices of an account has the account as
/// its role.
#[must_use]
pub fn roles(case: &Case) -> Vec<(Role, usize)> {
    let mut roles: Vec<(Role, usize)> = Vec::new();
    for (device, host) in &case.line_up {
        let of_account = case.line_up.iter().filter(|(other, _)| other.account == device.account);
        let role = if of_account.map(|(_, other)| other).all(|other| other == host) {
            Role::Account(device.account.clone())
        } else {
            Role::Device(device.clone())
        };
        if !roles.iter().any(|(other, _)| *other == role) {
            roles.push((role, *host));
        }
    }
    roles
}

/// The implementation of each device, for each way to divide this number of devices.
fn divisions(pair: Pair, devices: usize) -> Vec<Vec<usize>> {
    if pair.first == pair.second {
        return vec![vec![pair.first; devices]];
    }
    // Each bit says which of the two has a device. With all bits equal, one of them has none.
    let of_bits = |bits: usize| {
        let host = |device| if bits >> device & 1 == 0 { pair.first } else { pair.second };
        (0..devices).map(host).collect()
    };
    (1..(1 << devices) - 1).map(of_bits).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use atm_simulator::scenario::{Catalog, Scenario};

    use super::*;
    use crate::library;

    fn scenario(id: &str) -> Arc<LoadedScenario> {
        let file = library::find(id).expect("a scenario of the library");
        let scenario = file.load().expect("it has no mistake");
        Arc::new(LoadedScenario { id: id.to_owned(), path: file.path.to_owned(), scenario })
    }

    #[test]
    fn each_way_to_divide_five_devices_occurs_once() {
        let names = ["one", "two", "three"].map(str::to_owned);
        let all = pairings(&[scenario("readme/20-to-8")], &names).expect("five devices");
        // Three implementations alone, and three pairs with 2^5 - 2 divisions each.
        assert_eq!(all.len(), 3 + 3 * 30);
        let ids: BTreeSet<&str> = all.iter().map(|pairing| &*pairing.case.id).collect();
        assert_eq!(ids.len(), all.len());
        for Pairing { pair, case } in &all {
            let hosts: BTreeSet<usize> = case.line_up.iter().map(|(_, host)| *host).collect();
            assert_eq!(hosts, BTreeSet::from([pair.first, pair.second]), "{}", case.id);
            assert_eq!(case.line_up.len(), 5);
        }
    }

    #[test]
    fn codes_become_decisions() {
        let plain = without_codes(&scenario("readme/20-to-8"));
        let count = |of: fn(&Step) -> bool| plain.scenario.steps.iter().filter(|step| of(step)).count();
        assert_eq!(count(|step| matches!(step, Step::Scan(_))), 0);
        assert_eq!(count(|step| matches!(step, Step::Authenticate(_))), 8, "the eight scans of the example");
    }

    #[test]
    fn an_account_that_is_not_divided_is_one_role() {
        let names = ["one", "two"].map(str::to_owned);
        let all = pairings(&[scenario("readme/20-to-8")], &names).expect("five devices");
        let divided = all.iter().find(|pairing| {
            let hosts: Vec<usize> = pairing.case.line_up.iter().map(|(_, host)| *host).collect();
            hosts == [1, 1, 1, 0, 1]
        });
        let roles = roles(&divided.expect("each division").case);
        let told: Vec<String> = roles.iter().map(|(role, host)| format!("{role}={host}")).collect();
        assert_eq!(told[0], "alice=1");
        assert_eq!(told.len(), 3, "Bob's two devices are told apart: {told:?}");
    }

    #[test]
    fn a_scenario_with_many_devices_is_refused() {
        let devices: Vec<String> = (0..=MOST_DEVICES).map(|device| format!("d{device}: ")).collect();
        let text = format!(
            "format: 1\ntitle: Many\nrequirements: [xep-0450/ao-r]\naccounts: {{ alice: {{ devices: {{ {} }} }} }}\nsteps: []\n",
            devices.join(", ")
        );
        let scenario = Scenario::parse("many.yaml", &text, &Catalog::unchecked()).expect("a scenario");
        let many = LoadedScenario { id: "many".to_owned(), path: "many.yaml".to_owned(), scenario };
        let refused = pairings(&[Arc::new(many)], &["one".to_owned()]).expect_err("nine devices");
        assert_eq!(refused.devices, MOST_DEVICES + 1);
    }
}
