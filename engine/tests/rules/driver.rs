//! A world of devices for the tests, with the names of the upstream test cases and one FIFO network.
//!
//! `A1` is a device of the account `A` and its key; `+A2 -B1` are decisions. Times are milliseconds after the start of
//! the world. Unordered keys and messages are described in sorted order.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use atm_engine::{
    AccountId, AnnouncementRule, Change, ConflictRule, Decision, DecisionKind, Device, Directory, DistrustId,
    DistrustIds, DistrustsByKey, Encryption, EncryptionId, EndpointId, Envelope, Input, KeyId, KeyIdentifier,
    KeySharing, Level, ManualDecision, MessageRef, Origin, Outcome, Outgoing, Payload, Protection, Reason,
    Received, Refusal, Rules, Stamp, StoredDevice, TrustMessage, Usage,
};

/// The start of the world, in milliseconds since 1970.
const BEGINNING: i64 = 1_600_000_000_000;

/// An encryption with any length of identifiers, so that names can be keys.
const ENCRYPTION: &str = "urn:example:encryption";

/// Devices, all names, the time, and the messages in transit.
pub(crate) struct TestWorld {
    pub(crate) names: Directory,
    pub(crate) devices: Vec<Device>,
    pub(crate) sent: Vec<(usize, Outgoing)>,
    pub(crate) refused: Vec<Refusal>,
    encryption: EncryptionId,
    rules: Rules,
    sharing: KeySharing,
    now: Stamp,
    queue: VecDeque<(usize, Received)>,
}

/// An outcome that a test may ignore: the driver has sent its messages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Happened(pub(crate) Outcome);

impl Deref for Happened {
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.0
    }
}

impl TestWorld {
    /// Creates devices with the default rules.
    pub(crate) fn new(devices: &str) -> Self {
        Self::with(Rules::default(), devices)
    }

    /// Creates devices with this announcement rule.
    pub(crate) fn announcing(announcement: AnnouncementRule, devices: &str) -> Self {
        Self::with(Rules { announcement, ..Rules::default() }, devices)
    }

    /// Creates devices with this conflict rule.
    pub(crate) fn settling(conflict: ConflictRule, devices: &str) -> Self {
        Self::with(Rules { conflict, ..Rules::default() }, devices)
    }

    /// Creates devices with these rules, each with its own key.
    pub(crate) fn with(rules: Rules, devices: &str) -> Self {
        Self::build(rules, KeySharing::OnePerEndpoint, devices)
    }

    /// Creates devices that share one key per account: `A1` and `A2` have the key `A`.
    pub(crate) fn one_key(announcement: AnnouncementRule, devices: &str) -> Self {
        Self::build(Rules { announcement, ..Rules::default() }, KeySharing::OneForAll, devices)
    }

    fn build(rules: Rules, sharing: KeySharing, devices: &str) -> Self {
        let mut names = Directory::new();
        let encryption = names.encryption(&Encryption::new(ENCRYPTION).unwrap());
        let mut world = Self {
            names,
            devices: Vec::new(),
            sent: Vec::new(),
            refused: Vec::new(),
            encryption,
            rules,
            sharing,
            now: Stamp::from_millis(BEGINNING),
            queue: VecDeque::new(),
        };
        for name in devices.split_whitespace() {
            world.add(name);
        }
        world
    }

    /// Adds a device without any knowledge.
    pub(crate) fn add(&mut self, name: &str) {
        let (endpoint, key) = (self.endpoint(name), self.endpoint_key(name));
        self.devices.push(Device::new(endpoint, key, self.sharing, self.rules, &self.names).unwrap());
    }

    // Names.

    pub(crate) fn account(&mut self, name: &str) -> AccountId {
        self.names.account(&format!("{}@example.org", &name[..1]).parse().unwrap())
    }

    pub(crate) fn endpoint(&mut self, name: &str) -> EndpointId {
        self.names.endpoint(&format!("{}@example.org/{name}", &name[..1]).parse().unwrap())
    }

    pub(crate) fn key(&mut self, name: &str) -> KeyId {
        self.key_of(self.encryption, name)
    }

    /// The key of an endpoint.
    fn endpoint_key(&mut self, name: &str) -> KeyId {
        self.key(match self.sharing {
            KeySharing::OnePerEndpoint => name,
            KeySharing::OneForAll => &name[..1],
        })
    }

    /// The key of the same name in another encryption.
    pub(crate) fn foreign_key(&mut self, name: &str) -> KeyId {
        let encryption = self.foreign_encryption();
        self.key_of(encryption, name)
    }

    pub(crate) fn encryption(&self) -> EncryptionId {
        self.encryption
    }

