//! A world of accounts, devices and a server in virtual time.
//!
//! A world is what is [`enabled`](World::enabled) and what happens in a [`step`](World::step). Virtual time
//! in order is one schedule of many: the first of what is enabled is always what comes next in time, so that
//! search and shrinking run the same code.

mod hosts;
mod network;

use atm_engine::{Device, Input, Level, ManualDecision, Outcome, Received, Rules, Stamp, Verdict};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rustc_hash::FxHashSet;

use crate::cast::{Cast, DeviceId};
use crate::endpoint::{Endpoint, Failure};
use crate::scenario::{Delivery, Discovery};
use crate::script::{Action, Link, Script};
use crate::trace::{Event, MessageNumber, Observer, Route};
use hosts::Host;
use network::{Network, Packet};

/// The random number generator of every world, as the header of a trace names it.
pub const RNG: &str = "ChaCha8";

/// A world in which a scenario runs.
#[derive(Debug)]
pub struct World<E> {
    script: Script,
    hosts: Vec<Host<E>>,
    network: Network,
    rng: ChaCha8Rng,
    now: Stamp,
    next_step: usize,
    next_step_at: Stamp,
    messages_sent: u64,
    links: FxHashSet<(atm_engine::AccountId, atm_engine::AccountId)>,
    outcome: Outcome,
}

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The next step of the scenario.
    Act,
    /// The stanza that is n-th in line on a link arrives; 0 is the first.
    Deliver(Link, usize),
}

/// Chooses what happens next.
pub trait Schedule {
    /// The position in `enabled` of what happens next; `None` to stop. `enabled` is never empty, and its
    /// first entry is what comes next in time.
    fn choose(&mut self, enabled: &[Choice]) -> Option<usize>;
}

impl World<Device> {
    /// A world in which all devices are the reference engine with these rules.
    #[must_use]
    pub fn of_devices(script: Script, rules: Rules, seed: u64) -> Self {
        let rules = Rules { policy: script.policy, ..rules };
        Self::new(script, seed, |cast, device| {
            let member = cast.member(device);
            Device::new(member.endpoint, member.key, member.sharing, rules, cast.directory())
        })
    }
}

impl<E: Endpoint> World<E> {
    /// A world at the start of a script, with the endpoints that `endpoint` makes.
    pub fn new(script: Script, seed: u64, mut endpoint: impl FnMut(&Cast, DeviceId) -> E) -> Self {
        let hosts = script.cast.devices().map(|(device, member)| Host {
            endpoint: endpoint(&script.cast, device),
            joined: false,
            online: !member.offline,
            archive: Vec::new(),
        });
        Self {
            hosts: hosts.collect(),
            network: Network::default(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: script.start,
            next_step: 0,
            next_step_at: script.start,
            messages_sent: 0,
            links: FxHashSet::default(),
            outcome: Outcome::default(),
            script,
        }
    }

    /// Lets the devices join that are there from the start.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn begin(&mut self, observer: &mut impl Observer) -> Result<(), Failure> {
        let from_start = self.script.cast.devices().filter(|(_, member)| member.from_start);
        for device in from_start.map(|(device, _)| device).collect::<Vec<_>>() {
            self.join(device, observer)?;
        }
        self.next_step_at = self.now + self.script.pause;
        Ok(())
    }

    /// What comes next in time.
    #[must_use]
    pub fn next(&self) -> Option<Choice> {
        let packet = self.network.first();
        let step_due = self.next_step < self.script.actions.len();
        match packet {
            Some((due, link)) if !step_due || self.is_drained_first() || due <= self.next_step_at => {
                Some(Choice::Deliver(link, 0))
            }
            _ if step_due => Some(Choice::Act),
            _ => None,
        }
    }

    fn is_drained_first(&self) -> bool {
        self.script.delivery == Delivery::Drained
    }

    /// Everything that can happen now, what comes next in time first.
    pub fn enabled(&self, out: &mut Vec<Choice>) {
        out.clear();
        let Some(next) = self.next() else { return };
        out.push(next);
        if next != Choice::Act && self.next_step < self.script.actions.len() {
            out.push(Choice::Act);
        }
        out.extend(self.network.deliverable().filter(|choice| *choice != next));
    }

