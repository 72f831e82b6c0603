use super::actors::Actors;
use super::drawing::Drawing;
use super::kinds::Fault;
use crate::scenario::{AccountPair, DeviceName, Link, Skew, SkewClock, SlowDown, Step, TimeSpan};

/// Faults of the network and of devices.
impl Drawing<'_> {
    pub(super) fn fault(&mut self) -> Option<Step> {
        match *self.dice.one_of(&self.kinds.faults)? {
            Fault::GoOfflineOrOnline => {
                let device = self.actors.busy_device(self.dice)?;
                if self.offline.remove(&device) {
                    return Some(Step::GoOnline(device));
                }
                self.offline.insert(device.clone());
                Some(Step::GoOffline(device))
            }
            Fault::HoldOrRelease => self.hold_or_release(),
            Fault::Duplicate => self.link().map(Step::Duplicate),
            Fault::LetThroughOrReorder => {
                self.held_link().map(if self.dice.one_in(3) { Step::LetThrough } else { Step::Reorder })
            }
            Fault::PartOrHeal => self.part_or_heal(),
            Fault::Crash => self.crash(Step::Crash),
            Fault::CrashWhileSending => self.crash(Step::CrashWhileSending),
            Fault::CrashWhileReceiving => self.crash(Step::CrashWhileReceiving),
            Fault::Restart => self.actors.busy_device(self.dice).map(|device| {
                self.down.remove(&device);
                Step::Restart(device)
            }),
            Fault::SlowDown => {
                let latency = self.span(&[5, 100, 3_000]);
                self.link().map(|link| Step::SlowDown(SlowDown { link, latency }))
            }
            Fault::SkewClock => {
                let by = self.skew();
                self.actors.busy_device(self.dice).map(|device| Step::SkewClock(SkewClock { device, by }))
            }
            Fault::Carbons => {
                let device = self.actors.busy_device(self.dice)?;
                if self.without_carbons.remove(&device) {
                    return Some(Step::CarbonsOn(device));
                }
                self.without_carbons.insert(device.clone());
                Some(Step::CarbonsOff(device))
            }
            Fault::Lose => self.lose(),
            Fault::Wait => Some(Step::Wait(self.span(&[5, 1_000, 400_000]))),
        }
    }

    fn hold_or_release(&mut self) -> Option<Step> {
        let link = self.link()?;
        let pair = (link.from.clone(), link.to.clone());
        if self.held.remove(&pair) {
            return Some(Step::Release(link));
        }
        self.held.insert(pair);
        Some(Step::Hold(link))
    }

    fn part_or_heal(&mut self) -> Option<Step> {
        let (one, other) = self.actors.two_accounts(self.dice)?;
        let pair = AccountPair { one: one.clone(), other: other.clone() };
        if self.split.remove(&(one.clone(), other.clone())) {
            return Some(Step::Heal(pair));
        }
        self.split.insert((one, other));
        Some(Step::Partition(pair))
    }

    fn crash(&mut self, step: impl Fn(DeviceName) -> Step) -> Option<Step> {
        let device = self.actors.busy_device(self.dice)?;
        self.down.insert(device.clone());
        Some(step(device))
    }

    pub(super) fn skew(&mut self) -> Skew {
        let span: TimeSpan = self.span(&[1_000, 60_000, 290_000, 600_000]);
        if self.dice.one_in(2) { Skew::Ahead(span) } else { Skew::Behind(span) }
    }

    fn held_link(&mut self) -> Option<Link> {
        let there =
            |(from, to): &&(DeviceName, DeviceName)| self.actors.is_there(from) && self.actors.is_there(to);
        let held: Vec<_> = self.held.iter().filter(there).cloned().collect();
        if held.is_empty() {
            return None;
        }
        let (from, to) = held[self.dice.below(held.len())].clone();
        Some(Link { from, to })
    }

    /// Ends all faults, so that the invariants of a quiet world apply.
    pub(super) fn calm_down(&mut self) {
        let there = |device: &DeviceName, actors: &Actors| actors.is_there(device);
        let steps = &mut self.scenario.steps;
        let offline: Vec<_> =
            self.offline.iter().filter(|device| there(device, &self.actors)).cloned().collect();
        steps.extend(offline.into_iter().map(Step::GoOnline));
        let down: Vec<_> = self.down.iter().filter(|device| there(device, &self.actors)).cloned().collect();
        steps.extend(down.into_iter().map(Step::Restart));
        for (from, to) in std::mem::take(&mut self.held) {
            if there(&from, &self.actors) && there(&to, &self.actors) {
                steps.push(Step::Release(Link { from, to }));
            }
        }
        for (one, other) in std::mem::take(&mut self.split) {
            steps.push(Step::Heal(AccountPair { one, other }));
        }
    }
}