    pub(crate) fn foreign_encryption(&mut self) -> EncryptionId {
        self.names.encryption(&Encryption::new("urn:example:other").unwrap())
    }

    fn key_of(&mut self, encryption: EncryptionId, name: &str) -> KeyId {
        let owner = self.account(name);
        let namespace = self.names.encryption_name(encryption).clone();
        self.names.key(encryption, owner, &KeyIdentifier::new(&namespace, name.as_bytes()).unwrap())
    }

    pub(crate) fn decisions(&mut self, text: &str) -> Vec<Decision> {
        let decision = |word: &str| match word.split_at(1) {
            ("+", _) => Decision { key: self.key(name_in(word)), kind: DecisionKind::Trust },
            ("-", _) => Decision { key: self.key(name_in(word)), kind: DecisionKind::Distrust },
            _ => panic!("{word} is no decision: write +A2 or -A2"),
        };
        text.split_whitespace().map(decision).collect()
    }

    /// Parses the ids in `-B1#1,2` and `+B1/1,2`: standing ones after `#`, overruled ones after `/`.
    fn distrusts(&mut self, text: &str) -> DistrustsByKey {
        let of_word = |word: &str| {
            let read = |after: char| {
                let numbers = word.split_once(after).map_or("", |(_, rest)| rest);
                let numbers = numbers.split(['#', '/']).next().unwrap_or_default().split(',');
                numbers.filter_map(|number| Some(DistrustId::new(number.parse().ok()?))).collect::<Vec<_>>()
            };
            (self.key(name_in(word)), DistrustIds::new(read('#'), read('/')))
        };
        text.split_whitespace().map(of_word).collect()
    }

    fn index(&mut self, name: &str) -> usize {
        let endpoint = self.endpoint(name);
        self.devices.iter().position(|device| device.endpoint() == endpoint).expect("a device of that name")
    }

    pub(crate) fn device(&mut self, name: &str) -> &Device {
        let index = self.index(name);
        &self.devices[index]
    }

    // Time.

    /// Sets the clock to `millis` after the start of the world, also backwards.
    pub(crate) fn at(&mut self, millis: i64) -> &mut Self {
        self.now = stamp(millis);
        self
    }

    // Inputs.

    /// Applies an input to a device. Its messages are sent but not delivered.
    pub(crate) fn apply(&mut self, who: &str, input: &Input) -> Happened {
        let index = self.index(who);
        self.apply_to(index, input)
    }

    fn apply_to(&mut self, index: usize, input: &Input) -> Happened {
        let mut out = Outcome::default();
        self.devices[index].apply(input, self.now, &self.names, &mut out).unwrap();
        for outgoing in &out.outgoing {
            self.sent.push((index, outgoing.clone()));
            self.enqueue(index, outgoing);
        }
        self.refused.extend(out.refused.iter().cloned());
        Happened(out)
    }

    fn enqueue(&mut self, sender: usize, outgoing: &Outgoing) {
        let from = self.devices[sender].endpoint();
        let by = self.devices[sender].key();
        for (index, device) in self.devices.iter().enumerate() {
            let addressed = device.account() == outgoing.to && outgoing.keys.contains(&device.key());
            if index != sender && addressed {
                let received = Received {
                    from,
                    to: outgoing.to,
                    id: Some(outgoing.sent_by(from)),
                    carbon_from: None,
                    protection: Protection::Encrypted { with: self.encryption, by: Some(by) },
                    delayed_since: None,
                    payload: Payload::Parsed(outgoing.envelope.clone()),
                };
                self.queue.push_back((index, received));
            }
        }
    }

    /// Delivers all messages in transit, oldest first, including those sent in response.
    pub(crate) fn drain(&mut self) {
        while let Some((index, received)) = self.queue.pop_front() {
            self.apply_to(index, &Input::Receive(received));
        }
    }

    /// Lets the devices discover keys.
    pub(crate) fn discover(&mut self, who: &str, keys: &str) -> Happened {
        let mut all = Outcome::default();
        for name in who.split_whitespace() {
            for key in keys.split_whitespace() {
                let input = Input::Discover(self.key(key));
                let Happened(out) = self.apply(name, &input);
                all.changes.extend(out.changes);
                all.outgoing.extend(out.outgoing);
                all.refused.extend(out.refused);
            }
        }
        Happened(all)
    }

    /// Lets every device discover the keys of all others.
    pub(crate) fn discover_all(&mut self) {
        let keys: Vec<KeyId> = self.devices.iter().map(Device::key).collect();
        for index in 0..self.devices.len() {
            for key in keys.iter().filter(|key| **key != keys[index]) {
                self.apply_to(index, &Input::Discover(*key));
            }
        }
    }

