//! The way of a message from its sender to the devices that can read it.

use std::sync::Arc;
use std::time::Duration;

use atm_engine::{Input, Outgoing, Stamp};
use rand_chacha::rand_core::Rng;
use smallvec::SmallVec;

use super::World;
use super::hosts::{Connection, Control};
use super::network::{Letter, Packet, Put};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure, InputContext};
use crate::observation::Observation;
use crate::script::{CrashMoment, LinkIds};
use crate::trace::{Event, MessageNumber, Observer, Route};

impl<E: Endpoint> World<E> {
    /// Sends a message to the devices of the addressed account and copies it to the sender's other devices that use
    /// carbons. Copies that a device cannot decrypt are left out.
    pub(super) fn send(
        &mut self,
        sender: DeviceId,
        number: MessageNumber,
        outgoing: Outgoing,
        observer: &mut impl Observer,
    ) {
        let letter = Arc::new(Letter { number, sender, sent_at: self.now, outgoing });
        let cast = self.script.cast.clone();
        let (to, own) = (letter.outgoing.to, cast.member(sender).account);
        // Most messages have few readers. A heap-allocated list and a chain of iterators took 2 % of a population.
        let mut readers: SmallVec<[DeviceId; 8]> = SmallVec::new();
        for key in &letter.outgoing.keys {
            readers.extend_from_slice(cast.devices_with(*key));
        }
        readers.sort_unstable();
        readers.dedup();
        for &device in readers.iter().filter(|device| cast.member(**device).account == to) {
            self.copy_to(device, &letter, Route::Direct, observer);
        }
        let siblings = readers.iter().filter(|device| to != own && cast.member(**device).account == own);
        for &device in siblings {
            if self.hosts[device].carbons {
                self.copy_to(device, &letter, Route::Carbon, observer);
            }
        }
    }

    /// Sends a copy to a device that can decrypt it, unless the device is the sender or absent.
    fn copy_to(
        &mut self,
        device: DeviceId,
        letter: &Arc<Letter>,
        route: Route,
        observer: &mut impl Observer,
    ) {
        if device == letter.sender || !self.hosts[device].joined {
            return;
        }
        let link = (letter.sender, device);
        let due = self.now + self.latency(link);
        let due = self.network.in_order(link, due);
        let carbon = route == Route::Carbon;
        let packet = Packet { due, link, route, carbon, letter: letter.clone() };
        self.put(packet, observer);
    }

    /// Sends a packet and reports whether it is withheld or blocked.
    fn put(&mut self, packet: Packet, observer: &mut impl Observer) {
        let (device, message) = (packet.link.1, packet.letter.number);
        match self.network.put(packet, &self.script.cast) {
            Put::Flies => {}
            Put::IsHeld => observer.observe(self.now, &Event::Withheld { device, message }),
            Put::IsBlocked => observer.observe(self.now, &Event::Blocked { device, message }),
        }
    }

    fn latency(&mut self, link: LinkIds) -> Duration {
        if let Some(latency) = self.network.latency_of(link) {
            return latency;
        }
        let (from, to) = self.script.latency;
        let spread = u64::try_from((to - from).as_millis()).unwrap_or(u64::MAX);
        if spread == 0 { from } else { from + Duration::from_millis(self.rng.next_u64() % (spread + 1)) }
    }

    /// Delivers a packet to its device, or archives it if the device is not connected.
    pub(super) fn arrive(&mut self, packet: Packet, observer: &mut impl Observer) -> Result<(), Failure> {
        let (device, message) = (packet.link.1, packet.letter.number);
        if !self.hosts[device].joined {
            observer.observe(self.now, &Event::Lost { device, message });
            return Ok(());
        }
        if self.hosts.change(device, |host| host.crashes(CrashMoment::Receiving)) {
            observer.observe(self.now, &Event::Crashed { device });
        }
        if self.hosts[device].connection != Connection::Online {
            observer.observe(self.now, &Event::Archived { device, message });
            self.hosts.change(device, |host| host.archive.push(packet));
            return Ok(());
        }
        observer.observe(self.now, &Event::Delivered { device, message: Some(message), route: packet.route });
        self.network.note_delivery(&packet);
        let received = packet.received(&self.script.cast);
        self.apply(device, &Input::Receive(received), observer)
    }

