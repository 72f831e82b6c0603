//! Runs engine and model side by side: both get the same inputs, and then they are compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use atm_engine::codec::Malformed;
use atm_engine::{
    CarbonFrom, Cause, Change, Decision, DecisionKind, Device, Directory, DistrustId, DistrustIds, Effect,
    Encryption, EncryptionId, EndpointId, Envelope, Input, KeyId, KeyIdentifier, KeySharing, ManualDecision,
    MessageRef, Notice, Origin, OutboxId, Outcome, Outgoing, Payload, Protection, Received, Refusal, Stamp,
    StoredDevice, TrustMessage, Usage,
};

use crate::steps::{Act, Fault, Hearing, KEYS, Story, StoryStep};
use atm_naive_model::{
    NaiveDecision, NaiveDevice, NaiveDistrusts, NaiveMessage, NaiveOutcome, NaiveStanza, OTHER, OURS,
    is_foreign, owner,
};

/// The start of the story, in milliseconds since 1970.
const BEGINNING: i64 = 1_600_000_000_000;

/// Engine and model with their history.
pub(crate) struct SideBySide {
    names: Directory,
    engine: Device,
    naive: NaiveDevice,
    one_key: bool,
    now: i64,
    heard: Vec<NaiveStanza>,
    /// The model's names of the distrusts that came without one.
    unnamed: BTreeMap<DistrustId, String>,
    /// The reasons of all refusals.
    pub(crate) reasons: Vec<&'static str>,
    /// The kinds of all results.
    pub(crate) kinds: Vec<&'static str>,
}

impl SideBySide {
    pub(crate) fn new(story: &Story) -> Self {
        let mut names = Directory::new();
        let sharing = if story.one_key { KeySharing::OneForAll } else { KeySharing::OnePerEndpoint };
        let (endpoint, key) = (endpoint(&mut names, "A1"), key(&mut names, "A1"));
        let engine = Device::new(endpoint, key, sharing, story.rules, &names).expect("its own key");
        let naive = NaiveDevice::new("A1", "A1", story.one_key, story.rules, &[]);
        Self {
            names,
            engine,
            naive,
            one_key: story.one_key,
            now: 0,
            heard: Vec::new(),
            unnamed: BTreeMap::new(),
            reasons: Vec::new(),
            kinds: Vec::new(),
        }
    }

    /// Gives both the same step. Fails with the differences afterwards.
    pub(crate) fn step(&mut self, step: &StoryStep) -> Result<(), String> {
        self.now += step.later;
        match &step.act {
            Act::Decide(decisions) => self.decide(decisions),
            Act::TrustManually(name) => {
                let input = Input::TrustManually(key(&mut self.names, name));
                let told = self.naive.trust_manually(name);
                self.compare(&input, told)
            }
            Act::Discover(name) => self.discover(name),
            Act::Hear(hearing) => {
                let heard = self.stanza(hearing);
                self.heard.push(heard.clone());
                self.hear(&heard)
            }
            Act::HearAgain { which, delayed } => {
                if self.heard.is_empty() {
                    return Ok(());
                }
                let mut heard = which.get(&self.heard).clone();
                if *delayed {
                    heard.delayed_since = heard.time;
                }
                self.hear(&heard)
            }
            Act::Sent(which) => {
                let waiting: Vec<Outgoing> = self.engine.outbox().cloned().collect();
                if waiting.is_empty() {
                    return self.compare(&Input::Sent(OutboxId(u64::MAX)), NaiveOutcome::default());
                }
                let sent = which.get(&waiting);
                self.naive.sent(&self.message(sent));
                self.compare(&Input::Sent(sent.id), NaiveOutcome::default())
            }
            Act::Resume => {
                let told = self.naive.resume(self.now);
                self.compare(&Input::Resume, told)
            }
            Act::Restart => self.restart(),
        }
    }

    pub(crate) fn discover(&mut self, name: &str) -> Result<(), String> {
        let input = Input::Discover(key(&mut self.names, name));
        let told = self.naive.discover(name, self.now);
        self.compare(&input, told)
    }

