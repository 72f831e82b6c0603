//! Inputs: the rule that answers each of them.

use crate::device::Device;
use crate::input::{Input, Payload, Protection, Received};
use crate::manual_decision::ManualDecision;
use crate::message::{Decision, OutboxId};
use crate::names::{Directory, KeyId, Stamp, UnknownId};
use crate::outcome::Outcome;
use crate::rules::Context;

impl Device {
    /// Applies `input` at the local time `now` and appends the result to `out`.
    ///
    /// The caller should store the device before it acts on `out`: see [`Outgoing`](crate::Outgoing).
    ///
    /// # Errors
    ///
    /// If `names` does not know an id in `input`, or is not the directory that the device was used with before. Nothing
    /// changes then.
    pub fn apply(
        &mut self,
        input: &Input,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) -> Result<(), UnknownId> {
        self.check_ids(input, names)?;
        let mut context = Context::new(self, names, now, out);
        match input {
            Input::Decide(decision) => context.decide_manually(decision), // manual_decisions
            Input::TrustManually(key) => context.trust_manually(*key),    // manual_decisions
            Input::Discover(key) => context.discover(*key),               // unknown_keys
            Input::Receive(received) => context.receive(received),        // admission
            Input::Sent(id) => context.device.outbox.confirm(*id),
            Input::Resume => context.resend(), // sending
        }
        Ok(())
    }

    /// Checks once per input that `names` knows all ids that are looked up.
    #[inline] // the whole check is 4 % of the instructions of the cheapest inputs
    fn check_ids(&mut self, input: &Input, names: &Directory) -> Result<(), UnknownId> {
        if self.extent != names.extent() {
            self.check_directory(names)?;
            self.extent = names.extent();
        }
        match input {
            Input::Decide(decision) => check_keys(decision.decisions(), names),
            Input::TrustManually(key) | Input::Discover(key) => names.knows_key(*key),
            Input::Receive(Received { from, protection, payload, .. }) => {
                names.knows_endpoint(*from)?;
                if let Protection::Encrypted { by: Some(sender), .. } = protection {
                    names.knows_key(*sender)?;
                }
                match payload {
                    Payload::Parsed(envelope) => check_keys(&envelope.message.decisions, names),
                    Payload::Malformed(_) => Ok(()),
                }
            }
            Input::Sent(_) | Input::Resume => Ok(()),
        }
    }

    /// Authenticates or distrusts keys of one owner on behalf of a person, at the local time `now`.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn decide(
        &mut self,
        decision: ManualDecision,
        now: Stamp,
        names: &Directory,
    ) -> Result<Outcome, UnknownId> {
        self.outcome_of(&Input::Decide(decision), now, names)
    }

    /// Records at the local time `now` that a key was fetched.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn discover(&mut self, key: KeyId, now: Stamp, names: &Directory) -> Result<Outcome, UnknownId> {
        self.outcome_of(&Input::Discover(key), now, names)
    }

    /// Handles a message stanza that arrived at the local time `now`.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn receive(
        &mut self,
        received: Received,
        now: Stamp,
        names: &Directory,
    ) -> Result<Outcome, UnknownId> {
        self.outcome_of(&Input::Receive(received), now, names)
    }

    /// Confirms that the server accepted a message of the outbox.
    pub fn sent(&mut self, id: OutboxId) {
        self.outbox.confirm(id);
    }

    fn outcome_of(&mut self, input: &Input, now: Stamp, names: &Directory) -> Result<Outcome, UnknownId> {
        let mut out = Outcome::default();
        self.apply(input, now, names, &mut out)?;
        Ok(out)
    }
}

fn check_keys(decisions: &[Decision], names: &Directory) -> Result<(), UnknownId> {
    decisions.iter().try_for_each(|decision| names.knows_key(decision.key))
}
