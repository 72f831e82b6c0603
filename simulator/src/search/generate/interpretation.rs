use super::drawing::{Drawing, Spoken};
use super::{Bounds, Dice, arrow, base, settings};
use crate::scenario::{DeviceToKeys, Discovery, KeyName, Scenario, Step};

/// A scenario in which devices are given much that is odd.
pub(super) fn scenario(dice: &mut Dice, bounds: &Bounds) -> Scenario {
    let mut scenario = base();
    scenario.accounts = settings::accounts(dice, bounds);
    settings::draw_few(dice, &mut scenario);
    let mut drawing = Drawing::new(scenario, dice);
    drawing.let_devices_meet();
    let mut steps = bounds.steps;
    if drawing.dice.one_in(2) {
        steps = steps.saturating_sub(drawing.let_words_wait());
    }
    for _ in 0..1 + drawing.dice.below(steps.max(1)) {
        let step = drawing.draw_for_interpretation(bounds.faults);
        drawing.scenario.steps.extend(step);
    }
    drawing.calm_down();
    drawing.scenario
}

impl Drawing<'_> {
    fn draw_for_interpretation(&mut self, faults: bool) -> Option<Step> {
        match self.dice.below(20) {
            0..=2 => self.authenticate_speaker(),
            3..=5 => self.authenticate().map(|step| self.several(step)),
            6 => self.distrust().map(|step| self.several(step)),
            7 | 8 => self.discover_what_was_spoken_of(),
            9 => self.change_devices(),
            10 => self.odd_scan(),
            11..=13 if faults => self.fault(),
            _ => self.any_stanza().map(Step::Deliver),
        }
    }

    /// Lets a device hear what it cannot use yet, and come to trust who said it, or to know whom it is about. Returns how many
    /// steps that took.
    fn let_words_wait(&mut self) -> usize {
        let before = self.scenario.steps.len();
        let Some(to) = self.actors.device(self.dice) else { return 0 };
        if self.dice.one_in(3) {
            let known = self.actors.device(self.dice).filter(|known| *known != to);
            let key =
                known.map(|known| self.actors.key_of(&known)).filter(|key| *key != self.actors.key_of(&to));
            let step = key.map(|key| Step::Authenticate(arrow(to.clone(), vec![key])));
            self.scenario.steps.extend(step);
        }
        for _ in 0..1 + self.dice.below(3) {
            let step = self.word_to(&to).map(Step::Deliver);
            self.scenario.steps.extend(step);
        }
        if self.dice.one_in(5) {
            self.scenario.steps.push(Step::Restart(to.clone()));
        }
        for _ in 0..1 + self.dice.below(3) {
            let step = match self.dice.below(5) {
                0 if !self.spoken.is_empty() => {
                    let spoken = self.spoken[self.dice.below(self.spoken.len())].clone();
                    self.vouch_for(&spoken).map(Step::Deliver)
                }
                1 | 2 => self.discover_what_was_spoken_of(),
                _ => self.authenticate_speaker(),
            };
            self.scenario.steps.extend(step);
        }
        self.scenario.steps.len() - before
    }

    /// Authenticates somebody whose word has arrived, often the last one.
    fn authenticate_speaker(&mut self) -> Option<Step> {
        if self.spoken.is_empty() {
            return self.authenticate();
        }
        let last = self.spoken.len() - 1;
        let which = if self.dice.one_in(2) { last } else { self.dice.below(self.spoken.len()) };
        let Spoken { to, by, .. } = self.spoken[which].clone();
        let is_there = self.actors.is_there(&to) && to != by;
        is_there.then(|| Step::Authenticate(arrow(to, vec![self.actors.key_of(&by)])))
    }

    /// Lets a device come to know a key of which it has heard.
    fn discover_what_was_spoken_of(&mut self) -> Option<Step> {
        if self.spoken.is_empty() || self.scenario.discovery == Discovery::AtStart {
            return self.do_something_else();
        }
        let Spoken { to, by, about } = self.spoken[self.dice.below(self.spoken.len())].clone();
        let key = if self.dice.one_in(3) { self.actors.key_of(&by) } else { about };
        let knows = self.actors.is_there(&to) && key != self.actors.key_of(&to);
        knows.then(|| Step::Discover(arrow(to, vec![key])))
    }

    /// Lets a person decide on another key of the same owner in the same go, now and then.
    fn several(&mut self, step: Step) -> Step {
        match step {
            Step::Authenticate(who) => Step::Authenticate(self.with_another(who)),
            Step::Distrust(who) => Step::Distrust(self.with_another(who)),
            other => other,
        }
    }

    fn with_another(&mut self, mut who: DeviceToKeys) -> DeviceToKeys {
        if self.dice.one_in(4)
            && let Some(KeyName::Device(first)) = who.keys.first().cloned()
            && let Some(another) = self.actors.device(self.dice)
            && another.account == first.account
            && another != first
            && another != who.device
        {
            who.keys.push(self.actors.key_of(&another));
        }
        who
    }
}