    fn decide(&mut self, decisions: &[NaiveDecision]) -> Result<(), String> {
        let mut keys = |kind| -> Vec<KeyId> {
            let of_verdict = decisions.iter().filter(|said| said.kind == kind);
            of_verdict.map(|said| key(&mut self.names, &said.key)).collect()
        };
        let (trust, distrust) = (keys(DecisionKind::Trust), keys(DecisionKind::Distrust));
        let manual = ManualDecision::new(&trust, &distrust, &self.names).expect("keys of one owner");
        let told = self.naive.decide(decisions, self.now);
        self.compare(&Input::Decide(manual), told)
    }

    fn hear(&mut self, heard: &NaiveStanza) -> Result<(), String> {
        let received = self.received(heard);
        // The id does not distinguish keys of several encryption protocols. A device has keys of one.
        let sender = heard.encrypted_by.as_ref().filter(|sender| !is_foreign(sender));
        if let (Some(sender), Some(time)) = (sender, heard.time) {
            let time = time.min(self.now);
            let id = DistrustId::of_unnamed(key(&mut self.names, sender), stamp(time), &self.names);
            self.unnamed.insert(id, format!("{sender}@{time}"));
        }
        let told = self.naive.receive(heard, self.now);
        self.compare(&Input::Receive(received), told)
    }

    fn restart(&mut self) -> Result<(), String> {
        let stored = self.engine.to_stored(&self.names).expect("the engine has these names");
        let written = serde_json::to_string(&stored).expect("it can be written");
        let read: StoredDevice =
            serde_json::from_str(&written).map_err(|error| format!("{error}:\n{written}"))?;
        let engine = read.resolve(&self.names).map_err(|error| format!("{error}:\n{written}"))?;
        if read != stored || engine.to_stored(&self.names) != Ok(stored) {
            return Err(format!("reads back as something else:\n{written}"));
        }
        self.engine = engine;
        self.naive.restart();
        self.compare_states()
    }

    fn compare(&mut self, input: &Input, naive: NaiveOutcome) -> Result<(), String> {
        let mut out = Outcome::default();
        self.engine
            .apply(input, stamp(self.now), &self.names, &mut out)
            .map_err(|error| error.to_string())?;
        self.reasons.extend(out.refused.iter().map(|refusal| refusal.reason.name()));
        self.kinds.extend(out.changes.iter().map(|change| kind_of_change(change, input)));
        for outgoing in &out.outgoing {
            self.kinds.push(self.kind_of_message(outgoing, input));
        }
        differ("what came of it", &self.told(&out).sorted(), &naive.sorted())?;
        self.compare_states()
    }

    fn compare_states(&mut self) -> Result<(), String> {
        for name in KEYS.into_iter().chain(["B1*"]) {
            let id = key(&mut self.names, name);
            let engine = &self.engine;
            differ(&format!("the level of {name}"), &engine.level(id), &self.naive.level(name))?;
            let origin = engine.origin(id).map(|origin| self.origin(origin));
            differ(&format!("the origin of {name}"), &origin, &self.naive.origin(name))?;
            differ(&format!("what is kept about {name}"), &engine.kept_decision(id), &self.naive.kept(name))?;
            let mut left: Vec<String> = engine
                .postponed(id)
                .map(|(decision, time)| format!("{} @{}", self.said(decision), millis(time)))
                .collect();
            let mut naive = self.naive.left_by(name);
            left.sort();
            naive.sort();
            differ(&format!("what {name} left"), &left, &naive)?;
            let sender = engine.postponed_senders().any(|sender| sender == id);
            differ(&format!("whether {name} left something"), &sender, &!naive.is_empty())?;
        }
        let mut outbox: Vec<NaiveMessage> =
            self.engine.outbox().map(|outgoing| self.message(outgoing)).collect();
        let mut naive = self.naive.outbox().to_vec();
        outbox.sort();
        naive.sort();
        differ("the outbox", &outbox, &naive)
    }

    // Stanzas.

    fn stanza(&self, hearing: &Hearing) -> NaiveStanza {
        let account = owner(hearing.sender);
        let by = if self.one_key && account == "A" { "A1" } else { hearing.sender };
        let mut heard = NaiveStanza {
            from: hearing.sender.to_owned(),
            to: "A".to_owned(),
            id: None,
            carbon_from: None,
            encrypted_with: Some(OURS.to_owned()),
            encrypted_by: Some(by.to_owned()),
            claimed_by: None,
            delayed_since: hearing.delayed.map(|delayed| self.now - delayed),
            malformed: false,
            padded: true,
            time: Some(self.now - hearing.age),
            time_as_written: None,
            affix_from: Some(account),
            affix_to: Some("A".to_owned()),
            is_atm: true,
            encryption: OURS.to_owned(),
            decisions: hearing.decisions.clone(),
            distrusts: distrusts_in(hearing),
        };
        for fault in &hearing.faults {
            spoil(&mut heard, *fault);
        }
        heard
    }

