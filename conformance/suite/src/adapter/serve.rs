//! The reference engine as an adapter, for trying commands by hand and for measuring the overhead of the pipe.

use std::io::{self, BufRead, Write};
use std::sync::Arc;

use atm_adapter_protocol::protocol::{
    About, At, Clock, Command, Create, Decide, Decrypted, DeliverStanza, EncryptedContent, ErrorAnswer,
    ErrorKind, Feature, Hello, Key, KeyPolicy, Keys, LevelName, Nothing, OwnCode, PROTOCOL,
    PostponedDecisions, ReadLevels, SentStanza, SentStanzas, Unsupported,
};
use atm_engine::codec::{
    ClearElement, Malformed, Message, MessageStanza, NamedEnvelope, TrustMessageUri, stamp_from_date_time,
};
use atm_engine::jid::{BareJid, FullJid, Jid};
use atm_engine::{
    CarbonFrom, DecisionKind, Device, Directory, Encryption, EncryptionId, EndpointId, Input, KeyId,
    KeyIdentifier, KeySharing, Level, ManualDecision, MessageId, Outcome, Outgoing, Payload, Protection,
    Received, Rules, Stamp,
};
use atm_simulator::endpoint::{Backup, Endpoint, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde_json::{Value, json};

use crate::messages::names;

/// The largest number of decisions for which `postponed` is reported, since the length of a line is limited.
const MOST_POSTPONED: usize = 1_000;

/// The padding of the messages that the engine sends.
const PADDING: &str = "c1DVsXRwvH";

/// Answers commands until the end of the input or the command `stop`.
///
/// # Errors
///
/// Returns an error if reading or writing fails.
pub fn serve(input: impl BufRead, output: &mut impl Write, rules: Rules) -> io::Result<()> {
    let mut server = Server::new(rules);
    for line in input.lines() {
        let (answer, stop) = server.answer(&line?);
        output.write_all(answer.as_bytes())?;
        output.write_all(b"\n")?;
        output.flush()?;
        if stop {
            break;
        }
    }
    Ok(())
}

/// The state behind the protocol: devices by name, and their backups.
struct Server {
    rules: Rules,
    names: Directory,
    devices: IndexMap<String, Device, FxBuildHasher>,
    backups: IndexMap<String, Backup, FxBuildHasher>,
}

/// The reason why a command is refused.
enum Refused {
    Unsupported(String),
    Error(String),
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Self::Error(message)
    }
}

impl Server {
    fn new(rules: Rules) -> Self {
        let (devices, backups) = (IndexMap::default(), IndexMap::default());
        Self { rules, names: Directory::new(), devices, backups }
    }

    /// The answer to a line, and whether it is the last one.
    fn answer(&mut self, line: &str) -> (String, bool) {
        let (id, command) = match read(line) {
            Ok(read) => read,
            Err((id, refused)) => return (written(&id, Err(refused)), false),
        };
        let stop = command == Command::Stop;
        (written(&id, self.perform(command)), stop)
    }

    fn perform(&mut self, command: Command) -> Result<Value, Refused> {
        match command {
            Command::Hello(_) => Ok(ok(&hello())),
            Command::Create(create) => self.create(&create).map(|()| ok(&Nothing {})),
            Command::Discover(keys) => self.each_key(&keys, Input::Discover),
            // A key that leaves the list of its account keeps its level.
            Command::Forget(keys) => self.happen(&keys.device, time(&keys.now)?, Vec::new()),
            Command::TrustManually(keys) => self.each_key(&keys, Input::TrustManually),
            Command::Decide(decide) => self.decide(&decide),
            Command::Scan(scan) => {
                let now = time(&scan.now)?;
                let inputs = match TrustMessageUri::parse(&scan.uri) {
                    Ok(uri) => vec![Input::Decide(uri.intern(&mut self.names))],
                    // A broken code changes nothing.
                    Err(_) => Vec::new(),
                };
                self.happen(&scan.device, now, inputs)
            }
            Command::OwnCode(at) => self.own_code(&at),
            Command::Deliver(deliver) => self.deliver(&deliver),
            Command::Read(keys) => self.read(&keys),
            Command::Restart(at) => self.restart(&at),
            Command::BackUp(at) => self.back_up(&at),
            Command::Restore(at) => self.restore(&at),
            Command::Reset => {
                self.devices.clear();
                self.backups.clear();
                self.names = Directory::new();
                Ok(ok(&Nothing {}))
            }
            Command::Stop => Ok(ok(&Nothing {})),
        }
    }