    /// Lets a person decide at a device.
    pub(crate) fn decide(&mut self, who: &str, text: &str) -> Happened {
        let decisions = self.decisions(text);
        let keys = |kind| -> Vec<KeyId> {
            decisions.iter().filter(|decision| decision.kind == kind).map(|decision| decision.key).collect()
        };
        let manual =
            ManualDecision::new(&keys(DecisionKind::Trust), &keys(DecisionKind::Distrust), &self.names)
                .unwrap();
        self.apply(who, &Input::Decide(manual))
    }

    pub(crate) fn trust_manually(&mut self, who: &str, key: &str) -> Happened {
        let input = Input::TrustManually(self.key(key));
        self.apply(who, &input)
    }

    /// A correct message of `from` to the account of `who`, with the current time.
    pub(crate) fn message(&mut self, who: &str, from: &str, text: &str) -> Received {
        let to = self.account(who);
        let account = self.account(from);
        let by = self.endpoint_key(from);
        let message = TrustMessage {
            usage: Usage::Atm,
            encryption: self.encryption,
            decisions: self.decisions(text).into(),
            distrusts: self.distrusts(text),
        };
        let envelope = Envelope {
            padded: true,
            time: Some(self.now),
            from: Some(account),
            to: Some(to),
            message: Arc::new(message),
        };
        Received {
            from: self.endpoint(from),
            to,
            id: Some(MessageRef { endpoint: self.endpoint(from), number: atm_engine::OutboxId(0) }),
            carbon_from: None,
            protection: Protection::Encrypted { with: self.encryption, by: Some(by) },
            delayed_since: None,
            payload: Payload::Parsed(envelope),
        }
    }

    pub(crate) fn receive(&mut self, who: &str, received: Received) -> Happened {
        self.apply(who, &Input::Receive(received))
    }

    /// Delivers to `who` a message that `from` sends now.
    pub(crate) fn hear(&mut self, who: &str, from: &str, text: &str) -> Happened {
        let received = self.message(who, from, text);
        self.receive(who, received)
    }

    /// Delivers to `who` a message that `from` sent at `millis`.
    pub(crate) fn hear_late(&mut self, who: &str, from: &str, text: &str, millis: i64) -> Happened {
        let mut received = self.message(who, from, text);
        envelope_of(&mut received).time = Some(stamp(millis));
        self.receive(who, received)
    }

    pub(crate) fn resume(&mut self, who: &str) -> Happened {
        self.apply(who, &Input::Resume)
    }

    /// Confirms all waiting messages of `who`.
    pub(crate) fn confirm_all(&mut self, who: &str) {
        let waiting: Vec<_> = self.device(who).outbox().map(|outgoing| outgoing.id).collect();
        for id in waiting {
            self.apply(who, &Input::Sent(id));
        }
    }

    /// Stores and restores all devices, as after a crash.
    pub(crate) fn crash(&mut self) {
        for device in &mut self.devices {
            let written = serde_json::to_string(&device.to_stored(&self.names).unwrap()).unwrap();
            let read: StoredDevice = serde_json::from_str(&written).unwrap();
            *device = read.intern(&mut self.names).unwrap();
        }
    }

    // Queries.

    pub(crate) fn level(&mut self, who: &str, key: &str) -> Level {
        let key = self.key(key);
        self.device(who).level(key)
    }

    pub(crate) fn origin(&mut self, who: &str, key: &str) -> Option<Origin> {
        let key = self.key(key);
        self.device(who).origin(key)
    }

    /// The keys among `keys` that `who` has authenticated.
    pub(crate) fn authenticated(&mut self, who: &str, keys: &str) -> String {
        let held = |key: &&str| self.level(who, key) == Level::Authenticated;
        keys.split_whitespace().filter(held).collect::<Vec<_>>().join(" ")
    }

    /// The postponed decisions of `sender` at `who`.
    pub(crate) fn left(&mut self, who: &str, sender: &str) -> String {
        let sender = self.key(sender);
        let left: Vec<Decision> = self.device(who).postponed(sender).map(|(decision, _)| decision).collect();
        self.describe(&left)
    }

    /// The waiting messages of `who`.
    pub(crate) fn waiting(&mut self, who: &str) -> Vec<String> {
        let waiting: Vec<Outgoing> = self.device(who).outbox().cloned().collect();
        self.messages(&waiting)
    }

