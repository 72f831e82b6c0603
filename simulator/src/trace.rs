//! The events of a run, in order.

use atm_engine::{KeyId, Notice, Outgoing, Refusal, Stamp};

use crate::cast::DeviceId;
use crate::observation::ObservedChange;

/// Watches a world.
pub trait Observer {
    /// Receives an event and its virtual time. The event is borrowed, since most observers only look at it; an observer
    /// that keeps it clones it.
    fn observe(&mut self, at: Stamp, event: &Event);
}

/// `None` ignores all events.
impl<O: Observer> Observer for Option<O> {
    fn observe(&mut self, at: Stamp, event: &Event) {
        if let Some(observer) = self {
            observer.observe(at, event);
        }
    }
}

/// An event of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step of the scenario begins.
    Step {
        /// Its position in the scenario, counted from 0.
        step: usize,
    },
    /// A device discovered a key.
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
        /// The visible change, with the reason if the device explains it.
        change: ObservedChange,
    },
    /// A device sent a trust message.
    Sent {
        /// The device.
        device: DeviceId,
        /// The number of the message in the run.
        message: MessageNumber,
        /// The message.
        outgoing: Outgoing,
    },
    /// A message arrived at a device that can decrypt it.
    Delivered {
        /// The device.
        device: DeviceId,
        /// The message; `None` for a handwritten stanza.
        message: Option<MessageNumber>,
        /// The way that the message took.
        route: Route,
    },
    /// The server archives a message for an offline device.
    Archived {
        /// The device.
        device: DeviceId,
        /// The message.
        message: MessageNumber,
    },
    /// A link withholds a message.
    Withheld {
        /// The device that the message was sent to.
        device: DeviceId,
        /// The message.
        message: MessageNumber,
    },
    /// A malicious server drops a message.
    Blocked {
        /// The device that the message was sent to.
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
        /// The number of the message in the run.
        message: MessageNumber,
        /// The message.
        outgoing: Outgoing,
    },
    /// A message is lost, because its device left its account.
    Lost {
        /// The device.
        device: DeviceId,
        /// The message.
        message: MessageNumber,
    },
    /// A device reports that it refused a message, a part of one, or a person's decision.
    Refused {
        /// The device.
        device: DeviceId,
        /// The refusal and its reason.
        refusal: Refusal,
    },
    /// A device reports an oddity.
    Noticed {
        /// The device.
        device: DeviceId,
        /// The oddity.
        notice: Notice,
    },
}

/// The number of a message in a run, counted from 1 in the order of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageNumber(pub u64);

/// How a message reached a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// Addressed to the device's account, while the device was online.
    Direct,
    /// Addressed to the device's account, from the archive.
    Archive,
    /// As a copy of a message that another device of the account sent.
    Carbon,
    /// A second time, from an unreliable network.
    Duplicate,
    /// Again, from a malicious server.
    Replay,
    /// Handwritten in the scenario.
    ByHand,
}

/// An event with its position in the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRecord {
    /// The position, counted from 0.
    pub number: u64,
    /// The virtual time.
    pub at: Stamp,
    /// The event.
    pub event: Event,
}

/// All events of a run, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    records: Vec<TraceRecord>,
}

impl Trace {
    /// An empty trace with room for `records` events.
    #[must_use]
    pub fn with_capacity(records: usize) -> Self {
        Self { records: Vec::with_capacity(records) }
    }

    /// The events until now.
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