    fn create(&mut self, create: &Create) -> Result<(), Refused> {
        if self.devices.contains_key(&create.device) {
            return Err(Refused::Error(format!("the device {} exists", create.device)));
        }
        let jid: FullJid = create.jid.parse().map_err(|_| format!("{:?} is no full JID", create.jid))?;
        let encryption = encryption(&create.encryption)?;
        let encryption = self.names.encryption(&encryption);
        let key = Key { owner: jid.to_bare().to_string(), id: create.key.clone() };
        let key = self.key(&key, encryption)?;
        let endpoint = self.names.endpoint(&jid);
        let sharing = if create.shared_key { KeySharing::OneForAll } else { KeySharing::OnePerEndpoint };
        let policy = match create.policy {
            KeyPolicy::Toakafa => atm_engine::Policy::Toakafa,
            KeyPolicy::None => atm_engine::Policy::None,
        };
        let rules = Rules { policy, ..self.rules };
        let device = Device::new(endpoint, key, sharing, rules, &self.names);
        let device = device.map_err(|error| error.to_string())?;
        self.devices.insert(create.device.clone(), device);
        Ok(())
    }

    fn each_key(&mut self, keys: &Keys, input: impl Fn(KeyId) -> Input) -> Result<Value, Refused> {
        let encryption = self.encryption_of(&keys.device)?;
        let ids = keys.keys.iter().map(|key| self.key(key, encryption)).collect::<Result<Vec<_>, _>>()?;
        self.happen(&keys.device, time(&keys.now)?, ids.into_iter().map(input).collect())
    }

    fn decide(&mut self, decide: &Decide) -> Result<Value, Refused> {
        let encryption = self.encryption_of(&decide.device)?;
        let mut ids = |keys: &[String]| -> Result<Vec<KeyId>, String> {
            let named = |id: &String| Key { owner: decide.owner.clone(), id: id.clone() };
            keys.iter().map(|id| self.key(&named(id), encryption)).collect()
        };
        let (trust, distrust) = (ids(&decide.trust)?, ids(&decide.distrust)?);
        let decision = ManualDecision::new(&trust, &distrust, &self.names);
        let decision = decision.map_err(|reason| reason.to_string())?;
        self.happen(&decide.device, time(&decide.now)?, vec![Input::Decide(decision)])
    }

    fn deliver(&mut self, deliver: &DeliverStanza) -> Result<Value, Refused> {
        let now = time(&deliver.now)?;
        let account = self.device(&deliver.device)?.account();
        let own = self.names.jid(account).clone();
        let body =
            deliver.encrypted.as_ref().and_then(|encrypted| NamedEnvelope::body_in(&encrypted.content));
        let inputs = match MessageStanza::parse(&deliver.stanza) {
            Ok(stanza) => self.received(stanza, deliver.encrypted.as_ref(), &own)?,
            // Malformed stanzas have no effect.
            Err(_) => Vec::new(),
        };
        let sent = self.send(&deliver.device, now, inputs)?;
        Ok(ok(&SentStanzas { sent, shown: Some(body.into_iter().collect()) }))
    }

