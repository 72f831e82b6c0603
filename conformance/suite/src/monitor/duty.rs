//! The duties of a device after a person's decision.

use atm_engine::{Decision, KeyId, Outgoing};

use super::attribution::Telling;

/// A decision that the device must tell the holder of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duty {
    /// The key of the endpoint that must be told.
    pub(super) reader: KeyId,
    pub(super) decision: Decision,
    pub(super) telling: Telling,
}

impl Duty {
    /// Whether one of the stanzas tells the decision and the reader can decrypt it.
    pub(super) fn is_done_by(&self, sent: &[Outgoing]) -> bool {
        sent.iter().any(|outgoing| {
            outgoing.keys.contains(&self.reader)
                && outgoing.envelope.message.decisions.contains(&self.decision)
        })
    }
}
