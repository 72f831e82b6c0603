//! Gives the inputs of a vector to an implementation in process.

use std::collections::BTreeMap;

use atm_adapter_protocol::protocol::{Command, Key};
use atm_engine::codec::stamp_from_date_time;
use atm_engine::{Input, KeyId, Level, Outgoing, Stamp};
use atm_simulator::cast::Member;
use atm_simulator::endpoint::{Backup, Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::run::Options;
use atm_simulator::script::Action;

use super::format::NamedKey;
use crate::cases::{Implementation, Scene};
use crate::logs::{BadLog, HeldKey, LoggedDevice, device_of_inputs};
use crate::messages::{Wire, names};

/// A device that gets the inputs of a vector, one after the other.
pub struct VectorPlayer {
    device: LoggedDevice,
    inputs: Vec<Command>,
    endpoint: Box<dyn Endpoint>,
    member: Member,
    backup: Backup,
    /// The position of the next input.
    next: usize,
    /// The position of the next step of the device.
    step: usize,
}

/// The answer of a device to an input.
#[derive(Debug, Default)]
pub struct Answered {
    /// Everything that the device did.
    pub observation: Observation,
    /// The code that it showed, if the input asked for it.
    pub code: Option<String>,
}

impl VectorPlayer {
    /// Creates a device of the implementation for these inputs. `keys` are those of its surroundings.
    ///
    /// # Errors
    ///
    /// If they cannot be the inputs of a device.
    ///
    /// # Panics
    ///
    /// If the implementation cannot begin.
    pub fn new(
        inputs: &[Command],
        keys: &BTreeMap<String, NamedKey>,
        implementation: &mut dyn Implementation,
        options: Options,
    ) -> Result<Self, BadLog> {
        let held = keys.values().map(|named| HeldKey {
            key: named.key(),
            endpoints: named.endpoints.iter().filter_map(|jid| jid.parse().ok()).collect(),
        });
        let device = device_of_inputs(inputs, &held.collect::<Vec<_>>())?;
        let cast = device.script.cast.clone();
        let (id, member) = cast.devices().next().expect("there is a device");
        let hosted = [member.name.clone()];
        implementation.begin(&mut device.scenario.clone(), &hosted, false).expect("it can take part");
        let scene = Scene { scenario: &device.scenario, options, cast: cast.clone(), device: id };
        let endpoint = implementation.join(&scene, &Wire::default());
        let (inputs, member) = (inputs.to_vec(), member.clone());
        Ok(Self { device, inputs, endpoint, member, backup: Backup::default(), next: 0, step: 0 })
    }

    /// The inputs as the log of a device.
    #[must_use]
    pub fn device(&self) -> &LoggedDevice {
        &self.device
    }

    /// The device's own account and key.
    #[must_use]
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// The position of the next step of [`device`](Self::device).
    #[must_use]
    pub fn next_step(&self) -> usize {
        self.step
    }

    /// The time of the next input.
    #[must_use]
    pub fn next_time(&self) -> Stamp {
        let at = self.inputs.get(self.next).and_then(Command::at);
        let now = at.and_then(|(_, now)| stamp_from_date_time(now).ok());
        now.unwrap_or(self.device.script.start)
    }

    /// Gives the device its next input. `None` if there is none, or if its stanza cannot be read.
    ///
    /// # Errors
    ///
    /// If the device fails.
    pub fn give_next(&mut self) -> Result<Option<Answered>, Failure> {
        let Some(input) = self.inputs.get(self.next) else { return Ok(None) };
        let cast = self.device.script.cast.clone();
        let now = self.next_time();
        let context = InputContext { now, names: cast.directory(), step: None };
        let mut answered = Answered::default();
        match input {
            Command::Create(_) => {}
            Command::OwnCode(_) => answered.code = self.endpoint.own_code(context)?,
            _ if self.step == self.device.steps.len() => return Ok(None),
            _ => {
                let action = self.device.action(self.step).clone();
                self.act(&action, context, &mut answered.observation)?;
                self.step += 1;
            }
        }
        for Outgoing { id, .. } in &answered.observation.sent {
            self.endpoint.apply(&Input::Sent(*id), context, &mut Observation::default())?;
        }
        self.next += 1;
        Ok(Some(answered))
    }

    fn act(
        &mut self,
        action: &Action,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let endpoint = &mut self.endpoint;
        match action {
            Action::Decide(_, decision) => endpoint.apply(&Input::Decide(decision.clone()), context, out),
            Action::Scan(_, scanned) => endpoint.scan(scanned, context, out),
            Action::Deliver(_, stanza) => endpoint.deliver(stanza, context, out),
            Action::Discover(_, keys) => {
                keys.iter().try_for_each(|key| endpoint.apply(&Input::Discover(*key), context, out))
            }
            Action::TrustManually(_, keys) => {
                keys.iter().try_for_each(|key| endpoint.apply(&Input::TrustManually(*key), context, out))
            }
            Action::Forget(_, keys) => endpoint.undergo(&mut Occurrence::Forget(keys), context, out),
            Action::BackUp(_) => endpoint.undergo(&mut Occurrence::BackUp(&mut self.backup), context, out),
            Action::Restore(_) => {
                endpoint.undergo(&mut Occurrence::Restore(&self.backup), context, out)?;
                endpoint.apply(&Input::Resume, context, out)
            }
            Action::Restart(_) => {
                endpoint.restart(context.names)?;
                endpoint.apply(&Input::Resume, context, out)
            }
            _ => unreachable!("the log of a device has no other steps"),
        }
    }

    /// The level of a key.
    ///
    /// # Errors
    ///
    /// If the device fails.
    pub fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.endpoint.level(key)
    }

    /// The key as the protocol writes it.
    #[must_use]
    pub fn key(&self, key: KeyId) -> Key {
        names::key(key, self.device.script.cast.directory())
    }

    /// The id of a key; `None` if nobody has it.
    #[must_use]
    pub fn find(&self, key: &Key) -> Option<KeyId> {
        let cast = &self.device.script.cast;
        names::find(key, cast.encryption(), cast.directory()).ok().flatten()
    }
}
