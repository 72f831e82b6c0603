use super::drawing::{Drawing, Spoken};
use crate::scenario::{ChainStep, DeviceName, FloodStep, KeyName, Step};

/// The number of keys in a flood: few or many, but never more decisions than a device has room for.
const FLOODS: [u32; 2] = [3, 40];

/// Decisions by and about keys that no device has.
impl Drawing<'_> {
    /// A barrage from an adversary's keys.
    pub(super) fn adversarial_barrage(&mut self) -> Option<Step> {
        let (by, other) = (self.actors.adversary(self.dice)?, self.actors.adversary(self.dice)?);
        let to = self.actors.device(self.dice)?;
        self.barrage(&by, &to, &other)
    }

    /// A barrage from any device, often one that the receiver has authenticated.
    pub(super) fn any_barrage(&mut self) -> Option<Step> {
        let to = self.actors.busy_device(self.dice)?;
        let known = self.authenticated_by(&to);
        let by = match self.dice.one_of(&known).filter(|_| self.dice.one_in(2)) {
            Some(by) => by.clone(),
            None => self.actors.device(self.dice)?,
        };
        let other = self.actors.device(self.dice)?;
        self.barrage(&by, &to, &other)
    }

    /// A flood of trusted keys, or a chain that begins with the key of `first`.
    fn barrage(&mut self, by: &DeviceName, to: &DeviceName, first: &DeviceName) -> Option<Step> {
        if self.dice.one_in(2) {
            let keys = *self.dice.one_of(&FLOODS)?;
            return (by != to).then(|| Step::Flood(FloodStep { to: to.clone(), from: by.clone(), keys }));
        }
        let last = self.actors.device_of(&first.account, self.dice)?;
        let (first, last) = (self.actors.key_of(first), self.actors.key_of(&last));
        if by == to || first == last {
            return None;
        }
        if let KeyName::Device(_) = first {
            let time = self.now();
            self.spoken.push(Spoken { to: to.clone(), by: by.clone(), about: first.clone(), time });
        }
        let length = 1 + u32::try_from(self.dice.below(5)).expect("a small number");
        Some(Step::Chain(ChainStep { to: to.clone(), from: by.clone(), first, last, length }))
    }
}
