//! Whatever holds one device's trust.

use atm_engine::codec::NamedEnvelope;
use atm_engine::{
    Cause, Decision, Device, Directory, DistrustIds, Input, KeyId, Level, Origin, Reason, Refusal, Stamp,
    StoredDevice,
};

use crate::barrage::Barrage;
use crate::observation::Observation;
use crate::script::{HandMade, Scanned};

/// What goes with every input: the time that the device's clock shows, the names of all that take part, and the step.
#[derive(Clone, Copy, Debug)]
pub struct InputContext<'a> {
    /// The device's local time.
    pub now: Stamp,
    /// The names behind the ids.
    pub names: &'a Directory,
    /// The step of the scenario that was taken last, counted from 0; `None` before the first.
    pub step: Option<usize>,
}

/// What a device had stored when a backup of it was made. An implementation that keeps the copy itself leaves it empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backup(Vec<u8>);

/// Something that happens to a device, beyond the inputs of the engine.
#[derive(Debug)]
pub enum Occurrence<'a> {
    /// The device sees that these keys have left their list.
    Forget(&'a [KeyId]),
    /// A backup of the device is made.
    BackUp(&'a mut Backup),
    /// The device starts again from a backup. [`Input::Resume`] follows when it is connected.
    Restore(&'a Backup),
    /// Very many words arrive. They were said at the time `time`.
    Bombarded {
        /// The words.
        barrage: &'a Barrage,
        /// What a right clock shows.
        time: Stamp,
    },
}

/// The trust of one device: the engine in process, or somebody else's implementation behind an adapter.
/// The world cannot tell them apart: each input is answered by an [`Observation`], and levels can be read.
pub trait Endpoint {
    /// Lets `input` happen and adds to `out` which levels it changed and what the device sent.
    ///
    /// # Errors
    ///
    /// If the implementation did not do what it should, or does not answer.
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure>;

    /// Lets a person scan a code, which may be broken. An implementation that reads the code by itself is given
    /// what the code holds; others just the decision that it makes.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        match &scanned.decision {
            Ok(decision) => self.apply(&Input::Decide(decision.clone()), context, out),
            Err(malformed) => {
                let refusal = Refusal {
                    reason: Reason::Malformed,
                    sender: None,
                    decision: None,
                    cause: Cause::Decided,
                    malformed: Some(malformed.clone()),
                };
                out.explain(|outcome| outcome.refused.push(refusal));
                Ok(())
            }
        }
    }

    /// Lets a stanza arrive that was made by hand. An implementation that reads XML by itself is given what
    /// stands in it; others what the codec of the engine makes of it, and what people wrote in it is shown.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let encrypted = stanza.written.encrypted.as_ref();
        let body = encrypted.and_then(|encrypted| NamedEnvelope::body_in(encrypted.xml.trim()));
        out.shown.get_or_insert_default().extend(body);
        stanza.parts.iter().try_for_each(|part| self.apply(&Input::Receive(part.clone()), context, out))
    }

    /// Lets something happen that is no input of the engine. The engine does not forget: a key that leaves its list keeps
    /// its level, so that nobody gets rid of a distrust by taking the key off the list and putting it there again.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        match occurrence {
            Occurrence::Forget(_) => Ok(()),
            Occurrence::BackUp(_) | Occurrence::Restore(_) => {
                Err(Failure("no backups are made of this device".to_owned()))
            }
            Occurrence::Bombarded { barrage, time } => hear_all(self, (barrage, *time), context, out),
        }
    }

    /// The code that it shows, for others to scan: a Trust Message URI; `None` if it cannot tell.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    fn own_code(&mut self, _context: InputContext<'_>) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// How far it trusts a key now.
    ///
    /// # Errors
    ///
    /// If the implementation does not answer.
    fn level(&self, key: KeyId) -> Result<Level, Failure>;

    /// Who is behind the level of a key, if the endpoint explains itself.
    fn origin(&self, key: KeyId) -> Option<Origin>;

    /// The distrusts of a key that it knows of, if it gives them names.
    fn distrusts_of(&self, _key: KeyId) -> Option<DistrustIds> {
        None
    }

    /// Stops it and starts it again from what it has stored. [`Input::Resume`] follows when it is connected.
    ///
    /// # Errors
    ///
    /// If what was stored cannot be read back.
    fn restart(&mut self, names: &Directory) -> Result<(), Failure>;

    /// The decisions of a sender that wait for its authentication, if the implementation tells.
    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>>;

    /// How many bytes it has stored, if the implementation tells.
    ///
    /// # Errors
    ///
    /// If what it holds cannot be stored.
    fn stored_bytes(&self, _names: &Directory) -> Result<Option<u64>, Failure> {
        Ok(None)
    }
}

/// An endpoint did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

fn lost(error: &dyn std::error::Error) -> Failure {
    Failure(format!("the stored state is lost: {error}"))
}

fn hear_all<E: Endpoint + ?Sized>(
    endpoint: &mut E,
    (barrage, time): (&Barrage, Stamp),
    context: InputContext<'_>,
    out: &mut Observation,
) -> Result<(), Failure> {
    for key in barrage.discovered() {
        endpoint.apply(&Input::Discover(*key), context, out)?;
    }
    barrage.stanzas(time).try_for_each(|stanza| endpoint.apply(&Input::Receive(stanza), context, out))
}

fn stored(device: &Device, names: &Directory) -> Result<Vec<u8>, Failure> {
    let stored = device.to_stored(names).map_err(|error| lost(&error))?;
    serde_json::to_vec(&stored).map_err(|error| lost(&error))
}

fn read(stored: &[u8], names: &Directory) -> Result<Device, Failure> {
    let read: StoredDevice = serde_json::from_slice(stored).map_err(|error| lost(&error))?;
    read.resolve(names).map_err(|error| lost(&error))
}

impl Endpoint for Device {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let InputContext { now, names, .. } = context;
        out.explain(|outcome| Self::apply(self, input, now, names, outcome))
            .map_err(|error| Failure(error.to_string()))
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        match occurrence {
            Occurrence::Forget(_) => {}
            Occurrence::BackUp(backup) => backup.0 = stored(self, context.names)?,
            Occurrence::Restore(backup) => *self = read(&backup.0, context.names)?,
            Occurrence::Bombarded { barrage, time } => hear_all(self, (barrage, *time), context, out)?,
        }
        Ok(())
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        Ok(Self::level(self, key))
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        Self::origin(self, key)
    }

    fn distrusts_of(&self, key: KeyId) -> Option<DistrustIds> {
        self.known_distrusts(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        *self = read(&stored(self, names)?, names)?;
        Ok(())
    }

    fn stored_bytes(&self, names: &Directory) -> Result<Option<u64>, Failure> {
        Ok(Some(stored(self, names)?.len() as u64))
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        Some(Self::postponed(self, sender).map(|(decision, _)| decision).collect())
    }
}

impl<E: Endpoint + ?Sized> Endpoint for Box<E> {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (**self).apply(input, context, out)
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (**self).scan(scanned, context, out)
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (**self).deliver(stanza, context, out)
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (**self).undergo(occurrence, context, out)
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        (**self).own_code(context)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        (**self).level(key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        (**self).origin(key)
    }

    fn distrusts_of(&self, key: KeyId) -> Option<DistrustIds> {
        (**self).distrusts_of(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        (**self).restart(names)
    }

    fn stored_bytes(&self, names: &Directory) -> Result<Option<u64>, Failure> {
        (**self).stored_bytes(names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        (**self).postponed(sender)
    }
}
