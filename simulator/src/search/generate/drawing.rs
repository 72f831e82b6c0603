use std::collections::BTreeSet;

use atm_engine::Stamp;

use super::actors::Actors;
use super::kinds::Kinds;
use super::{Dice, Mixture};
use crate::scenario::{DeviceName, KeyName, Link, Name, Scenario, Step, TimeSpan};

/// A scenario that is being drawn.
pub(super) struct Drawing<'a> {
    pub(super) scenario: Scenario,
    pub(super) actors: Actors,
    pub(super) kinds: Kinds,
    pub(super) dice: &'a mut Dice,
    pub(super) offline: BTreeSet<DeviceName>,
    pub(super) down: BTreeSet<DeviceName>,
    pub(super) held: BTreeSet<(DeviceName, DeviceName)>,
    pub(super) split: BTreeSet<(Name, Name)>,
    pub(super) without_carbons: BTreeSet<DeviceName>,
    /// The decisions in handwritten stanzas, with sender and receiver.
    pub(super) spoken: Vec<Spoken>,
    /// The accounts to which a step added a key with the identifier of twins.
    pub(super) twins_added: BTreeSet<Name>,
    /// A device and a key that it does not discover at the start.
    pub(super) unmet: Option<(DeviceName, KeyName)>,
}

/// A decision in a handwritten stanza.
#[derive(Clone, Debug)]
pub(super) struct Spoken {
    pub(super) to: DeviceName,
    pub(super) by: DeviceName,
    pub(super) about: KeyName,
    /// The date of the message.
    pub(super) time: Stamp,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(scenario: Scenario, mixture: Mixture, dice: &'a mut Dice) -> Self {
        let mut actors = Actors::of(&scenario);
        if mixture == Mixture::Few {
            actors.choose_busiest(dice);
        }
        let kinds = Kinds::draw(mixture, dice);
        let mut drawing = Self {
            scenario,
            actors,
            kinds,
            dice,
            offline: BTreeSet::new(),
            down: BTreeSet::new(),
            held: BTreeSet::new(),
            split: BTreeSet::new(),
            without_carbons: BTreeSet::new(),
            spoken: Vec::new(),
            twins_added: BTreeSet::new(),
            unmet: None,
        };
        for (account, settings) in drawing.scenario.accounts.iter() {
            for (device, settings) in settings.devices.iter() {
                let name = DeviceName { account: account.clone(), device: device.clone() };
                if settings.offline {
                    drawing.offline.insert(name.clone());
                }
                if !settings.carbons {
                    drawing.without_carbons.insert(name);
                }
            }
        }
        drawing
    }

    /// Draws a step and adds it, if it is possible.
    pub(super) fn draw_step(&mut self, faults: bool, adversaries: bool) {
        let step = match self.dice.below(20) {
            0..=9 => self.authenticate(),
            10 => self.distrust(),
            11 => self.do_something_else(),
            12 => self.change_devices(),
            13..=16 if faults => self.fault(),
            17..=19 if adversaries => self.attack(),
            _ => self.authenticate(),
        };
        self.scenario.steps.extend(step);
    }

    /// The time since the start at the current end of the drawing, in milliseconds.
    pub(super) fn elapsed(&self) -> u64 {
        let pause = self.scenario.network.pause.as_millis();
        let steps = self.scenario.steps.iter().map(|step| match step {
            Step::Wait(time) => time.as_millis(),
            _ => pause,
        });
        pause + steps.sum::<u64>()
    }

    pub(super) fn span(&mut self, millis: &[u64]) -> TimeSpan {
        TimeSpan::from_millis(millis[self.dice.below(millis.len())])
    }

    pub(super) fn link(&mut self) -> Option<Link> {
        let (from, to) = (self.actors.device(self.dice)?, self.actors.device(self.dice)?);
        (from != to).then_some(Link { from, to })
    }
}
