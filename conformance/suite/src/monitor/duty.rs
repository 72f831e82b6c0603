//! What a device has to tell after a person's decision.

use atm_engine::{Decision, KeyId, Outgoing};

use super::attribution::Telling;

/// Something that has to be told to the holder of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duty {
    /// The key of the endpoint that has to be told.
    pub(super) reader: KeyId,
    pub(super) decision: Decision,
    pub(super) telling: Telling,
}

impl Duty {
    /// Whether stanzas do it: one of them that the reader can decrypt says so.
    pub(super) fn is_done_by(&self, sent: &[Outgoing]) -> bool {
        sent.iter().any(|outgoing| {
            outgoing.keys.contains(&self.reader)
                && outgoing.envelope.message.decisions.contains(&self.decision)
        })
    }
}
