//! Whatever holds one device's trust.

use atm_engine::{Device, Directory, Input, KeyId, Level, Origin, Outcome, Stamp, StoredDevice};

use crate::script::{HandMade, Scanned};

/// When something happens to a device: what its clock shows, and the names of all that takes part.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The device's local time.
    pub now: Stamp,
    /// The names behind the ids.
    pub names: &'a Directory,
}

/// The trust of one device: the engine in process, or somebody else's implementation behind an adapter.
/// The world cannot tell them apart.
pub trait Endpoint {
    /// Lets `input` happen at the local time `now` and appends what came of it to `out`.
    ///
    /// # Errors
    ///
    /// If the implementation did not do what it should, or does not answer.
    fn apply(
        &mut self,
        input: &Input,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) -> Result<(), Failure>;

    /// Lets a person scan a code, which may be broken. An implementation that reads the code by itself is given
    /// what the code holds; others just the decision that it makes.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    fn scan(&mut self, scanned: &Scanned, moment: Moment<'_>, out: &mut Outcome) -> Result<(), Failure> {
        match &scanned.decision {
            Ok(decision) => self.apply(&Input::Decide(decision.clone()), moment.now, moment.names, out),
            Err(_) => Ok(()),
        }
    }

    /// Lets a stanza arrive that was made by hand. An implementation that reads XML by itself is given what
    /// stands in it; others what the codec of the engine makes of it.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    fn deliver(&mut self, stanza: &HandMade, moment: Moment<'_>, out: &mut Outcome) -> Result<(), Failure> {
        stanza
            .parts
            .iter()
            .try_for_each(|part| self.apply(&Input::Receive(part.clone()), moment.now, moment.names, out))
    }

    /// How far it trusts a key now.
    ///
    /// # Errors
    ///
    /// If the implementation does not answer.
    fn level(&self, key: KeyId) -> Result<Level, Failure>;

    /// Who is behind the level of a key, if the implementation tells.
    fn origin(&self, key: KeyId) -> Option<Origin>;

    /// Stops it and starts it again from what it has stored. [`Input::Resume`] follows when it is connected.
    ///
    /// # Errors
    ///
    /// If what was stored cannot be read back.
    fn restart(&mut self, names: &Directory) -> Result<(), Failure>;

    /// The decisions of a sender that wait for its authentication, if the implementation tells.
    fn postponed(&self, sender: KeyId) -> Option<Vec<atm_engine::Decision>>;
}

/// An endpoint did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

fn lost(error: &dyn std::error::Error) -> Failure {
    Failure(format!("the stored state is lost: {error}"))
}

impl Endpoint for Device {
    fn apply(
        &mut self,
        input: &Input,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) -> Result<(), Failure> {
        Self::apply(self, input, now, names, out).map_err(|error| Failure(error.to_string()))
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        Ok(Self::level(self, key))
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        Self::origin(self, key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        let stored = self.to_stored(names).map_err(|error| lost(&error))?;
        let written = serde_json::to_vec(&stored).map_err(|error| lost(&error))?;
        let read: StoredDevice = serde_json::from_slice(&written).map_err(|error| lost(&error))?;
        *self = read.resolve(names).map_err(|error| lost(&error))?;
        Ok(())
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<atm_engine::Decision>> {
        Some(Self::postponed(self, sender).map(|(decision, _)| decision).collect())
    }
}

impl<E: Endpoint + ?Sized> Endpoint for Box<E> {
    fn apply(
        &mut self,
        input: &Input,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) -> Result<(), Failure> {
        (**self).apply(input, now, names, out)
    }

    fn scan(&mut self, scanned: &Scanned, moment: Moment<'_>, out: &mut Outcome) -> Result<(), Failure> {
        (**self).scan(scanned, moment, out)
    }

    fn deliver(&mut self, stanza: &HandMade, moment: Moment<'_>, out: &mut Outcome) -> Result<(), Failure> {
        (**self).deliver(stanza, moment, out)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        (**self).level(key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        (**self).origin(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        (**self).restart(names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<atm_engine::Decision>> {
        (**self).postponed(sender)
    }
}