    /// The inputs of a stanza: first its encrypted part, then its parts in the clear.
    fn received(
        &mut self,
        stanza: MessageStanza,
        encrypted: Option<&Decrypted>,
        own: &BareJid,
    ) -> Result<Vec<Input>, Refused> {
        let outer_from = stanza.message.from.clone();
        let mut delays = stanza.message.delays.clone();
        let (message, carbon_from) = match stanza.carbon {
            None => (stanza.message, None),
            Some(carbon) => {
                delays.extend(carbon.delays);
                let from = outer_from.unwrap_or_else(|| own.clone().into());
                (carbon.message, Some(CarbonFrom::intern(&from, &mut self.names)))
            }
        };
        let Message { from, to, id, clear, .. } = message;
        let from = full(from.unwrap_or_else(|| own.clone().into()));
        let to = to.map_or_else(|| own.clone(), |jid| jid.to_bare());
        let is_own_server = |jid: &Jid| jid.domain() == own.domain() && jid.localpart().is_none();
        let delayed_since = delays
            .iter()
            .find(|delay| delay.from.as_ref().is_none_or(is_own_server))
            .map(|delay| delay.stamp);
        let endpoint = self.names.endpoint(&from);
        let to = self.names.account(&to);
        let id = id.and_then(|id| id.parse().ok());
        let id = id.map(|id: MessageId| id.intern(&from.to_bare(), &mut self.names));
        let input = |protection, payload| {
            Input::Receive(Received {
                from: endpoint,
                to,
                id,
                carbon_from,
                protection,
                delayed_since,
                payload,
            })
        };
        let mut inputs = Vec::new();
        if let Some(Decrypted { encryption: with, sender, content }) = encrypted {
            let with = self.names.encryption(&encryption(with)?);
            let by = sender.as_ref().map(|key| self.key(key, with)).transpose()?;
            let payload = self.payload(NamedEnvelope::parse(content));
            inputs.push(input(Protection::Encrypted { with, by }, payload));
        }
        for element in clear {
            let payload = match element {
                ClearElement::Envelope(envelope) => self.payload(envelope),
                // A trust message in the clear is ignored even without an envelope.
                ClearElement::TrustMessage(_) => continue,
            };
            inputs.push(input(Protection::None, payload));
        }
        Ok(inputs)
    }

    fn payload(&mut self, envelope: Result<NamedEnvelope, Malformed>) -> Payload {
        match envelope {
            Ok(envelope) => Payload::Parsed(envelope.intern(&mut self.names)),
            Err(malformed) => Payload::Malformed(Arc::new(malformed)),
        }
    }

    fn read(&mut self, keys: &Keys) -> Result<Value, Refused> {
        let encryption = self.encryption_of(&keys.device)?;
        let ids = keys.keys.iter().map(|key| self.key(key, encryption)).collect::<Result<Vec<_>, _>>()?;
        let device = self.device(&keys.device)?;
        let levels = ids.into_iter().map(|key| device.level(key).name().to_owned()).collect();
        let postponed = device.postponed_senders().map(|sender| {
            let of = |verdict| {
                let left = device.postponed(sender).filter(move |(decision, _)| decision.kind == verdict);
                left.map(|(decision, _)| names::key(decision.key, &self.names)).collect()
            };
            PostponedDecisions {
                sender: names::key(sender, &self.names),
                trust: of(DecisionKind::Trust),
                distrust: of(DecisionKind::Distrust),
            }
        });
        let mut postponed: Vec<PostponedDecisions> = postponed.collect();
        postponed.sort_by(|one, other| one.sender.cmp(&other.sender));
        let decisions = postponed.iter().map(|left| left.trust.len() + left.distrust.len()).sum::<usize>();
        let postponed = (decisions <= MOST_POSTPONED).then_some(postponed);
        let stored = Endpoint::stored_bytes(self.device(&keys.device)?, &self.names);
        let stored = stored.map_err(|failure| failure.to_string())?;
        Ok(ok(&ReadLevels { levels, postponed, stored }))
    }

    fn restart(&mut self, at: &At) -> Result<Value, Refused> {
        let now = time(&at.now)?;
        let device = self.device(&at.device)?;
        let mut again = device.clone();
        Endpoint::restart(&mut again, &self.names).map_err(|failure| failure.to_string())?;
        self.devices.insert(at.device.clone(), again);
        self.happen(&at.device, now, vec![Input::Resume])
    }

