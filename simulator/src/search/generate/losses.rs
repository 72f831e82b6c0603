use super::arrow;
use super::drawing::Drawing;
use crate::scenario::{DeviceName, Step};

/// Losses of devices: keys that leave the device list, and everything after a backup.
impl Drawing<'_> {
    pub(super) fn lose(&mut self) -> Option<Step> {
        if self.dice.one_in(2) {
            return self.forget_or_find_again();
        }
        let device = self.actors.busy_device(self.dice)?;
        Some(self.back_up_or_restore(device))
    }

    /// Restores a device from its backup, or makes a backup if there is none.
    pub(super) fn back_up_or_restore(&mut self, device: DeviceName) -> Step {
        let has_backup = self.scenario.steps.contains(&Step::BackUp(device.clone()));
        if !has_backup || self.dice.one_in(4) {
            return Step::BackUp(device);
        }
        self.down.remove(&device);
        Step::Restore(device)
    }

    fn forget_or_find_again(&mut self) -> Option<Step> {
        let gone = self.scenario.steps.iter().rev().find_map(|step| match step {
            Step::Forget(gone) => Some(gone.clone()),
            _ => None,
        });
        match gone.filter(|gone| self.actors.is_there(&gone.device)) {
            Some(gone) if !self.dice.one_in(3) => Some(Step::Discover(gone)),
            _ => self.actors.pair(self.dice).map(Step::Forget),
        }
    }

    /// Lets a device receive decisions, decide on keys, go back to a backup, and then authenticate a sender.
    pub(super) fn let_device_go_back(&mut self, device: &DeviceName) {
        for _ in 0..1 + self.dice.below(3) {
            let step = match self.dice.below(3) {
                0 => self.word_to(device).map(Step::Deliver),
                1 => self.decision_at(device, Step::Distrust),
                _ => self.decision_at(device, Step::Authenticate),
            };
            self.scenario.steps.extend(step);
        }
        self.scenario.steps.push(Step::BackUp(device.clone()));
        for _ in 0..self.dice.below(3) {
            let step = match self.dice.below(2) {
                0 => self.word_to(device).map(Step::Deliver),
                _ => self.authenticate_speaker(),
            };
            self.scenario.steps.extend(step);
        }
        self.scenario.steps.push(Step::Restore(device.clone()));
        let step = self.authenticate_speaker();
        self.scenario.steps.extend(step);
    }

    /// Lets a person decide on the key of another device.
    fn decision_at(
        &mut self,
        by: &DeviceName,
        step: fn(crate::scenario::DeviceToKeys) -> Step,
    ) -> Option<Step> {
        let other = self.actors.device(self.dice)?;
        let key = self.actors.key_of(&other);
        (key != self.actors.key_of(by)).then(|| step(arrow(by.clone(), vec![key])))
    }
}
