//! The part of a log that concerns one device, as a scenario in which every step is an input of the device.

use atm_adapter_protocol::Answer;
use atm_adapter_protocol::protocol::{
    Command, Create, Decide, Decrypted, DeliverStanza, Hello, Key, KeyPolicy, Keys, OwnCode, ReadLevels,
    SentStanza, SentStanzas,
};
use atm_engine::codec::{MessageStanza, NamedEnvelope, stamp_from_date_time};
use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{Encryption, KeyId, Level, Stamp};
use atm_simulator::cast::Miscast;
use atm_simulator::scenario::{
    Code, DecideStep, DeviceName, DeviceToKeys, Discovery, EncryptionNamespace, FormatVersion, KeyName,
    LimitsSpec, NetworkSpec, PolicySpec, ScanStep, Scenario, ScenarioExpectations, Step,
};
use atm_simulator::script::{Action, Script};
use serde::de::DeserializeOwned;

use super::error::{BadLog, Place};
use super::names::LogNames;
use super::reading::{Conversation, Logged};
use super::stanza::{Receiver, deliver_step};
use crate::messages::names;

/// A device of a log, with its inputs and outputs.
#[derive(Clone, Debug)]
pub struct LoggedDevice {
    /// The id of the recorded case; `None` in the log of a client.
    pub case: Option<String>,
    /// The name of the device in the log.
    pub name: String,
    /// The implementation's description of itself.
    pub hello: Hello,
    /// The log as a scenario. Its only device is this one, and each step is one of [`steps`](Self::steps).
    pub scenario: Scenario,
    /// The scenario with its names resolved.
    pub script: Script,
    /// The inputs, in order.
    pub steps: Vec<LoggedStep>,
    /// The place at which the log cannot be followed any further, and the reason.
    pub end: Option<(Place, String)>,
}

/// An input of a device, and the outputs until the next input.
#[derive(Clone, Debug)]
pub struct LoggedStep {
    /// The place of the command.
    pub place: Place,
    /// The time on the device's clock.
    pub now: Stamp,
    /// The stanzas that the device sent.
    pub sent: Vec<SentStanza>,
    /// The readings of levels before the next input.
    pub readings: Vec<Vec<(KeyId, Level)>>,
    /// The codes that the device showed before the next input.
    pub codes: Vec<String>,
}

/// The devices of a conversation, in the order of their creation.
///
/// # Errors
///
/// If a command is for a device that was not created, or if a command or an answer cannot be what it should be.
pub fn devices(conversation: &Conversation) -> Result<Vec<LoggedDevice>, BadLog> {
    let mut created: Vec<&str> = Vec::new();
    let mut devices = Vec::new();
    for (position, logged) in conversation.exchanges.iter().enumerate() {
        let name = logged.command.name();
        match (&logged.command, logged.command.at()) {
            (Command::Create(create), _) if created.contains(&&*create.device) => {
                return Err(logged.place.bad(format!("the device {:?} is created twice", create.device)));
            }
            (Command::Create(create), _) => {
                created.push(&create.device);
                let rest = &conversation.exchanges[position..];
                devices.push(Building::new(create, logged.place)?.build(conversation, rest)?);
            }
            (_, Some((device, _))) if !created.contains(&device) => {
                let what = format!("`{name}` is for the device {device:?}, which no `create` before it made");
                return Err(logged.place.bad(what));
            }
            (Command::Reset, _) => {
                return Err(logged.place.bad("`reset` has no place in a log: begin another file"));
            }
            _ => {}
        }
    }
    Ok(devices)
}