    fn received(&mut self, heard: &NaiveStanza) -> Received {
        let names = &mut self.names;
        let decisions: Vec<Decision> = heard
            .decisions
            .iter()
            .map(|said| Decision { key: key(names, &said.key), kind: said.kind })
            .collect();
        let distrusts = heard.distrusts.iter().map(|distrusts| {
            let ids = |names: &[String]| names.iter().map(|name| id_of(name)).collect::<Vec<_>>();
            (
                key(names, &distrusts.key),
                DistrustIds::new(ids(&distrusts.standing), ids(&distrusts.overruled)),
            )
        });
        let distrusts = distrusts.collect();
        let message = TrustMessage {
            usage: if heard.is_atm { Usage::Atm } else { Usage::Other },
            encryption: encryption(names, &heard.encryption),
            decisions: decisions.into(),
            distrusts,
        };
        let envelope = Envelope {
            padded: heard.padded,
            time: heard.time.map(stamp),
            from: heard.affix_from.as_ref().map(|name| account(names, name)),
            to: heard.affix_to.as_ref().map(|name| account(names, name)),
            message: Arc::new(message),
        };
        Received {
            from: endpoint(names, &heard.from),
            to: account(names, &heard.to),
            id: heard
                .id
                .as_ref()
                .map(|(by, number)| MessageRef { endpoint: endpoint(names, by), number: OutboxId(*number) }),
            carbon_from: heard.carbon_from.as_ref().map(|name| CarbonFrom::Account(account(names, name))),
            protection: match &heard.encrypted_with {
                None => Protection::None,
                Some(with) => Protection::Encrypted {
                    with: encryption(names, with),
                    by: heard.encrypted_by.as_ref().map(|name| key(names, name)),
                },
            },
            delayed_since: heard.delayed_since.map(stamp),
            payload: match heard.malformed {
                true => Payload::Malformed(Arc::new(Malformed::TooLarge { bytes: 2, limit: 1 })),
                false => Payload::Parsed(envelope),
            },
        }
    }

    // The engine's results in the vocabulary of the model.

    fn told(&self, out: &Outcome) -> NaiveOutcome {
        NaiveOutcome {
            changes: out.changes.iter().map(|change| self.change(change)).collect(),
            outgoing: out.outgoing.iter().map(|outgoing| self.message(outgoing)).collect(),
            refused: out.refused.iter().map(|refusal| self.refusal(refusal)).collect(),
            notices: out.notices.iter().map(|notice| self.notice(*notice)).collect(),
        }
    }

    fn change(&self, change: &Change) -> String {
        match *change {
            Change::Decided { decision, was, origin, time, effect, cause } => format!(
                "{} by {} @{} {} was {} {}",
                self.said(decision),
                self.origin(origin),
                millis(time),
                cause_name(cause),
                was.name(),
                match effect {
                    Effect::Now => "now",
                    Effect::OnDiscovery => "on discovery",
                }
            ),
            Change::Confirmed { decision, sender, time, cause } => format!(
                "{} again by {} @{} {}",
                self.said(decision),
                self.name(sender),
                millis(time),
                cause_name(cause)
            ),
            Change::TookEffect { key, level, origin } => {
                format!("{} is {} now by {}", self.name(key), level.name(), self.origin(origin))
            }
            Change::Level { key, was, level } => {
                format!("{} {} -> {}", self.name(key), was.name(), level.name())
            }
            Change::Postponed { sender, decision } => {
                format!("{} left {}", self.name(sender), self.said(decision))
            }
            Change::Dropped { sender, decisions } => {
                format!("{} left {decisions} for nothing", self.name(sender))
            }
        }
    }

