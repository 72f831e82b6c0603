use super::arrow;
use super::drawing::Drawing;
use crate::scenario::{
    AddDevice, Code, DecideStep, DeviceName, DeviceToKeys, Discovery, KeyName, ScanStep, Step,
};

/// Actions of people.
impl Drawing<'_> {
    /// Lets most devices discover the keys of most others, if discovery is left to steps.
    pub(super) fn let_devices_meet(&mut self) {
        if self.scenario.discovery == Discovery::AtStart {
            return;
        }
        let devices = self.actors.devices();
        for device in &devices {
            self.meet(device, &devices);
        }
    }

    /// Lets a device discover the keys of most others.
    fn meet(&mut self, device: &DeviceName, others: &[DeviceName]) {
        let own = self.actors.key_of(device);
        let keys = others.iter().map(|other| self.actors.key_of(other));
        let mut keys: Vec<KeyName> = keys.filter(|key| *key != own).collect();
        keys.dedup();
        if let Some((_, unmet)) = self.unmet.as_ref().filter(|(by, _)| by == device) {
            keys.retain(|key| key != unmet);
        }
        keys.retain(|_| !self.dice.one_in(6));
        if !keys.is_empty() {
            self.scenario.steps.push(Step::Discover(arrow(device.clone(), keys)));
        }
    }

    pub(super) fn authenticate(&mut self) -> Option<Step> {
        // People mostly authenticate in both directions.
        if let Some(Step::Authenticate(last)) = self.scenario.steps.last()
            && self.dice.one_in(2)
            && let Some(back) = self.actors.answer(last)
        {
            return Some(Step::Authenticate(back));
        }
        if self.dice.one_in(8) {
            return self.scan();
        }
        let pair = self.actors.pair(self.dice)?;
        Some(self.several(pair, Step::Authenticate))
    }

    /// Sometimes adds another key of the same owner to a decision, with the same verdict or the opposite one.
    fn several(&mut self, mut who: DeviceToKeys, step: fn(DeviceToKeys) -> Step) -> Step {
        let Some(another) = self.another_key(&who) else { return step(who) };
        match self.dice.below(3) {
            0 => Step::Decide(DecideStep { by: who.device, authenticate: who.keys, distrust: vec![another] }),
            1 => Step::Decide(DecideStep { by: who.device, authenticate: vec![another], distrust: who.keys }),
            _ => {
                who.keys.push(another);
                step(who)
            }
        }
    }

    /// Sometimes returns another key of the same owner.
    fn another_key(&mut self, who: &DeviceToKeys) -> Option<KeyName> {
        let KeyName::Device(first) = who.keys.first().filter(|_| self.dice.one_in(4))? else { return None };
        let another = self.actors.device_of(&first.account, self.dice)?;
        (another != *first && another != who.device).then(|| self.actors.key_of(&another))
    }

    /// Scans the code of another device, or a code that is not a Trust Message URI.
    fn scan(&mut self) -> Option<Step> {
        let (by, shown) = (self.actors.busy_device(self.dice)?, self.actors.device(self.dice)?);
        let code = if self.dice.one_in(8) { self.no_code() } else { Code::Of(shown) };
        Some(Step::Scan(ScanStep { by, code }))
    }

    pub(super) fn distrust(&mut self) -> Option<Step> {
        let pair = self.actors.pair(self.dice)?;
        Some(self.several(pair, Step::Distrust))
    }

    pub(super) fn do_something_else(&mut self) -> Option<Step> {
        let mut pair = self.actors.pair(self.dice)?;
        pair.keys.extend(self.another_key(&pair));
        match (self.dice.below(3), self.scenario.discovery) {
            (0, _) => Some(Step::TrustManually(pair)),
            (_, Discovery::BySteps) => Some(Step::Discover(pair)),
            (1, Discovery::AtStart) => Some(Step::TrustManually(pair)),
            // A device may also discover a key that it knows.
            (_, Discovery::AtStart) => Some(Step::Discover(pair)),
        }
    }

    pub(super) fn change_devices(&mut self) -> Option<Step> {
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
        let (carbons, offline) = (!self.dice.one_in(8), self.dice.one_in(12));
        if offline {
            self.offline.insert(name.clone());
        }
        let key = self.twin_for(&account);
        let added = AddDevice { account, name: name.device.clone(), key, carbons, offline };
        self.scenario.steps.push(Step::AddDevice(added));
        if self.scenario.discovery == Discovery::BySteps {
            let others = self.actors.devices();
            self.meet(&name, &others);
            for other in others.iter().filter(|other| **other != name) {
                self.meet(other, std::slice::from_ref(&name));
            }
        }
        None
    }
}
