//! What happened, in order.

use atm_engine::{KeyId, Notice, Outgoing, Refusal, Stamp};

use crate::cast::DeviceId;
use crate::observation::ObservedChange;

/// Watches a world.
pub trait Observer {
    /// Something happened at the virtual time `at`. Most observers only look: so the event is lent, and is copied by those who
    /// keep it.
    fn observe(&mut self, at: Stamp, event: &Event);
}

/// Nobody watches if there is none.
impl<O: Observer> Observer for Option<O> {
    fn observe(&mut self, at: Stamp, event: &Event) {
        if let Some(observer) = self {
            observer.observe(at, event);
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step of the scenario begins.
    Step {
        /// Its position in the scenario, counted from 0.
        step: usize,
    },
    /// A device came to know a key.
    Discovered {
        /// The device.
        device: DeviceId,
        /// The key.
        key: KeyId,
    },
    /// The state of a device changed.
    Changed {
        /// The device.
        device: DeviceId,
        /// What was seen of the change, and why it happened if the device says so.
        change: ObservedChange,
    },
    /// A device sent a trust message.
    Sent {
        /// The device.
        device: DeviceId,
        /// Which message of the run it is.
        message: MessageNumber,
        /// What it sent.
        outgoing: Outgoing,
    },
    /// A message arrived at a device that can decrypt it.
    Delivered {
        /// The device.
        device: DeviceId,
        /// The message; `None` if it was made by hand.
        message: Option<MessageNumber>,
        /// How it came.
        route: Route,
    },
    /// The server keeps a message for a device that is offline.
    Archived {
        /// The device.
        device: DeviceId,
        /// The message.
        message: MessageNumber,
    },
    /// A message is withheld on its way.
    Withheld {
        /// The device that it was meant for.
        device: DeviceId,
        /// The message.
        message: MessageNumber,
    },
    /// A malicious server drops a message.
    Blocked {
        /// The device that it was meant for.
        device: DeviceId,
        /// The message.
        message: MessageNumber,
    },
    /// A device crashed. It is down until it is started again.
    Crashed {
        /// The device.
        device: DeviceId,
    },
    /// An adversary sent a trust message from a device that it controls.
    Forged {
        /// The device.
        device: DeviceId,
        /// Which message of the run it is.
        message: MessageNumber,
        /// What it sent.
        outgoing: Outgoing,
    },
    /// A message is lost: the device is gone.
    Lost {
        /// The device.
        device: DeviceId,
        /// The message.
        message: MessageNumber,
    },
    /// A device says that it refused a message or a part of one, or a person's decision.
    Refused {
        /// The device.
        device: DeviceId,
        /// What it refused and why.
        refusal: Refusal,
    },
    /// A device says that it noticed something odd.
    Noticed {
        /// The device.
        device: DeviceId,
        /// What it noticed.
        notice: Notice,
    },
}

/// A message of a run: they are counted from 1 in the order in which they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageNumber(pub u64);

/// How a message reached a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// Addressed to the device's account, while the device was online.
    Direct,
    /// Addressed to the device's account, out of the archive.
    Archive,
    /// As a copy of what another device of the account sent.
    Carbon,
    /// A second time, by an unreliable network.
    Duplicate,
    /// Once more, by a malicious server.
    Replay,
    /// Handed over by the scenario.
    ByHand,
}

/// An event with its place in the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRecord {
    /// The running number, from 0.
    pub number: u64,
    /// The virtual time.
    pub at: Stamp,
    /// What happened.
    pub event: Event,
}

/// All that happened, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    records: Vec<TraceRecord>,
}

impl Trace {
    /// A trace that has room for `records` events already.
    #[must_use]
    pub fn with_capacity(records: usize) -> Self {
        Self { records: Vec::with_capacity(records) }
    }

    /// The events so far.
    #[must_use]
    pub fn records(&self) -> &[TraceRecord] {
        &self.records
    }
}

impl Observer for Trace {
    fn observe(&mut self, at: Stamp, event: &Event) {
        self.records.push(TraceRecord { number: self.records.len() as u64, at, event: event.clone() });
    }
}