    fn message(&self, outgoing: &Outgoing) -> NaiveMessage {
        let envelope = &outgoing.envelope;
        assert!(envelope.padded && envelope.message.usage == Usage::Atm, "all affixes are written");
        assert_eq!(envelope.from, Some(self.engine.account()));
        assert_eq!(envelope.to, Some(outgoing.to));
        let keys = outgoing.keys.iter().map(|key| self.name(*key)).collect();
        let decisions = envelope.message.decisions.iter().map(|decision| self.said(*decision)).collect();
        let mut message = NaiveMessage::new(&self.account_name(outgoing.to), keys, decisions);
        message.time = millis(envelope.time.expect("every message is dated"));
        let told = message.decisions.iter().map(|said| said.key.clone()).collect::<Vec<_>>();
        let distrusts = envelope.message.distrusts.iter().map(|(key, ids)| self.distrusts(key, ids));
        message.distrusts = distrusts.filter(|distrusts| told.contains(&distrusts.key)).collect();
        message.distrusts.sort();
        message
    }

    fn distrusts(&self, key: KeyId, ids: &DistrustIds) -> NaiveDistrusts {
        let names = |ids: &[DistrustId]| {
            let mut names: Vec<String> = ids.iter().map(|id| self.name_of(*id)).collect();
            names.sort();
            names
        };
        NaiveDistrusts {
            key: self.name(key),
            standing: names(ids.standing()),
            overruled: names(ids.overruled()),
        }
    }

    fn name_of(&self, id: DistrustId) -> String {
        match (self.unnamed.get(&id), id.number().checked_sub(OWN_DISTRUSTS)) {
            (Some(name), _) => name.clone(),
            (None, Some(number)) => format!("A1#{number}"),
            (None, None) => id.number().to_string(),
        }
    }

    fn kind_of_message(&self, outgoing: &Outgoing, input: &Input) -> &'static str {
        if *input == Input::Resume && outgoing.envelope.time == Some(stamp(self.now)) {
            "said anew"
        } else if outgoing.to == self.engine.account() {
            "sent to the own account"
        } else {
            "sent to a contact"
        }
    }

    fn refusal(&self, refusal: &Refusal) -> String {
        let mut told = NaiveOutcome::default();
        let sender = refusal.sender.map(|sender| self.name(sender));
        let decision = refusal.decision.map(|decision| self.said(decision).to_string()).unwrap_or_default();
        told.refuse(refusal.reason.name(), sender.as_deref(), &decision, cause_name(refusal.cause));
        told.refused.remove(0)
    }

    fn notice(&self, notice: Notice) -> String {
        match notice {
            Notice::MissingPadding { sender } => format!("no padding by {}", self.name(sender)),
        }
    }

    fn said(&self, decision: Decision) -> NaiveDecision {
        NaiveDecision::new(decision.kind, &self.name(decision.key))
    }

    fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::Policy => "policy".to_owned(),
            Origin::Manual => "a person".to_owned(),
            Origin::Message { sender } => self.name(sender),
        }
    }

    fn name(&self, key: KeyId) -> String {
        let star =
            if self.names.encryption_name(self.names.encryption_of(key)).as_str() == OURS { "" } else { "*" };
        let name = std::str::from_utf8(self.names.identifier(key).as_bytes()).expect("a name");
        format!("{name}{star}")
    }

    fn account_name(&self, account: atm_engine::AccountId) -> String {
        self.names.jid(account).to_string()[..1].to_uppercase()
    }
}

/// The number of the first distrust by the person at the device, whose endpoint is the first in its directory.
const OWN_DISTRUSTS: u64 = 1 << 32;

/// The names of distrusts in a message. The first ones are those of the person at the device.
fn distrusts_in(hearing: &Hearing) -> Vec<NaiveDistrusts> {
    let name = |number: &u64| if *number < 3 { format!("A1#{number}") } else { number.to_string() };
    let names = |numbers: &[u64]| numbers.iter().map(name).collect::<Vec<_>>();
    let named = hearing.decisions.iter().zip(&hearing.names);
    let distrusts = named.map(|(said, [standing, overruled])| NaiveDistrusts {
        key: said.key.clone(),
        standing: names(standing),
        overruled: names(overruled),
    });
    distrusts.collect()
}

fn id_of(name: &str) -> DistrustId {
    let own = name.strip_prefix("A1#");
    let number: u64 = own.unwrap_or(name).parse().expect("a number");
    DistrustId::new(if own.is_some() { OWN_DISTRUSTS + number } else { number })
}

