use std::collections::BTreeSet;

use atm_engine::{AccountId, DecisionKind, KeyId, Outgoing};

use crate::cast::{Cast, DeviceId, Miscast};
use crate::scenario::ExpectedMessage;

/// The parts of a sent message that scenarios describe.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MessageSummary {
    pub(crate) by: DeviceId,
    pub(crate) to: AccountId,
    pub(crate) keys: BTreeSet<KeyId>,
    pub(crate) trust: BTreeSet<KeyId>,
    pub(crate) distrust: BTreeSet<KeyId>,
}

impl MessageSummary {
    /// The message that a scenario expects.
    pub(crate) fn expected(sent: &ExpectedMessage, cast: &Cast) -> Result<Self, Miscast> {
        Ok(Self {
            by: cast.device(&sent.by)?,
            to: cast.account(&sent.to)?,
            keys: cast.keys_named(&sent.encrypted_for)?,
            trust: cast.keys_named(&sent.trust)?,
            distrust: cast.keys_named(&sent.distrust)?,
        })
    }

    /// A message that `by` sent.
    pub(crate) fn of(by: DeviceId, outgoing: &Outgoing) -> Self {
        let of = |verdict| {
            let decisions = outgoing.envelope.message.decisions.iter();
            decisions.filter(|decision| decision.kind == verdict).map(|decision| decision.key).collect()
        };
        Self {
            by,
            to: outgoing.to,
            keys: outgoing.keys.iter().copied().collect(),
            trust: of(DecisionKind::Trust),
            distrust: of(DecisionKind::Distrust),
        }
    }
}
