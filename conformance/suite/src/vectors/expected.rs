//! The levels that a scenario expects under a requirement, as far as they concern the device of a vector.

use atm_adapter_protocol::protocol::LevelName;
use atm_engine::Level;
use atm_simulator::cast::DeviceId;
use atm_simulator::checks::{Class, Holds};
use atm_simulator::scenario::DeviceName;
use atm_simulator::script::{Action, Script};

use super::format::{AllowedLevels, PolicyLevels, ShownBody};
use super::inputs::Inputs;
use crate::messages::names;
use crate::monitor::Standing;
use crate::requirements::{self, Requirement, Weight};

/// The levels of the standing `open`.
const OPEN: [Level; 4] =
    [Level::Undecided, Level::AutomaticallyTrusted, Level::AutomaticallyDistrusted, Level::ManuallyTrusted];

/// A level that a requirement demands in an expectation of the scenario.
pub(super) struct ExpectedLevel {
    /// The position of the input after which it is demanded.
    pub(super) input: usize,
    /// The name of the key.
    pub(super) key: String,
    holds: Holds,
    requirement: &'static Requirement,
}

impl ExpectedLevel {
    fn allows(&self, standing: Standing) -> bool {
        match standing {
            Standing::Open => OPEN.into_iter().any(self.holds),
            Standing::Authenticated => (self.holds)(Level::Authenticated),
            Standing::Distrusted => (self.holds)(Level::Distrusted),
        }
    }

    /// Forbids the levels that the requirement excludes, or advises against them.
    pub(super) fn narrow(&self, levels: &mut AllowedLevels) {
        let (id, open) = (self.requirement.id, OPEN.into_iter().filter(|level| (self.holds)(*level)));
        let open: Vec<LevelName> = open.map(names::level_name).collect();
        if (1..OPEN.len()).contains(&open.len()) && self.requirement.weight != Weight::Informational {
            levels.by_policy = Some(PolicyLevels { levels: open, requirement: id.to_owned() });
        }
        for standing in levels.allowed.clone().into_iter().filter(|standing| !self.allows(*standing)) {
            match self.requirement.weight {
                Weight::Security | Weight::Demanded => {
                    levels.forbidden.insert(standing, id.to_owned());
                    levels.allowed.retain(|allowed| *allowed != standing);
                }
                Weight::Advice => drop(levels.advice.entry(standing).or_insert_with(|| id.to_owned())),
                Weight::Informational => {}
            }
        }
    }
}

/// The expectations of a scenario about one device that have a requirement.
#[derive(Default)]
pub(super) struct Expectations {
    pub(super) levels: Vec<ExpectedLevel>,
    /// The bodies that the device must have shown, each with the position of the input.
    pub(super) shown: Vec<(usize, ShownBody)>,
}

impl Expectations {
    pub(super) fn of(script: &Script, device: &DeviceName, inputs: &Inputs) -> Self {
        let on_the_way = script.actions.iter().enumerate().filter_map(|(position, action)| match action {
            Action::Expect(expected) => Some((position, expected)),
            _ => None,
        });
        let is_of_device = |other: DeviceId| script.cast.device_name(other) == device;
        let mut all = Self::default();
        for (position, expected) in on_the_way.chain([(script.actions.len(), &script.expect)]) {
            let Some(input) = inputs.last_before(position) else { continue };
            for expected in expected.iter().filter(|expected| expected.class == Class::Required) {
                let id = expected.requirement.as_ref().map_or("", |id| id.as_str());
                let Some(requirement) = requirements::find(id) else { continue };
                let levels = expected.levels().into_iter().filter(|(other, ..)| is_of_device(*other));
                all.levels.extend(levels.map(|(_, key, holds)| {
                    let key = script.cast.key_name(key);
                    ExpectedLevel { input, key, holds, requirement }
                }));
                let shown = expected.shown().filter(|(other, _)| is_of_device(*other));
                all.shown.extend(shown.map(|(_, body)| {
                    (input, ShownBody { body: body.to_owned(), requirement: id.to_owned() })
                }));
            }
        }
        all
    }
}