/// The device that gets these inputs, of which the first is `create`, without any outputs. Each input except `own-code` is
/// a step.
///
/// # Errors
///
/// If the first input is no `create`, or an input cannot be what it should be.
pub fn device_of_inputs(inputs: &[Command], held: &[HeldKey]) -> Result<LoggedDevice, BadLog> {
    let place = |position| Place::line(position + 1);
    let Some(Command::Create(create)) = inputs.first() else {
        return Err(place(0).bad("the first input is no `create`"));
    };
    let logged = inputs.iter().enumerate().map(|(position, command)| Logged {
        place: place(position),
        command: command.clone(),
        answer: Answer::Ok(serde_json::json!({ "sent": [] })),
    });
    let exchanges: Vec<Logged> =
        logged.filter(|logged| !matches!(logged.command, Command::OwnCode(_))).collect();
    let hello = crate::adapter::hello();
    let conversation = Conversation { case: None, hello, exchanges };
    let mut building = Building::new(create, place(0))?;
    for HeldKey { key, endpoints } in held {
        building.names.held_key(key, endpoints).map_err(|reason| place(0).bad(reason))?;
    }
    building.build(&conversation, &conversation.exchanges)
}

/// A key and the devices that hold it.
#[derive(Clone, Debug)]
pub struct HeldKey {
    /// The key.
    pub key: Key,
    /// The full JIDs of the devices.
    pub endpoints: Vec<FullJid>,
}

/// A device whose part of the log is being read.
struct Building<'a> {
    create: &'a Create,
    device: DeviceName,
    account: BareJid,
    names: LogNames,
    steps: Vec<Step>,
    logged: Vec<LoggedStep>,
    /// The keys of each reading, by the position of its step.
    readings: Vec<(usize, Vec<KeyName>, Vec<Level>)>,
    end: Option<(Place, String)>,
}