    /// Lets something happen that is enabled.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn step(&mut self, choice: Choice, observer: &mut impl Observer) -> Result<(), Failure> {
        match choice {
            Choice::Act => self.act(observer),
            Choice::Deliver(link, position) => {
                let Some(packet) = self.network.take(link, position) else { return Ok(()) };
                self.now = self.now.max(packet.due);
                self.arrive(packet, observer)
            }
        }
    }

    /// Runs to the end or until `schedule` stops.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn run(&mut self, schedule: &mut impl Schedule, observer: &mut impl Observer) -> Result<(), Failure> {
        let mut enabled = Vec::new();
        loop {
            self.enabled(&mut enabled);
            if enabled.is_empty() {
                return Ok(());
            }
            let Some(choice) = schedule.choose(&enabled) else { return Ok(()) };
            self.step(enabled[choice], observer)?;
        }
    }

    /// Who takes part.
    #[must_use]
    pub fn cast(&self) -> &Cast {
        &self.script.cast
    }

    /// The virtual time.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.now
    }

    /// The action that is next, if there is one.
    #[must_use]
    pub fn next_action(&self) -> Option<&Action> {
        self.script.actions.get(self.next_step)
    }

    /// How many trust messages were sent.
    #[must_use]
    pub fn messages_sent(&self) -> u64 {
        self.messages_sent
    }

    /// The devices that are there now.
    pub fn present(&self) -> impl Iterator<Item = DeviceId> {
        self.script
            .cast
            .devices()
            .map(|(device, _)| device)
            .filter(|device| self.hosts[device.index()].joined)
    }

    /// What holds a device's trust.
    #[must_use]
    pub fn endpoint(&self, device: DeviceId) -> &E {
        &self.hosts[device.index()].endpoint
    }

    /// How far a device trusts a key now.
    ///
    /// # Errors
    ///
    /// If the endpoint fails.
    pub fn level(&self, device: DeviceId, key: atm_engine::KeyId) -> Result<Level, Failure> {
        self.endpoint(device).level(key)
    }

    /// Whether the identities of two accounts are to be connected: they are one, or a person at one of them
    /// authenticated a key of the other.
    #[must_use]
    pub fn are_linked(&self, one: atm_engine::AccountId, other: atm_engine::AccountId) -> bool {
        one == other || self.links.contains(&(one, other)) || self.links.contains(&(other, one))
    }

    fn act(&mut self, observer: &mut impl Observer) -> Result<(), Failure> {
        let step = self.next_step;
        let actions = self.script.actions.clone();
        let Some(action) = actions.get(step) else { return Ok(()) };
        self.next_step += 1;
        if let Action::Expect(_) = action {
            return Ok(());
        }
        self.now = self.now.max(self.next_step_at);
        self.next_step_at = self.now + self.script.pause;
        observer.observe(self.now, Event::Step { step });
        match action {
            Action::Decide(device, decision) => self.decide(*device, decision, observer),
            Action::ScanBroken(device, malformed) => {
                let reason = atm_engine::Reason::Malformed(malformed.clone());
                let refusal = atm_engine::Refusal { reason, sender: None, decision: None };
                observer.observe(self.now, Event::Refused { device: *device, refusal });
                Ok(())
            }
            Action::TrustManually(device, keys) => {
                keys.iter().try_for_each(|key| self.apply(*device, &Input::TrustManually(*key), observer))
            }
            Action::Discover(device, keys) => {
                keys.iter().try_for_each(|key| self.discover(*device, *key, observer))
            }
            Action::Join(device) => self.join(*device, observer),
            Action::Leave(device) => {
                self.hosts[device.index()].joined = false;
                Ok(())
            }
            Action::GoOffline(device) => {
                self.hosts[device.index()].online = false;
                Ok(())
            }
            Action::GoOnline(device) => {
                self.go_online(*device);
                Ok(())
            }
            Action::Restart(device) => self.restart(*device, observer),
            Action::Wait(time) => {
                self.next_step_at = self.now + *time;
                Ok(())
            }
            Action::Hold(link) => {
                self.network.hold(*link);
                Ok(())
            }
            Action::Release(link) => {
                self.network.release(*link, self.now);
                Ok(())
            }
            Action::Deliver(device, stanzas) => {
                stanzas.iter().try_for_each(|received| self.deliver_by_hand(*device, received, observer))
            }
            Action::Expect(_) => Ok(()),
        }
    }

    fn decide(
        &mut self,
        device: DeviceId,
        decision: &ManualDecision,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        let own = self.script.cast.member(device).account;
        for decision in decision.decisions() {
            let owner = self.script.cast.directory().owner(decision.key);
            if decision.verdict == Verdict::Trust && owner != own {
                self.links.insert((own, owner));
            }
        }
        self.apply(device, &Input::Decide(decision.clone()), observer)
    }

    fn discover(
        &mut self,
        device: DeviceId,
        key: atm_engine::KeyId,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        observer.observe(self.now, Event::Discovered { device, key });
        self.apply(device, &Input::Discover(key), observer)
    }

    /// Lets a device join its account. Unless discovery is left to steps, it comes to know all keys and all
    /// devices come to know its key.
    fn join(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        self.hosts[device.index()].joined = true;
        if self.script.discovery == Discovery::BySteps {
            return Ok(());
        }
        let key = self.script.cast.member(device).key;
        for other in self.present().collect::<Vec<_>>() {
            let other_key = self.script.cast.member(other).key;
            if other_key != key {
                self.discover(other, key, observer)?;
                self.discover(device, other_key, observer)?;
            }
        }
        Ok(())
    }

    fn go_online(&mut self, device: DeviceId) {
        let host = &mut self.hosts[device.index()];
        host.online = true;
        for mut packet in std::mem::take(&mut host.archive) {
            packet.due = self.now + self.script.latency.0;
            packet.route = Route::Archive;
            self.network.put(packet);
        }
    }

    fn restart(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        let mut outcome = std::mem::take(&mut self.outcome);
        outcome.clear();
        let names = self.script.cast.directory();
        self.hosts[device.index()].endpoint.restart(self.now, names, &mut outcome)?;
        self.report(device, &mut outcome, observer)?;
        self.outcome = outcome;
        Ok(())
    }

    fn deliver_by_hand(
        &mut self,
        device: DeviceId,
        received: &Received,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        observer.observe(self.now, Event::Delivered { device, message: None, route: Route::ByHand });
        self.apply(device, &Input::Receive(received.clone()), observer)
    }

    fn arrive(&mut self, packet: Packet, observer: &mut impl Observer) -> Result<(), Failure> {
        let (device, message) = (packet.link.1, packet.letter.number);
        let host = &mut self.hosts[device.index()];
        if !host.joined {
            observer.observe(self.now, Event::Lost { device, message });
            return Ok(());
        }
        if !host.online {
            observer.observe(self.now, Event::Archived { device, message });
            host.archive.push(packet);
            return Ok(());
        }
        observer.observe(self.now, Event::Delivered { device, message: Some(message), route: packet.route });
        let received = packet.received(&self.script.cast);
        self.apply(device, &Input::Receive(received), observer)
    }

    /// Lets an input happen to a device, sends what it has to send and confirms that.
    fn apply(
        &mut self,
        device: DeviceId,
        input: &Input,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        let mut outcome = std::mem::take(&mut self.outcome);
        outcome.clear();
        let names = self.script.cast.directory();
        self.hosts[device.index()].endpoint.apply(input, self.now, names, &mut outcome)?;
        self.report(device, &mut outcome, observer)?;
        self.outcome = outcome;
        Ok(())
    }

    fn report(
        &mut self,
        device: DeviceId,
        outcome: &mut Outcome,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        for change in outcome.changes.drain(..) {
            observer.observe(self.now, Event::Changed { device, change });
        }
        for refusal in outcome.refused.drain(..) {
            observer.observe(self.now, Event::Refused { device, refusal });
        }
        for notice in outcome.notices.drain(..) {
            observer.observe(self.now, Event::Noticed { device, notice });
        }
        for outgoing in std::mem::take(&mut outcome.outgoing) {
            let id = outgoing.id;
            self.messages_sent += 1;
            let message = MessageNumber(self.messages_sent);
            observer.observe(self.now, Event::Sent { device, message, outgoing: outgoing.clone() });
            self.send(device, message, outgoing, observer);
            let names = self.script.cast.directory();
            self.hosts[device.index()].endpoint.apply(&Input::Sent(id), self.now, names, outcome)?;
        }
        Ok(())
    }
}
