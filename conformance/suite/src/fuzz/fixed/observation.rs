use std::ops::Range;
use std::sync::Arc;

use atm_engine::{Device, KeyId};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::endpoint::Failure;
use atm_simulator::run::{Options, rules};
use atm_simulator::scenario::Scenario;
use atm_simulator::script::Script;
use atm_simulator::trace::{Trace, TraceRecord};
use atm_simulator::world::{Choice, World};

use super::alternatives::Alternative;
use crate::monitor::Standing;

/// What came of a scenario when the hosted devices behaved in one lawful way.
pub(super) struct EngineRun {
    pub(super) cast: Arc<Cast>,
    pub(super) trace: Trace,
    /// Which records belong to each step; those before the first one are in none.
    pub(super) steps: Vec<Range<usize>>,
    /// How each device regarded each key, before the first step and after each one.
    moments: Vec<Vec<Standing>>,
    keys: Vec<KeyId>,
}

impl EngineRun {
    pub(super) fn of(
        scenario: &Scenario,
        script: &Script,
        options: &Options,
        hosted: &[DeviceId],
        alternative: Alternative,
    ) -> Result<Self, Failure> {
        let usual = rules(scenario, options);
        let mut world = World::new(script.clone(), options.seed, |cast, device| {
            let rules = if hosted.contains(&device) { alternative(usual) } else { usual };
            cast.engine(device, rules)
        });
        let mut observation = Self {
            cast: script.cast.clone(),
            trace: Trace::default(),
            steps: Vec::with_capacity(scenario.steps.len()),
            moments: Vec::with_capacity(scenario.steps.len() + 1),
            keys: script.cast.keys().collect(),
        };
        world.begin(&mut observation.trace)?;
        let mut start = None;
        while let Some(choice) = world.next() {
            if choice == Choice::Act {
                observation.close_step(&world, start.replace(observation.trace.records().len()))?;
            }
            world.step(choice, &mut observation.trace)?;
        }
        observation.close_step(&world, start)?;
        Ok(observation)
    }

    fn close_step(&mut self, world: &World<Device>, start: Option<usize>) -> Result<(), Failure> {
        if let Some(start) = start {
            self.steps.push(start..self.trace.records().len());
        }
        let mut moment = Vec::with_capacity(self.keys.len() * self.cast.devices().len());
        for (device, _) in self.cast.devices() {
            for key in &self.keys {
                moment.push(Standing::of(world.level(device, *key)?));
            }
        }
        self.moments.push(moment);
        Ok(())
    }

    /// How a device regarded a key before a step, counted from 0.
    pub(super) fn before(&self, step: usize, device: DeviceId, key: KeyId) -> Standing {
        let position = self.keys.iter().position(|other| *other == key);
        position.map_or(Standing::Open, |position| {
            self.moments[step][device.index() * self.keys.len() + position]
        })
    }

    /// How a device regarded a key after a step, when all had arrived that could.
    pub(super) fn after(&self, step: usize, device: DeviceId, key: KeyId) -> Standing {
        self.before(step + 1, device, key)
    }

    pub(super) fn records(&self, step: usize) -> &[TraceRecord] {
        &self.trace.records()[self.steps[step].clone()]
    }

    pub(super) fn keys(&self) -> &[KeyId] {
        &self.keys
    }
}