    /// Messages as `to A for A2 A3: +B1 -B2`, sorted.
    pub(crate) fn messages(&self, outgoing: &[Outgoing]) -> Vec<String> {
        let mut messages: Vec<String> = outgoing.iter().map(|outgoing| self.message_text(outgoing)).collect();
        messages.sort();
        messages
    }

    fn message_text(&self, outgoing: &Outgoing) -> String {
        let to = self.names.jid(outgoing.to).to_string()[..1].to_uppercase();
        let mut keys: Vec<&str> = outgoing.keys.iter().map(|key| self.name(*key)).collect();
        keys.sort_unstable();
        format!("to {to} for {}: {}", keys.join(" "), self.describe(&outgoing.envelope.message.decisions))
    }

    pub(crate) fn describe(&self, decisions: &[Decision]) -> String {
        let mut words: Vec<String> = decisions.iter().map(|decision| self.word(*decision)).collect();
        words.sort_by_key(|word| word[1..].to_owned());
        words.join(" ")
    }

    fn word(&self, decision: Decision) -> String {
        let sign = if decision.kind == DecisionKind::Trust { '+' } else { '-' };
        format!("{sign}{}", self.name(decision.key))
    }

    pub(crate) fn name(&self, key: KeyId) -> &str {
        std::str::from_utf8(self.names.identifier(key).as_bytes()).unwrap()
    }

    /// Refusals as `stale +B1`, or just `clock` for a whole message, in order.
    pub(crate) fn refusals(&self, refused: &[Refusal]) -> Vec<String> {
        let text = |refusal: &Refusal| match refusal.decision {
            Some(decision) => format!("{} {}", refusal.reason.name(), self.word(decision)),
            None => refusal.reason.name().to_owned(),
        };
        refused.iter().map(text).collect()
    }

    /// The applied explicit decisions, in order.
    pub(crate) fn decided(&self, out: &Outcome) -> String {
        let word = |change: &Change| match change {
            Change::Decided { decision, .. } => Some(self.word(*decision)),
            Change::TookEffect { .. }
            | Change::Level { .. }
            | Change::Postponed { .. }
            | Change::Confirmed { .. }
            | Change::Dropped { .. } => None,
        };
        out.changes.iter().filter_map(word).collect::<Vec<_>>().join(" ")
    }

    /// The number of authentications by persons, and by messages.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let (mut manual, mut automatic) = (0, 0);
        for device in &self.devices {
            for other in &self.devices {
                if device.level(other.key()) == Level::Authenticated {
                    match device.origin(other.key()) {
                        Some(Origin::Manual) => manual += 1,
                        Some(Origin::Message { .. }) => automatic += 1,
                        Some(Origin::Policy) | None => panic!("a policy authenticates nothing"),
                    }
                }
            }
        }
        (manual, automatic)
    }

    /// Pairs of a device and a key that it has not authenticated.
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for device in &self.devices {
            for other in &self.devices {
                if device != other && device.level(other.key()) != Level::Authenticated {
                    missing.push(format!("{} {}", self.name(device.key()), self.name(other.key())));
                }
            }
        }
        missing
    }
}

/// The key in a word such as `-B1#1/2`.
fn name_in(word: &str) -> &str {
    word[1..].split(['#', '/']).next().unwrap_or_default()
}

pub(crate) fn stamp(millis: i64) -> Stamp {
    Stamp::from_millis(BEGINNING + millis)
}

pub(crate) fn envelope_of(received: &mut Received) -> &mut Envelope {
    match &mut received.payload {
        Payload::Parsed(envelope) => envelope,
        Payload::Malformed(_) => panic!("the message is well-formed"),
    }
}

/// The reason of the only refusal.
pub(crate) fn only_reason(out: &Outcome) -> &Reason {
    match &out.refused[..] {
        [refusal] => &refusal.reason,
        refused => panic!("one refusal, not {refused:?}"),
    }
}

/// Asserts that nothing changed and no message is to be sent.
pub(crate) fn assert_untouched(out: &Outcome) {
    assert_eq!((&out.changes[..], &out.outgoing[..]), (&[][..], &[][..]));
}

/// Runs `work` with a small stack and a time limit, which deep recursion or more than linear work would exceed.
pub(crate) fn within_limits(work: impl FnOnce() + Send + 'static) {
    let (done, finished) = mpsc::channel();
    let worker = thread::Builder::new().stack_size(512 * 1024).spawn(move || {
        work();
        done.send(()).unwrap();
    });
    let timed_out = finished.recv_timeout(Duration::from_secs(180)) == Err(mpsc::RecvTimeoutError::Timeout);
    assert!(!timed_out, "it takes more than linear time");
    worker.unwrap().join().unwrap();
}