impl<'a> Building<'a> {
    fn new(create: &'a Create, place: Place) -> Result<Self, BadLog> {
        let bad = |reason| place.bad(reason);
        let jid: FullJid =
            create.jid.parse().map_err(|_| place.bad(format!("{:?} is no full JID", create.jid)))?;
        let encryption = Encryption::new(&create.encryption)
            .ok_or_else(|| place.bad(format!("{:?} is no namespace", create.encryption)))?;
        let (mut names, account) = (LogNames::new(encryption), jid.to_bare());
        let device = names.device(&jid);
        let name = match create.shared_key {
            true => KeyName::Named(device.account.clone()),
            false => KeyName::Device(device.clone()),
        };
        let own = Key { owner: account.to_string(), id: create.key.clone() };
        names.own_key(&own, name).map_err(bad)?;
        let (steps, logged, readings) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { create, device, account, names, steps, logged, readings, end: None })
    }

    fn build(mut self, conversation: &Conversation, log: &[Logged]) -> Result<LoggedDevice, BadLog> {
        let mut hello = conversation.hello.clone();
        for logged in log {
            if let Command::Hello(_) = logged.command {
                hello = logged.hello()?;
            }
            let device = logged.command.at().map(|(device, _)| device);
            if device == Some(&self.create.device) && self.end.is_none() {
                self.take(logged, &hello)?;
            }
        }
        let scenario = self.scenario();
        let script = Script::new(&scenario).map_err(|miscast| match &miscast {
            Miscast::Decision { step, reason } => self.logged[step - 1].place.bad(reason.to_string()),
            _ => log[0].place.bad(miscast.to_string()),
        })?;
        for (step, keys, levels) in self.readings {
            let keys = keys.iter().map(|key| script.cast.key(key).expect("the scenario has the key"));
            self.logged[step].readings.push(keys.zip(levels).collect());
        }
        Ok(LoggedDevice {
            case: conversation.case.clone(),
            name: self.create.device.clone(),
            hello: conversation.hello.clone(),
            scenario,
            script,
            steps: self.logged,
            end: self.end,
        })
    }

    /// Takes an exchange. The log ends with the first command that was not carried out.
    fn take(&mut self, logged: &Logged, hello: &Hello) -> Result<(), BadLog> {
        let (place, name) = (logged.place, logged.command.name());
        let ok = match &logged.answer {
            Answer::Ok(ok) => ok.clone(),
            Answer::Unsupported(unsupported) => {
                self.end = Some((place, format!("`{name}` is not supported: {}", unsupported.feature)));
                return Ok(());
            }
            Answer::Error(error) => {
                self.end = Some((place, format!("`{name}` failed: {}", error.message)));
                return Ok(());
            }
        };
        match &logged.command {
            Command::Create(_) | Command::Hello(_) | Command::Reset | Command::Stop => Ok(()),
            Command::Read(keys) => self.take_reading(keys, (typed(ok, place)?, hello), place),
            Command::OwnCode(_) => {
                let OwnCode { uri } = typed(ok, place)?;
                self.logged.last_mut().into_iter().for_each(|step| step.codes.push(uri.clone()));
                Ok(())
            }
            command => {
                let SentStanzas { sent, .. } = typed(ok, place)?;
                self.name_keys(&sent);
                let step = match self.step(command) {
                    Ok(step) => step,
                    Err(NoStep::Mistake(reason)) => return Err(place.bad(reason)),
                    Err(NoStep::Unreadable(reason)) => {
                        self.end = Some((place, format!("the stanza cannot be read: {reason}")));
                        return Ok(());
                    }
                };
                let now = command.at().map_or("", |(_, now)| now);
                let now = stamp_from_date_time(now)
                    .map_err(|error| place.bad(format!("`now` is no date and time: {error}")))?;
                self.steps.push(step);
                let (readings, codes) = (Vec::new(), Vec::new());
                self.logged.push(LoggedStep { place, now, sent, readings, codes });
                Ok(())
            }
        }
    }

    fn take_reading(
        &mut self,
        keys: &Keys,
        (read, hello): (ReadLevels, &Hello),
        place: Place,
    ) -> Result<(), BadLog> {
        if read.levels.len() != keys.keys.len() {
            let (levels, asked) = (read.levels.len(), keys.keys.len());
            return Err(place.bad(format!("`read` has {levels} levels for {asked} keys")));
        }
        let level = |name: &String| {
            let known = hello.levels.get(name).map(|level| names::level(*level));
            known.ok_or_else(|| place.bad(format!("`hello` does not say what the level {name:?} means")))
        };
        let levels: Vec<Level> = read.levels.iter().map(level).collect::<Result<_, _>>()?;
        let keys = self.key_names(&keys.keys).map_err(|reason| place.bad(reason))?;
        if let Some(step) = self.logged.len().checked_sub(1) {
            self.readings.push((step, keys, levels));
        }
        Ok(())
    }

    fn step(&mut self, command: &Command) -> Result<Step, NoStep> {
        let device = self.device.clone();
        Ok(match command {
            Command::Discover(keys) => Step::Discover(self.device_to_keys(&keys.keys)?),
            Command::Forget(keys) => Step::Forget(self.device_to_keys(&keys.keys)?),
            Command::TrustManually(keys) => Step::TrustManually(self.device_to_keys(&keys.keys)?),
            Command::Decide(decide) => self.decide(decide)?,
            Command::Scan(scan) => Step::Scan(ScanStep { by: device, code: Code::Uri(scan.uri.clone()) }),
            Command::Deliver(deliver) => self.deliver(deliver)?,
            Command::Restart(_) => Step::Restart(device),
            Command::BackUp(_) => Step::BackUp(device),
            Command::Restore(_) => Step::Restore(device),
            Command::Hello(_)
            | Command::Create(_)
            | Command::OwnCode(_)
            | Command::Read(_)
            | Command::Reset
            | Command::Stop => unreachable!("they are no inputs"),
        })
    }

    fn decide(&mut self, decide: &Decide) -> Result<Step, NoStep> {
        let key = |id: &String| Key { owner: decide.owner.clone(), id: id.clone() };
        let of = |ids: &[String]| ids.iter().map(key).collect::<Vec<Key>>();
        let (trust, distrust) = (of(&decide.trust), of(&decide.distrust));
        Ok(match (&*trust, &*distrust) {
            ([], []) => return Err(NoStep::Mistake("`decide` has no keys".to_owned())),
            (_, []) => Step::Authenticate(self.device_to_keys(&trust)?),
            ([], _) => Step::Distrust(self.device_to_keys(&distrust)?),
            _ => Step::Decide(DecideStep {
                by: self.device.clone(),
                authenticate: self.key_names(&trust)?,
                distrust: self.key_names(&distrust)?,
            }),
        })
    }

    fn deliver(&mut self, deliver: &DeliverStanza) -> Result<Step, NoStep> {
        let sender = match &deliver.encrypted {
            Some(Decrypted { sender: Some(sender), .. }) => Some(self.names.key(sender)?),
            _ => None,
        };
        let receiver = Receiver { name: &self.device, account: &self.account };
        deliver_step(deliver, &receiver, sender).map(Step::Deliver).map_err(NoStep::Unreadable)
    }

    fn device_to_keys(&mut self, keys: &[Key]) -> Result<DeviceToKeys, String> {
        Ok(DeviceToKeys { device: self.device.clone(), keys: self.key_names(keys)? })
    }

    fn key_names(&mut self, keys: &[Key]) -> Result<Vec<KeyName>, String> {
        keys.iter().map(|key| self.names.key(key)).collect()
    }

    /// Gives names to the accounts and keys in sent stanzas. A stanza that cannot be read is judged later.
    fn name_keys(&mut self, sent: &[SentStanza]) {
        for encrypted in sent.iter().filter_map(|stanza| stanza.encrypted.as_ref()) {
            for key in &encrypted.keys {
                let _ = self.names.key(key);
            }
            let Ok(envelope) = NamedEnvelope::parse(&encrypted.content) else { continue };
            for owner in envelope.message.key_owners() {
                for (_, identifier) in &owner.decisions {
                    let key = Key { owner: owner.jid.to_string(), id: identifier.to_base64() };
                    let _ = self.names.key(&key);
                }
            }
        }
        for stanza in sent {
            if let Ok(stanza) = MessageStanza::parse(&stanza.stanza)
                && let Some(to) = stanza.message.to
            {
                self.names.account(&to.to_bare());
            }
        }
    }

    fn scenario(&self) -> Scenario {
        let policy = match self.create.policy {
            KeyPolicy::Toakafa => PolicySpec::Toakafa,
            KeyPolicy::None => PolicySpec::None,
        };
        let first = self.logged.first().map_or(Stamp::from_millis(0), |step| step.now);
        Scenario {
            format: FormatVersion,
            title: format!("The log of {}", self.device),
            about: None,
            requirements: Vec::new(),
            encryption: EncryptionNamespace(self.names.encryption().clone()),
            start: first.into(),
            accounts: self.names.accounts(&self.device, self.create.shared_key),
            keys: self.names.other_keys(&self.device),
            discovery: Discovery::BySteps,
            network: NetworkSpec::default(),
            policy,
            limits: LimitsSpec::default(),
            breaks: Vec::new(),
            resources: self.names.resources(),
            steps: self.steps.clone(),
            expect: ScenarioExpectations::default(),
        }
    }
}

/// The reason why a command is no step of a scenario.
enum NoStep {
    Mistake(String),
    Unreadable(String),
}

impl From<String> for NoStep {
    fn from(reason: String) -> Self {
        Self::Mistake(reason)
    }
}

impl LoggedDevice {
    /// The action of a step.
    #[must_use]
    pub fn action(&self, step: usize) -> &Action {
        &self.script.actions[step]
    }
}

fn typed<T: DeserializeOwned>(ok: serde_json::Value, place: Place) -> Result<T, BadLog> {
    Answer::read_ok(ok).map_err(|violation| place.bad(violation.to_string()))
}
