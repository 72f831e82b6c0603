use super::drawing::{Drawing, Spoken};
use super::kinds::Act;
use super::{Bounds, Dice, Mixture, arrow, base, settings};
use crate::scenario::{Discovery, Scenario, Step};

/// A scenario in which devices receive many odd inputs.
pub(super) fn scenario(dice: &mut Dice, bounds: &Bounds) -> Scenario {
    let mut scenario = base();
    let count = match bounds.mixture {
        Mixture::All => settings::mostly_few(dice, bounds.accounts),
        Mixture::Few => 1 + dice.below(bounds.accounts),
    };
    scenario.accounts = settings::accounts(dice, count, bounds.devices);
    settings::draw_few(dice, &mut scenario);
    let mut drawing = Drawing::new(scenario, bounds.mixture, dice);
    let theme = drawing.theme();
    drawing.let_devices_meet();
    let before = drawing.scenario.steps.len();
    drawing.begin(theme);
    let steps = bounds.steps.saturating_sub(drawing.scenario.steps.len() - before);
    for _ in 0..1 + drawing.dice.below(steps.max(1)) {
        let step = drawing.draw_for_interpretation(bounds.faults);
        drawing.scenario.steps.extend(step);
    }
    drawing.calm_down();
    drawing.scenario
}

impl Drawing<'_> {
    fn draw_for_interpretation(&mut self, faults: bool) -> Option<Step> {
        match *self.dice.one_of(&self.kinds.acts)? {
            Act::AuthenticateSpeaker => self.authenticate_speaker(),
            Act::Authenticate => self.authenticate(),
            Act::Distrust => self.distrust(),
            Act::DiscoverWhatWasSpokenOf => self.discover_what_was_spoken_of(),
            Act::ChangeDevices => self.change_devices(),
            Act::ScanOddCode => self.odd_scan(),
            Act::Fault if faults => self.fault(),
            Act::Barrage => self.any_barrage(),
            Act::Fault | Act::Stanza => self.any_stanza().map(Step::Deliver),
        }
    }

    /// Authenticates the sender of an earlier decision, often of the last one.
    pub(super) fn authenticate_speaker(&mut self) -> Option<Step> {
        if self.spoken.is_empty() {
            return self.authenticate();
        }
        let last = self.spoken.len() - 1;
        let which = if self.dice.one_in(2) { last } else { self.dice.below(self.spoken.len()) };
        let Spoken { to, by, .. } = self.spoken[which].clone();
        let is_there = self.actors.is_there(&to) && to != by;
        is_there.then(|| Step::Authenticate(arrow(to, vec![self.actors.key_of(&by)])))
    }

    /// Lets a device discover a key that it received a decision about, or the sender's key.
    pub(super) fn discover_what_was_spoken_of(&mut self) -> Option<Step> {
        if self.spoken.is_empty() || self.scenario.discovery == Discovery::AtStart {
            return self.do_something_else();
        }
        let Spoken { to, by, about, .. } = self.spoken[self.dice.below(self.spoken.len())].clone();
        let key = if self.dice.one_in(3) { self.actors.key_of(&by) } else { about };
        let knows = self.actors.is_there(&to) && key != self.actors.key_of(&to);
        knows.then(|| Step::Discover(arrow(to, vec![key])))
    }
}
