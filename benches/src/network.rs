//! The lightest server that there can be: a queue in memory.
//!
//! It measures the engine and as little else as possible. The simulator's `World` keeps virtual time, latencies,
//! links and whatever a trace needs for each copy of a message; here a message is queued once, and handed to each
//! device that it is encrypted for when its turn comes. What all recipients have in common, which is all of it,
//! is shared.

use std::collections::VecDeque;

use atm_engine::{
    Addressees, Device, Directory, EndpointId, Input, KeyId, ManualDecision, Outcome, Outgoing, Payload,
    Protection, Received, Stamp,
};

/// Where devices are found by their numbers, which are the positions of their keys.
pub trait Devices {
    /// Does something with a device.
    fn with(&mut self, device: usize, happen: impl FnOnce(&mut Device));
}

impl Devices for [Device] {
    fn with(&mut self, device: usize, happen: impl FnOnce(&mut Device)) {
        happen(&mut self[device]);
    }
}

/// How much went over a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Trust messages that were sent.
    pub messages: u64,
    /// Copies of them that arrived at a device.
    pub deliveries: u64,
}

impl std::ops::Add for Traffic {
    type Output = Self;

    fn add(self, rhs: Self) -> Self {
        Self { messages: self.messages + rhs.messages, deliveries: self.deliveries + rhs.deliveries }
    }
}

/// What is on its way: first in, first out.
#[derive(Debug, Default)]
pub struct InstantNetwork {
    queue: VecDeque<Letter>,
    outcome: Outcome,
    traffic: Traffic,
}

/// A message and who sent it.
#[derive(Debug)]
struct Letter {
    from: EndpointId,
    by: KeyId,
    outgoing: Outgoing,
}

impl Letter {
    /// What every recipient gets, and who they are.
    fn open(self) -> (Input, Addressees) {
        let Self { from, by, outgoing } = self;
        let encryption = outgoing.envelope.message.encryption;
        let received = Received {
            from,
            to: outgoing.to,
            id: Some(outgoing.sent_by(from)),
            carbon_from: None,
            protection: Protection::Encrypted { with: encryption, by: Some(by) },
            delayed_since: None,
            payload: Payload::Parsed(outgoing.envelope),
        };
        (Input::Receive(received), outgoing.keys)
    }
}

impl InstantNetwork {
    /// Lets a person decide at a device. What that announces is on its way then.
    pub fn decide<D: Devices + ?Sized>(
        &mut self,
        devices: &mut D,
        device: usize,
        decision: ManualDecision,
        now: Stamp,
        names: &Directory,
    ) {
        self.apply(devices, device, &Input::Decide(decision), now, names);
    }

    /// Lets a device come to know keys that nobody decided on. Nothing is on its way then.
    pub fn discover<D: Devices + ?Sized>(
        &mut self,
        devices: &mut D,
        device: usize,
        keys: impl IntoIterator<Item = KeyId>,
        now: Stamp,
        names: &Directory,
    ) {
        let outcome = &mut self.outcome;
        devices.with(device, |device| {
            for key in keys {
                device.apply(&Input::Discover(key), now, names, outcome).unwrap();
                outcome.changes.clear();
            }
        });
        debug_assert!(outcome.outgoing.is_empty() && outcome.refused.is_empty());
    }

    /// Lets everything arrive that is on its way, and what that sets off.
    pub fn drain<D: Devices + ?Sized>(&mut self, devices: &mut D, now: Stamp, names: &Directory) {
        while let Some(letter) = self.queue.pop_front() {
            let (input, recipients) = letter.open();
            for key in recipients.iter() {
                self.apply(devices, key.index(), &input, now, names);
            }
            self.traffic.deliveries += recipients.len() as u64;
        }
    }

    /// How much went over this network.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    fn apply<D: Devices + ?Sized>(
        &mut self,
        devices: &mut D,
        device: usize,
        input: &Input,
        now: Stamp,
        names: &Directory,
    ) {
        self.outcome.clear();
        devices.with(device, |device| {
            device.apply(input, now, names, &mut self.outcome).unwrap();
            if self.outcome.outgoing.is_empty() {
                return;
            }
            self.traffic.messages += self.outcome.outgoing.len() as u64;
            let (from, by) = (device.endpoint(), device.key());
            self.queue.extend(self.outcome.outgoing.drain(..).map(|outgoing| {
                device.sent(outgoing.id);
                Letter { from, by, outgoing }
            }));
        });
    }
}