    fn own_code(&self, at: &At) -> Result<Value, Refused> {
        let decision = ManualDecision::authenticate(self.device(&at.device)?.key());
        let uri = TrustMessageUri::of(&decision, &self.names).map_err(|error| error.to_string())?;
        Ok(ok(&OwnCode { uri: uri.to_string() }))
    }

    fn back_up(&mut self, at: &At) -> Result<Value, Refused> {
        let mut backup = Backup::default();
        self.undergo(at, &mut Occurrence::BackUp(&mut backup))?;
        self.backups.insert(at.device.clone(), backup);
        self.happen(&at.device, time(&at.now)?, Vec::new())
    }

    fn restore(&mut self, at: &At) -> Result<Value, Refused> {
        let backup = self.backups.get(&at.device).cloned();
        let backup = backup.ok_or_else(|| format!("there is no backup of {}", at.device))?;
        self.undergo(at, &mut Occurrence::Restore(&backup))?;
        self.happen(&at.device, time(&at.now)?, vec![Input::Resume])
    }

    fn undergo(&mut self, at: &At, occurrence: &mut Occurrence<'_>) -> Result<(), Refused> {
        let now = time(&at.now)?;
        let device = self.devices.get_mut(&at.device).ok_or_else(|| no_device(&at.device))?;
        let context = InputContext { now, names: &self.names, step: None };
        let undergone = Endpoint::undergo(device, occurrence, context, &mut Observation::default());
        Ok(undergone.map_err(|failure| failure.to_string())?)
    }

    /// Applies inputs to a device and reports the sent stanzas.
    fn happen(&mut self, name: &str, now: Stamp, inputs: Vec<Input>) -> Result<Value, Refused> {
        Ok(ok(&SentStanzas { sent: self.send(name, now, inputs)?, shown: None }))
    }

    fn send(&mut self, name: &str, now: Stamp, inputs: Vec<Input>) -> Result<Vec<SentStanza>, Refused> {
        let device = self.devices.get_mut(name).ok_or_else(|| no_device(name))?;
        let (mut out, mut sent) = (Outcome::default(), Vec::new());
        for input in inputs {
            device.apply(&input, now, &self.names, &mut out).map_err(|error| error.to_string())?;
            for outgoing in out.outgoing.drain(..) {
                sent.push(written_stanza(&outgoing, device.endpoint(), &self.names)?);
                device.sent(outgoing.id);
            }
        }
        Ok(sent)
    }

    fn device(&self, name: &str) -> Result<&Device, String> {
        self.devices.get(name).ok_or_else(|| no_device(name))
    }

    fn encryption_of(&self, device: &str) -> Result<EncryptionId, String> {
        Ok(self.names.encryption_of(self.device(device)?.key()))
    }

    fn key(&mut self, key: &Key, encryption: EncryptionId) -> Result<KeyId, String> {
        let owner: BareJid =
            key.owner.parse().map_err(|_| format!("the owner {:?} is no bare JID", key.owner))?;
        let bytes = data_encoding::BASE64.decode(key.id.as_bytes());
        let bytes = bytes.map_err(|error| format!("the key {:?} is not Base64: {error}", key.id))?;
        let identifier = KeyIdentifier::new(self.names.encryption_name(encryption), &bytes);
        let identifier = identifier.map_err(|error| format!("the key {:?}: {error}", key.id))?;
        let owner = self.names.account(&owner);
        Ok(self.names.key(encryption, owner, &identifier))
    }
}

/// A message as a stanza for the server.
pub(crate) fn written_stanza(
    outgoing: &Outgoing,
    endpoint: EndpointId,
    names: &Directory,
) -> Result<SentStanza, String> {
    let from = names.full_jid(endpoint);
    let id = MessageId::new(from, outgoing.id).to_string();
    let namespace = names.encryption_name(outgoing.envelope.message.encryption).to_string();
    let mut stanza = MessageStanza::chat(from.clone().into(), names.jid(outgoing.to).clone().into(), &id);
    stanza.message.encrypted = vec![namespace.clone()];
    let content = NamedEnvelope::of(&outgoing.envelope, PADDING, names).map_err(|error| error.to_string())?;
    Ok(SentStanza {
        stanza: stanza.to_xml(),
        encrypted: Some(EncryptedContent {
            encryption: namespace,
            keys: outgoing.keys.iter().map(|key| names::key(*key, names)).collect(),
            content: content.to_xml(),
        }),
    })
}