    /// Connects a device. It sends its waiting messages before it receives its archive. That order shows more than the
    /// other one: a message gets a new time that is later than a distrust in the archive.
    pub(super) fn connect(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        let archive = self.hosts.change(device, |host| {
            host.connection = Connection::Online;
            std::mem::take(&mut host.archive)
        });
        for mut packet in archive {
            packet.due = self.network.in_order(packet.link, self.now + self.script.latency.0);
            packet.route = Route::Archive;
            self.put(packet, observer);
        }
        self.apply(device, &Input::Resume, observer)
    }

    /// The time on a device's clock.
    pub(super) fn local_time(&self, device: DeviceId) -> Stamp {
        self.now.offset(self.hosts[device].skew)
    }

    /// Applies an input to a device, sends the resulting messages and confirms them.
    pub(super) fn apply(
        &mut self,
        device: DeviceId,
        input: &Input,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        self.apply_with(device, observer, |endpoint, context, out| endpoint.apply(input, context, out))
    }

    /// Applies an event to a device, sends the resulting messages and confirms them.
    pub(super) fn apply_with(
        &mut self,
        device: DeviceId,
        observer: &mut impl Observer,
        happen: impl FnOnce(&mut E, InputContext<'_>, &mut Observation) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.hosts[device].control == Control::Injected {
            return Ok(());
        }
        self.observation.clear();
        let (now, names) = (self.local_time(device), self.script.cast.directory());
        let context = InputContext { now, names, step: self.next_step.checked_sub(1) };
        happen(self.hosts.endpoint_mut(device), context, &mut self.observation)?;
        self.report(device, observer)
    }

    /// Reports the observation of a device, and sends its messages if the device is connected.
    fn report(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        let observation = &mut self.observation;
        observation
            .changes()
            .for_each(|change| observer.observe(self.now, &Event::Changed { device, change }));
        if let Some(explanation) = observation.explanation() {
            for refusal in explanation.refused.iter().cloned() {
                observer.observe(self.now, &Event::Refused { device, refusal });
            }
            for notice in explanation.notices.iter().copied() {
                observer.observe(self.now, &Event::Noticed { device, notice });
            }
        }
        if let Some(shown) = observation.shown.take() {
            self.hosts.change(device, |host| host.shown.get_or_insert_default().extend(shown));
        }
        if observation.sent.is_empty() {
            return Ok(());
        }
        if self.hosts.change(device, |host| host.crashes(CrashMoment::Sending)) {
            observer.observe(self.now, &Event::Crashed { device });
        }
        if self.hosts[device].connection != Connection::Online {
            let waiting = observation.sent.drain(..).map(|outgoing| (self.now, outgoing));
            self.waited.entry(device).or_default().extend(waiting);
            return Ok(());
        }
        let mut sent = std::mem::take(&mut self.observation.sent);
        for outgoing in sent.drain(..) {
            let id = outgoing.id;
            self.messages_sent += 1;
            let message = MessageNumber(self.messages_sent);
            let event = Event::Sent { device, message, outgoing };
            observer.observe(self.now, &event);
            if let Event::Sent { outgoing, .. } = event {
                self.send(device, message, outgoing, observer);
            }
            let (now, names) = (self.local_time(device), self.script.cast.directory());
            let context = InputContext { now, names, step: self.next_step.checked_sub(1) };
            self.hosts.endpoint_mut(device).apply(&Input::Sent(id), context, &mut self.observation)?;
        }
        // A confirmation sends nothing.
        self.observation.sent = sent;
        Ok(())
    }
}