/// Adds a fault to a message.
fn spoil(heard: &mut NaiveStanza, fault: Fault) {
    let contact = || if owner(&heard.from) == "B" { "C" } else { "B" }.to_owned();
    match fault {
        Fault::Carbon => heard.carbon_from = Some("A".to_owned()),
        Fault::ForgedCarbon => heard.carbon_from = Some(contact()),
        Fault::Plain => heard.encrypted_with = None,
        Fault::Malformed => heard.malformed = true,
        Fault::OtherUsage => heard.is_atm = false,
        Fault::OtherEncryption => heard.encryption = OTHER.to_owned(),
        Fault::OtherCarrier => heard.encrypted_with = Some(OTHER.to_owned()),
        Fault::OtherEncryptionThroughout => {
            heard.encryption = OTHER.to_owned();
            heard.encrypted_with = Some(OTHER.to_owned());
            heard.encrypted_by = Some(format!("{}*", heard.from));
        }
        Fault::NoSenderKey => heard.encrypted_by = None,
        Fault::SenderKeyOfAnother => heard.encrypted_by = Some(format!("{}1", contact())),
        Fault::SenderKeyOfOtherEncryption => heard.encrypted_by = Some(format!("{}*", heard.from)),
        Fault::KeyOfTheEndpoint => heard.encrypted_by = Some(heard.from.clone()),
        Fault::OwnSenderKey => heard.encrypted_by = Some("A1".to_owned()),
        Fault::AffixFrom => heard.affix_from = Some(contact()),
        Fault::AffixTo => heard.affix_to = Some(contact()),
        Fault::NoAffixFrom => heard.affix_from = None,
        Fault::NoAffixTo => heard.affix_to = None,
        Fault::NoTime => heard.time = None,
        Fault::NoPadding => heard.padded = false,
        Fault::OwnJid => heard.from = "A1".to_owned(),
        Fault::OwnId(number) => heard.id = Some(("A1".to_owned(), number)),
        Fault::ForeignKey => heard.decisions.push(NaiveDecision::new(DecisionKind::Trust, "B1*")),
    }
}

fn differ<T: PartialEq + std::fmt::Debug>(what: &str, engine: &T, naive: &T) -> Result<(), String> {
    if engine == naive {
        return Ok(());
    }
    Err(format!("{what} differs\nengine: {engine:#?}\nmodel: {naive:#?}"))
}

fn kind_of_change(change: &Change, input: &Input) -> &'static str {
    match change {
        Change::Decided { decision, cause: Cause::Released, .. } => match (decision.kind, input) {
            (DecisionKind::Distrust, _) => "distrusted by what was released",
            (DecisionKind::Trust, Input::Discover(_)) => "authenticated by what discovery released",
            (DecisionKind::Trust, _) => "decided",
        },
        Change::Decided { effect: Effect::OnDiscovery, .. } => "decided on discovery",
        Change::Decided { .. } => "decided",
        Change::Confirmed { .. } => "confirmed",
        Change::TookEffect { .. } => "took effect",
        Change::Level { .. } => "level",
        Change::Postponed { .. } => "postponed",
        Change::Dropped { .. } => "dropped",
    }
}

fn cause_name(cause: Cause) -> &'static str {
    match cause {
        Cause::Decided => "decided",
        Cause::Received => "received",
        Cause::Released => "released",
        Cause::Discovered => "discovered",
    }
}

// Names and times.

fn stamp(millis: i64) -> Stamp {
    Stamp::from_millis(BEGINNING + millis)
}

fn millis(stamp: Stamp) -> i64 {
    stamp.as_millis() - BEGINNING
}

fn account(names: &mut Directory, name: &str) -> atm_engine::AccountId {
    names.account(&format!("{name}@example.org").parse().expect("a JID"))
}

fn endpoint(names: &mut Directory, name: &str) -> EndpointId {
    names.endpoint(&format!("{}@example.org/{name}", owner(name)).parse().expect("a JID"))
}

fn encryption(names: &mut Directory, namespace: &str) -> EncryptionId {
    names.encryption(&Encryption::new(namespace).expect("a namespace"))
}

fn key(names: &mut Directory, name: &str) -> KeyId {
    let namespace = Encryption::new(if is_foreign(name) { OTHER } else { OURS }).expect("a namespace");
    let (encryption, owner) = (names.encryption(&namespace), account(names, &owner(name)));
    let bytes = name.trim_end_matches('*').as_bytes();
    names.key(encryption, owner, &KeyIdentifier::new(&namespace, bytes).expect("an identifier"))
}
