use atm_engine::DecisionKind::{self, Distrust, Trust};

use super::drawing::{Drawing, Spoken};
use super::envelope::{Layout, Speech};
use super::oddity::Oddity;
use crate::scenario::{DeliverStep, DeviceName, KeyName, Step};

/// The sender, the receiver and a third device that the stanza involves.
type Speakers<'a> = (&'a DeviceName, &'a DeviceName, &'a DeviceName);

/// The possible ages of a backdated message, in milliseconds. Some devices compare whole seconds, and all tolerate at
/// least a few.
const DATED_BACK: [i64; 4] = [1, 1_000, 7_000, 200_000];

impl Drawing<'_> {
    /// A handwritten stanza of an adversary. If its decisions may count, it uses the key of a device that the adversary
    /// controls.
    pub(super) fn stanza(&mut self) -> Option<DeliverStep> {
        let oddity = *self.dice.one_of(&Oddity::OF_ADVERSARIES)?;
        let to = self.actors.device(self.dice)?;
        let by = match oddity.needs_key() {
            true => self.actors.adversary(self.dice)?,
            false => self.actors.device(self.dice)?,
        };
        let other = self.actors.device(self.dice)?;
        let about = match oddity {
            Oddity::AboutReceiver => self.actors.key_of(&to),
            _ => self.actors.key(self.dice)?,
        };
        let about = vec![(about, self.verdict())];
        let speech = self.speech(oddity, (&by, &to, &other), about)?;
        self.written(&speech)
    }

    /// A handwritten stanza with any key, often one that the receiver has authenticated. Half of them are not odd.
    /// Sometimes an earlier stanza is repeated.
    pub(super) fn any_stanza(&mut self) -> Option<DeliverStep> {
        if self.dice.one_in(10) {
            return self.repeated();
        }
        let is_odd = !self.kinds.oddities.is_empty() && !self.dice.one_in(2);
        let oddity = if is_odd { *self.dice.one_of(&self.kinds.oddities)? } else { Oddity::None };
        // Often several senders tell one device about one key.
        let again = match self.spoken.last() {
            Some(last) if self.dice.one_in(3) && self.actors.is_there(&last.to) => Some(last.clone()),
            _ => None,
        };
        let to = match &again {
            Some(last) => last.to.clone(),
            None => self.actors.busy_device(self.dice)?,
        };
        let known = self.authenticated_by(&to);
        let sender = |drawing: &mut Self| {
            if known.is_empty() || drawing.dice.one_in(2) {
                return drawing.actors.device(drawing.dice);
            }
            drawing.dice.one_of(&known).cloned()
        };
        // Often the sender is the device that the last decision was about.
        let spoken_of = match &again {
            Some(Spoken { about: KeyName::Device(device), .. }) if self.dice.one_in(3) => {
                Some(device.clone())
            }
            _ => None,
        };
        let by = match spoken_of {
            Some(device) => device,
            None => sender(self)?,
        };
        let other = sender(self)?;
        let mut about: Vec<(KeyName, DecisionKind)> = Vec::new();
        for _ in 0..1 + self.dice.below(3) {
            let key = match (oddity, &again) {
                (Oddity::AboutReceiver, _) => self.actors.key_of(&to),
                // A sender may also vouch for the previous sender.
                (_, Some(last)) if about.is_empty() && self.dice.one_in(3) => self.actors.key_of(&last.by),
                (_, Some(last)) if about.is_empty() && self.dice.one_in(2) => last.about.clone(),
                _ if self.dice.one_in(2) => {
                    self.actors.key_of(&self.actors.device_of(&by.account, self.dice)?)
                }
                _ => self.actors.key(self.dice)?,
            };
            if about.iter().all(|(other, _)| *other != key) {
                about.push((key, self.verdict()));
            }
        }
        self.say(oddity, (&by, &to, &other), about)
    }

    /// A normal stanza whose decision may count once the receiver authenticates the sender: a device tells the receiver
    /// about a key of its own account, or an own device tells it about any key. Often the key is that of the last
    /// decision.
    pub(super) fn word_to(&mut self, to: &DeviceName) -> Option<DeliverStep> {
        let last = self.spoken.last().filter(|last| last.to == *to).cloned();
        let by = match &last {
            Some(Spoken { about: KeyName::Device(device), .. })
                if self.dice.one_in(4) && self.actors.is_there(device) =>
            {
                device.clone()
            }
            _ => self.actors.device(self.dice)?,
        };
        let about = match &last {
            Some(last) if self.dice.one_in(2) => last.about.clone(),
            _ if by.account == to.account => self.actors.key(self.dice)?,
            _ => self.actors.key_of(&self.actors.device_of(&by.account, self.dice)?),
        };
        self.word(&by, to, about)
    }

    /// A stanza in which one device tells another about a key.
    pub(super) fn word(&mut self, by: &DeviceName, to: &DeviceName, about: KeyName) -> Option<DeliverStep> {
        let (key_of_by, key_of_to) = (self.actors.key_of(by), self.actors.key_of(to));
        if [&key_of_by, &key_of_to].contains(&&about) || key_of_by == key_of_to {
            return None;
        }
        let verdict = self.verdict();
        self.say(Oddity::None, (by, to, by), vec![(about, verdict)])
    }

    /// A stanza in which an authenticated device vouches for the previous sender.
    pub(super) fn vouch_for(&mut self, Spoken { to, by: speaker, .. }: &Spoken) -> Option<DeliverStep> {
        let known = self.authenticated_by(to);
        let by = self.dice.one_of(&known)?.clone();
        if by == *speaker || by.account != to.account && by.account != speaker.account {
            return None;
        }
        let about = vec![(self.actors.key_of(speaker), Trust)];
        self.say(Oddity::None, (&by, to, &by), about)
    }

    /// An earlier stanza, once more.
    pub(super) fn repeated(&mut self) -> Option<DeliverStep> {
        let delivered = self.scenario.steps.iter().filter_map(|step| match step {
            Step::Deliver(deliver) if self.actors.is_there(&deliver.to) => Some(deliver),
            _ => None,
        });
        let delivered: Vec<&DeliverStep> = delivered.collect();
        self.dice.one_of(&delivered).map(|deliver| (*deliver).clone())
    }

    /// Writes a stanza and notes its decisions.
    fn say(
        &mut self,
        oddity: Oddity,
        speakers: Speakers<'_>,
        about: Vec<(KeyName, DecisionKind)>,
    ) -> Option<DeliverStep> {
        let mut speech = self.speech(oddity, speakers, about)?;
        if oddity == Oddity::None && self.dice.one_in(4) {
            speech.time = self.dated_back(&speech);
        }
        if self.dice.one_in(3) {
            speech.layout = Layout::Apart;
        }
        let stanza = self.written(&speech)?;
        let (about, _) = speech.about.swap_remove(0);
        self.spoken.push(Spoken { to: speech.to, by: speech.by, about, time: speech.time });
        Some(stanza)
    }

    fn speech(
        &self,
        oddity: Oddity,
        (by, to, other): Speakers<'_>,
        mut about: Vec<(KeyName, DecisionKind)>,
    ) -> Option<Speech> {
        if by == to || other.account == by.account && oddity == Oddity::SpoofedSender {
            return None;
        }
        let besides = match oddity {
            Oddity::AboutReceiverToo => Some(to),
            Oddity::AboutSpeakerToo => Some(by),
            _ => None,
        };
        if let Some(device) = besides {
            let (key, verdict) = (self.actors.key_of(device), about.first()?.1);
            about.retain(|(other, _)| *other != key);
            about.push((key, verdict));
        }
        let (by, to, other, time) = (by.clone(), to.clone(), other.clone(), self.now());
        Some(Speech { oddity, by, to, other, about, layout: Layout::Together, time })
    }

    /// A time before now, often that of the sender's last message.
    fn dated_back(&mut self, speech: &Speech) -> atm_engine::Stamp {
        let same = self.spoken.iter().rev().find(|spoken| spoken.by == speech.by && spoken.to == speech.to);
        let millis = self.dice.one_of(&DATED_BACK).copied().unwrap_or_default();
        match same {
            Some(spoken) if self.dice.one_in(2) => spoken.time,
            _ => speech.time.offset(-millis),
        }
    }

    fn verdict(&mut self) -> DecisionKind {
        if self.dice.one_in(self.kinds.words_for_a_distrust) { Distrust } else { Trust }
    }

    /// The devices whose own keys a person has authenticated at `device`.
    pub(super) fn authenticated_by(&self, device: &DeviceName) -> Vec<DeviceName> {
        let decided = self.scenario.steps.iter().filter_map(|step| match step {
            Step::Authenticate(who) if who.device == *device => Some(&who.keys),
            Step::Decide(decide) if decide.by == *device => Some(&decide.authenticate),
            _ => None,
        });
        let known = decided.flatten().filter_map(|key| match key {
            KeyName::Device(known) => Some(known.clone()),
            KeyName::Named(_) => None,
        });
        known.filter(|known| self.actors.is_there(known)).collect()
    }
}
