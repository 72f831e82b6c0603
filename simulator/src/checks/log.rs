use atm_engine::{Outgoing, Refusal};

use crate::cast::DeviceId;
use crate::expectations::{Demand, Expected};
use crate::script::{Action, Script};
use crate::trace::Event;

/// What was sent and refused in a run, as far as its expectations ask for that.
#[derive(Debug, Default)]
pub(crate) struct Log {
    kept: Kept,
    sent: Vec<(DeviceId, Outgoing)>,
    refused: Vec<(DeviceId, Refusal)>,
    messages: usize,
}

/// What expectations ask for.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    messages: bool,
    refusals: bool,
}

/// How far a log had come at some time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LogPosition {
    sent: usize,
    refused: usize,
    messages: usize,
}

/// What came after a position of a log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since<'a> {
    /// The messages with their senders; none if no expectation asks for them.
    pub(crate) sent: &'a [(DeviceId, Outgoing)],
    /// What devices refused, likewise.
    pub(crate) refused: &'a [(DeviceId, Refusal)],
    /// How many messages were sent.
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

    /// Takes note of an event.
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

    /// How far the log has come.
    pub(crate) fn position(&self) -> LogPosition {
        LogPosition { sent: self.sent.len(), refused: self.refused.len(), messages: self.messages }
    }

    /// What came after a position.
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
