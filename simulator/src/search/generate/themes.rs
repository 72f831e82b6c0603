//! The beginnings of random scenarios with odd inputs. Some mistakes need several events in sequence, which chance
//! rarely produces.

use super::arrow;
use super::drawing::Drawing;
use crate::scenario::{Code, DeviceName, Discovery, KeyName, ScanStep, Step};

/// The beginning of a scenario.
#[derive(Clone, Debug)]
pub(super) enum Theme {
    /// No particular beginning.
    Any,
    /// A device receives decisions that it cannot use yet. Then it authenticates their sender or discovers their keys.
    WordsWait(DeviceName),
    /// A device receives several decisions about an unknown key and then discovers the key.
    WordsPrecedeDiscovery(DeviceName, KeyName),
    /// A person decides on an unknown key, and then the device discovers it.
    DecisionPrecedesDiscovery(DeviceName, KeyName),
    /// A person authenticates several keys at a device, of contacts and of the own account.
    Friends(DeviceName),
    /// A device receives contradicting decisions about a key, and one of them again after a restart.
    Replay(DeviceName),
    /// A device restores a backup.
    GoingBack(DeviceName),
}

impl Drawing<'_> {
    /// Draws the beginning of the scenario.
    pub(super) fn theme(&mut self) -> Theme {
        let Some(device) = self.actors.busy_device(self.dice) else { return Theme::Any };
        match self.dice.below(13) {
            0..=3 => Theme::WordsWait(device),
            4 => Theme::Friends(device),
            5 => Theme::Replay(device),
            8 => Theme::GoingBack(device),
            6 => self
                .with_unmet_key(&device)
                .map_or(Theme::Any, |key| Theme::WordsPrecedeDiscovery(device, key)),
            7 => {
                let unmet = self.with_unmet_key(&device);
                unmet.map_or(Theme::Any, |key| Theme::DecisionPrecedesDiscovery(device, key))
            }
            _ => Theme::Any,
        }
    }

    /// A key that a device does not discover at the start.
    fn with_unmet_key(&mut self, device: &DeviceName) -> Option<KeyName> {
        let key = self.actors.key(self.dice).filter(|key| *key != self.actors.key_of(device))?;
        self.scenario.discovery = Discovery::BySteps;
        self.unmet = Some((device.clone(), key.clone()));
        Some(key)
    }

    /// Adds the beginning that a theme describes.
    pub(super) fn begin(&mut self, theme: Theme) {
        match theme {
            Theme::Any => {}
            Theme::WordsWait(to) => self.let_words_wait(&to),
            Theme::WordsPrecedeDiscovery(to, key) => self.let_words_precede_discovery(&to, &key),
            Theme::DecisionPrecedesDiscovery(by, key) => self.let_decision_precede_discovery(&by, &key),
            Theme::Friends(by) => self.let_friends_be_made(&by),
            Theme::Replay(to) => self.let_words_be_replayed(&to),
            Theme::GoingBack(device) => self.let_device_go_back(&device),
        }
    }

    fn let_words_wait(&mut self, to: &DeviceName) {
        if self.dice.one_in(3) {
            self.befriend(to);
        }
        for _ in 0..1 + self.dice.below(3) {
            let step = self.word_to(to).map(Step::Deliver);
            self.scenario.steps.extend(step);
        }
        self.restart_now_and_then(to);
        for _ in 0..1 + self.dice.below(3) {
            let spoken = self.dice.one_of(&self.spoken).cloned();
            let step = match (self.dice.below(5), spoken) {
                (0, Some(spoken)) => self.vouch_for(&spoken).map(Step::Deliver),
                (1 | 2, _) => self.discover_what_was_spoken_of(),
                _ => self.authenticate_speaker(),
            };
            self.scenario.steps.extend(step);
        }
    }

    fn let_words_precede_discovery(&mut self, to: &DeviceName, key: &KeyName) {
        for _ in 0..1 + self.dice.below(2) {
            self.befriend(to);
        }
        for _ in 0..1 + self.dice.below(3) {
            let Some(by) = self.speaker_about(to, key) else { continue };
            let step = self.word(&by, to, key.clone()).map(Step::Deliver);
            self.scenario.steps.extend(step);
        }
        self.restart_now_and_then(to);
        self.scenario.steps.push(Step::Discover(arrow(to.clone(), vec![key.clone()])));
    }

    fn let_decision_precede_discovery(&mut self, by: &DeviceName, key: &KeyName) {
        if self.dice.one_in(2) {
            self.befriend(by);
        }
        let who = arrow(by.clone(), vec![key.clone()]);
        let step = match (self.dice.below(4), key) {
            (0, _) => Step::Distrust(who),
            (1, KeyName::Device(shown)) => {
                Step::Scan(ScanStep { by: by.clone(), code: Code::Of(shown.clone()) })
            }
            _ => Step::Authenticate(who),
        };
        self.scenario.steps.push(step);
        self.restart_now_and_then(by);
        self.scenario.steps.push(Step::Discover(arrow(by.clone(), vec![key.clone()])));
    }

    fn let_friends_be_made(&mut self, by: &DeviceName) {
        for _ in 0..2 + self.dice.below(3) {
            self.befriend(by);
        }
    }

    fn let_words_be_replayed(&mut self, to: &DeviceName) {
        self.befriend(to);
        for _ in 0..2 + self.dice.below(2) {
            let step = self.word_to(to).map(Step::Deliver);
            self.scenario.steps.extend(step);
            if self.dice.one_in(2) {
                let step = self.authenticate_speaker();
                self.scenario.steps.extend(step);
            }
        }
        self.restart_now_and_then(to);
        let step = self.repeated().map(Step::Deliver);
        self.scenario.steps.extend(step);
    }

    /// Lets a person authenticate the key of another device.
    fn befriend(&mut self, by: &DeviceName) {
        let Some(friend) = self.actors.device(self.dice) else { return };
        let key = self.actors.key_of(&friend);
        if key != self.actors.key_of(by) {
            self.scenario.steps.push(Step::Authenticate(arrow(by.clone(), vec![key])));
        }
    }

    /// A device whose decisions about a key may count at another device, often one whose key was authenticated there.
    fn speaker_about(&mut self, to: &DeviceName, key: &KeyName) -> Option<DeviceName> {
        let known = self.authenticated_by(to);
        let owner = match key {
            KeyName::Device(device) => &device.account,
            KeyName::Named(_) => &to.account,
        };
        let may_speak: Vec<DeviceName> =
            known.into_iter().filter(|by| by.account == to.account || by.account == *owner).collect();
        match self.dice.one_of(&may_speak).filter(|_| !self.dice.one_in(4)) {
            Some(by) => Some(by.clone()),
            None => self.actors.device(self.dice),
        }
    }

    fn restart_now_and_then(&mut self, device: &DeviceName) {
        if self.dice.one_in(3) {
            self.scenario.steps.push(Step::Restart(device.clone()));
        }
    }
}
