//! The implementation that holds one device's trust.

use atm_engine::codec::NamedEnvelope;
use atm_engine::{
    Cause, Decision, Device, Directory, DistrustIds, Input, KeyId, Level, Origin, Reason, Refusal, Stamp,
    StoredDevice,
};

use crate::barrage::Barrage;
use crate::observation::Observation;
use crate::script::{HandMade, Scanned};

/// The context of an input: the local time, the names and the step.
#[derive(Clone, Copy, Debug)]
pub struct InputContext<'a> {
    /// The device's local time.
    pub now: Stamp,
    /// The names behind the ids.
    pub names: &'a Directory,
    /// The last step of the scenario that was taken, counted from 0; `None` before the first.
    pub step: Option<usize>,
}

/// The stored state of a device at the time of its backup. It is empty if the implementation keeps the copy itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backup(Vec<u8>);

/// An event at a device that is not an input of the engine.
#[derive(Debug)]
pub enum Occurrence<'a> {
    /// The device sees that these keys were removed from the device list.
    Forget(&'a [KeyId]),
    /// A backup of the device is made.
    BackUp(&'a mut Backup),
    /// The device starts again from a backup. [`Input::Resume`] follows when it is connected.
    Restore(&'a Backup),
    /// Very many trust messages arrive, all sent at `time`.
    Bombarded {
        /// The trust messages.
        barrage: &'a Barrage,
        /// The true time, without the error of any clock.
        time: Stamp,
    },
}

/// The trust of one device: the engine in process, or another implementation behind an adapter. The world cannot tell
/// them apart: an endpoint answers each input with an [`Observation`], and its levels can be read.
pub trait Endpoint {
    /// Applies `input` and adds the changed levels and the sent messages to `out`.
    ///
    /// # Errors
    ///
    /// If the implementation misbehaves or does not answer.
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure>;

    /// A person scans a code, which may be malformed. An implementation that parses codes gets the text of the code.
    /// All others get the decision that it contains.
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

    /// A handwritten stanza arrives. An implementation that parses XML gets the text of the stanza. All others get the
    /// result of the engine's codec, and the body counts as shown.
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

    /// An event that is not an input of the engine. The engine does not forget: a key that leaves the device list keeps
    /// its level. Otherwise, a distrust could be undone by removing the key and publishing it again.
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

    /// The Trust Message URI that the device shows as a code; `None` if the endpoint cannot tell.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    fn own_code(&mut self, _context: InputContext<'_>) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// The current trust level of a key.
    ///
    /// # Errors
    ///
    /// If the implementation does not answer.
    fn level(&self, key: KeyId) -> Result<Level, Failure>;

    /// The origin of a key's level, if the endpoint explains itself.
    fn origin(&self, key: KeyId) -> Option<Origin>;

    /// The ids of the distrusts of a key, if the endpoint names distrusts.
    fn distrusts_of(&self, _key: KeyId) -> Option<DistrustIds> {
        None
    }

    /// Stops the endpoint and starts it from its stored state. [`Input::Resume`] follows when it is connected.
    ///
    /// # Errors
    ///
    /// If the stored state cannot be read.
    fn restart(&mut self, names: &Directory) -> Result<(), Failure>;

    /// The postponed decisions of a sender, if the implementation reports them.
    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>>;

    /// The size of the stored state in bytes, if the implementation reports it.
    ///
    /// # Errors
    ///
    /// If the state cannot be stored.
    fn stored_bytes(&self, _names: &Directory) -> Result<Option<u64>, Failure> {
        Ok(None)
    }
}

/// A failure of an endpoint.
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
