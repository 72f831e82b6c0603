use atm_engine::{Outgoing, Refusal};

use crate::cast::DeviceId;
use crate::expectations::{Demand, Expected};
use crate::script::{Action, Script};
use crate::trace::Event;

/// The sent messages and refusals of a run, as far as its expectations need them.
#[derive(Debug, Default)]
pub(crate) struct Log {
    kept: Kept,
    sent: Vec<(DeviceId, Outgoing)>,
    refused: Vec<(DeviceId, Refusal)>,
    messages: usize,
}

/// The kinds of events that the expectations need.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    messages: bool,
    refusals: bool,
}

/// A position in a log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LogPosition {
    sent: usize,
    refused: usize,
    messages: usize,
}

/// The part of a log after a position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since<'a> {
    /// The messages with their senders; empty if no expectation needs them.
    pub(crate) sent: &'a [(DeviceId, Outgoing)],
    /// The refusals with their devices; empty if no expectation needs them.
    pub(crate) refused: &'a [(DeviceId, Refusal)],
    /// The number of sent messages.
    pub(crate) messages: usize,
}

impl Log {
    /// The log of a run at its start.
    pub(crate) fn of(script: &Script) -> Self {
        let on_the_way = script.actions.iter().filter_map(|action| match action {
            Action::Expect(expected) => Some(expected),
            _ => None,
        });
        let mut kept = Kept::default();
        for expected in on_the_way.chain([&script.expect]).flat_map(|all| all.iter()) {
            kept.add(expected);
        }
        Self { kept, ..Self::default() }
    }

    /// Records an event.
    pub(crate) fn note(&mut self, event: &Event) {
        match event {
            Event::Sent { device, outgoing, .. } => {
                self.messages += 1;
                if self.kept.messages {
                    self.sent.push((*device, outgoing.clone()));
                }
            }
            Event::Refused { device, refusal } if self.kept.refusals => {
                self.refused.push((*device, refusal.clone()));
            }
            _ => {}
        }
    }

    /// The current end of the log.
    pub(crate) fn position(&self) -> LogPosition {
        LogPosition { sent: self.sent.len(), refused: self.refused.len(), messages: self.messages }
    }

    /// The part after a position.
    pub(crate) fn since(&self, position: LogPosition) -> Since<'_> {
        Since {
            sent: &self.sent[position.sent..],
            refused: &self.refused[position.refused..],
            messages: self.messages - position.messages,
        }
    }
}

impl Kept {
    fn add(&mut self, expected: &Expected) {
        match expected.demand {
            Demand::Told { .. } | Demand::NotTold { .. } | Demand::Sent(_) => self.messages = true,
            Demand::Refused(_) => self.refusals = true,
            Demand::Levels(_)
            | Demand::Complete(_)
            | Demand::MayEncrypt { .. }
            | Demand::MayNotEncrypt { .. }
            | Demand::Shown { .. }
            | Demand::Stored { .. }
            | Demand::Counts(_)
            | Demand::Missing(_)
            | Demand::Origins(_)
            | Demand::AuthenticatedBy { .. }
            | Demand::Postponed(_) => {}
        }
    }
}
