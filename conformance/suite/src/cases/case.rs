use std::sync::Arc;

use atm_simulator::scenario::{DeviceName, Name, Scenario, Step};

/// A scenario with its id.
#[derive(Clone, Debug)]
pub struct LoadedScenario {
    /// The path without its extension: `attacks/cache-poisoning`.
    pub id: String,
    /// The path for messages.
    pub path: String,
    /// The content.
    pub scenario: Scenario,
}

/// The hosted devices, each with the position of its implementation. All other devices are the reference engine.
pub type LineUp = Vec<(DeviceName, usize)>;

/// A scenario with a line-up.
#[derive(Clone, Debug)]
pub struct Case {
    /// The id: `attacks/cache-poisoning@alice/phone`.
    pub id: String,
    /// The scenario.
    pub scenario: Arc<LoadedScenario>,
    /// The devices under test.
    pub line_up: LineUp,
}

/// A line-up names a device or an account that no scenario has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no selected scenario has {0}")]
pub struct NotCast(pub String);

/// The devices that an implementation can host: all except those of an adversary.
#[must_use]
pub fn hostable(scenario: &Scenario) -> Vec<DeviceName> {
    let mut devices = Vec::new();
    for (account, settings) in scenario.accounts.iter() {
        for (device, _) in settings.devices.iter() {
            devices.push(DeviceName { account: account.clone(), device: device.clone() });
        }
    }
    for step in &scenario.steps {
        if let Step::AddDevice(added) = step {
            devices.push(DeviceName { account: added.account.clone(), device: added.name.clone() });
        }
    }
    devices
}

/// The cases of one implementation. It hosts each device of each scenario in turn, then all at once.
#[must_use]
pub fn cases(scenarios: &[Arc<LoadedScenario>]) -> Vec<Case> {
    let mut cases = Vec::new();
    for scenario in scenarios {
        let devices = hostable(&scenario.scenario);
        for device in &devices {
            cases.push(Case {
                id: format!("{}@{device}", scenario.id),
                scenario: scenario.clone(),
                line_up: vec![(device.clone(), 0)],
            });
        }
        if devices.len() > 1 {
            cases.push(Case {
                id: format!("{}@all", scenario.id),
                scenario: scenario.clone(),
                line_up: devices.into_iter().map(|device| (device, 0)).collect(),
            });
        }
    }
    cases
}

/// The devices that a person assigns to an implementation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// One device.
    Device(DeviceName),
    /// All devices of an account.
    Account(Name),
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Device(device) => write!(f, "{device}"),
            Self::Account(account) => write!(f, "{account}"),
        }
    }
}

impl Case {
    /// The cases of a mix: one for each scenario with a device that `roles` assigns. `names` are the names of the
    /// implementations, by position.
    ///
    /// # Errors
    ///
    /// Returns an error if no scenario has the device or account of a role.
    pub fn mixed(
        scenarios: &[Arc<LoadedScenario>],
        roles: &[(Role, usize)],
        names: &[String],
    ) -> Result<Vec<Self>, NotCast> {
        let mut played = vec![false; roles.len()];
        let mut cases = Vec::new();
        for scenario in scenarios {
            let mut line_up = LineUp::new();
            for device in hostable(&scenario.scenario) {
                // The role of a device takes precedence over the role of its account.
                let by_name = |(role, _): &(Role, usize)| *role == Role::Device(device.clone());
                let by_account = |(role, _): &(Role, usize)| *role == Role::Account(device.account.clone());
                let role = roles.iter().position(by_name).or_else(|| roles.iter().position(by_account));
                if let Some(role) = role {
                    played[role] = true;
                    line_up.push((device, roles[role].1));
                }
            }
            if !line_up.is_empty() {
                let hosts = line_up.iter().map(|(device, host)| format!("{device}={}", names[*host]));
                let id = format!("{}@{}", scenario.id, hosts.collect::<Vec<_>>().join(","));
                cases.push(Self { id, scenario: scenario.clone(), line_up });
            }
        }
        match played.iter().position(|played| !played) {
            None => Ok(cases),
            Some(idle) => Err(NotCast(match &roles[idle].0 {
                Role::Device(device) => format!("the device {device}"),
                Role::Account(account) => format!("the account {account}"),
            })),
        }
    }
}
