use super::drawing::Drawing;
use super::settings::twin;
use crate::scenario::{Discovery, EncryptionNamespace, Forge, InjectDevice, KeyText, Name, Step};

/// Steps of adversaries.
impl Drawing<'_> {
    pub(super) fn attack(&mut self) -> Option<Step> {
        match self.dice.below(11) {
            0 => self.link().map(Step::Block),
            1 => self.link().map(Step::Unblock),
            2 => self.link().map(Step::Replay),
            3 => self.inject(),
            4 => {
                let device = self.actors.device(self.dice)?;
                self.actors.compromise(&device);
                Some(Step::Compromise(device))
            }
            5 | 6 => self.stanza().map(Step::Deliver),
            7 => self.adversarial_barrage(),
            _ => self.forge(),
        }
    }

    fn inject(&mut self) -> Option<Step> {
        let account = self.actors.account_of_many_keys(self.dice)?;
        let name = self.actors.inject(&account);
        let key = self.twin_for(&account);
        let injected = InjectDevice { account, name: name.device.clone(), key };
        self.scenario.steps.push(Step::InjectDevice(injected));
        if self.scenario.discovery == Discovery::BySteps {
            let key = self.actors.key_of(&name);
            for device in self.actors.devices() {
                if !self.dice.one_in(3) {
                    let discovery = super::arrow(device, vec![key.clone()]);
                    self.scenario.steps.push(Step::Discover(discovery));
                }
            }
        }
        None
    }

    /// Now and then, the shared identifier of twins for a new key of an account whose devices do not have it.
    pub(super) fn twin_for(&mut self, account: &Name) -> Option<KeyText> {
        let is_usual = self.scenario.encryption == EncryptionNamespace::default();
        let settings = self.scenario.accounts.get(account)?;
        let mut given = settings.devices.iter().filter_map(|(_, device)| device.key.clone());
        let is_new = !settings.one_key && given.next().is_none() && !self.twins_added.contains(account);
        if !(is_usual && is_new && self.dice.one_in(6)) {
            return None;
        }
        self.twins_added.insert(account.clone());
        Some(twin())
    }

    fn forge(&mut self) -> Option<Step> {
        let by = self.actors.adversary(self.dice)?;
        let to = self.actors.account(self.dice);
        let (mut trust, mut distrust) = (Vec::new(), Vec::new());
        for _ in 0..=self.dice.below(2) {
            let key = self.actors.key(self.dice)?;
            if trust.contains(&key) || distrust.contains(&key) {
                continue;
            }
            if self.dice.one_in(3) { distrust.push(key) } else { trust.push(key) }
        }
        let dated = if self.dice.one_in(4) { Some(self.skew()) } else { None };
        Some(Step::Forge(Forge { by, to, trust, distrust, dated }))
    }
}