/// The engine's description of itself.
pub(crate) fn hello() -> Hello {
    let levels = [
        (Level::Undecided, LevelName::Undecided),
        (Level::AutomaticallyTrusted, LevelName::AutomaticallyTrusted),
        (Level::AutomaticallyDistrusted, LevelName::AutomaticallyDistrusted),
        (Level::ManuallyTrusted, LevelName::ManuallyTrusted),
        (Level::Authenticated, LevelName::Authenticated),
        (Level::Distrusted, LevelName::Distrusted),
    ];
    Hello {
        protocol: PROTOCOL,
        implementation: About {
            name: "atm-engine".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            url: None,
        },
        clock: Clock::Injected,
        encryptions: vec!["*".to_owned()],
        policies: vec![KeyPolicy::Toakafa, KeyPolicy::None],
        features: vec![
            Feature::Scan,
            Feature::TrustManually,
            Feature::Restart,
            Feature::SharedKey,
            Feature::Postponed,
            Feature::Forget,
            Feature::Backup,
            Feature::OwnCode,
            Feature::Shown,
            Feature::Stored,
        ],
        levels: levels.into_iter().map(|(level, name)| (level.name().to_owned(), name)).collect(),
        asks_before_automatic_decisions: false,
    }
}

/// The known commands.
const COMMANDS: [&str; 15] = [
    "hello",
    "create",
    "discover",
    "forget",
    "decide",
    "trust-manually",
    "scan",
    "own-code",
    "deliver",
    "read",
    "restart",
    "back-up",
    "restore",
    "reset",
    "stop",
];

/// Parses a line into its id and command.
fn read(line: &str) -> Result<(Value, Command), (Value, Refused)> {
    let mut members: Value = serde_json::from_str(line)
        .map_err(|error| (Value::Null, Refused::Error(format!("this is not JSON: {error}"))))?;
    let id = members.get_mut("id").map(Value::take).unwrap_or_default();
    let name = members.get("command").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !COMMANDS.contains(&&*name) {
        return Err((id, Refused::Unsupported(name)));
    }
    match serde_path_to_error::deserialize(members) {
        Ok(command) => Ok((id, command)),
        Err(error) => Err((id, Refused::Error(format!("this is no `{name}` command: {}", error.inner())))),
    }
}

fn written(id: &Value, answer: Result<Value, Refused>) -> String {
    let line = match answer {
        Ok(ok) => json!({ "id": id, "ok": ok }),
        Err(Refused::Unsupported(feature)) => {
            json!({ "id": id, "unsupported": ok(&Unsupported { feature, reason: None, link: None }) })
        }
        Err(Refused::Error(message)) => {
            json!({ "id": id, "error": ok(&ErrorAnswer { kind: ErrorKind::Definite, message }) })
        }
    };
    line.to_string()
}

fn ok(body: &impl serde::Serialize) -> Value {
    serde_json::to_value(body).unwrap_or_default()
}

fn no_device(name: &str) -> String {
    format!("there is no device {name}")
}

fn time(now: &str) -> Result<Stamp, String> {
    stamp_from_date_time(now).map_err(|error| format!("`now`: {error}"))
}

fn encryption(namespace: &str) -> Result<Encryption, String> {
    Encryption::new(namespace).ok_or_else(|| format!("{namespace:?} is no namespace"))
}

/// The full JID of an endpoint. A bare JID gets a resource that no endpoint has.
fn full(jid: Jid) -> FullJid {
    match jid.try_into_full() {
        Ok(full) => full,
        Err(bare) => bare.with_resource("no-resource").expect("a valid resource"),
    }
}
