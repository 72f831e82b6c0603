//! A device of a variant: the naive model behind code that may misread input and miswrite output.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use atm_adapter_protocol::protocol::SentStanza;
use atm_engine::codec::{NamedEnvelope, TrustMessageUri, stamp_from_date_time};
use atm_engine::{
    Decision, DecisionKind, Directory, Input, KeyId, KeySharing, Level, ManualDecision, Origin, OutboxId,
    Outgoing, Payload, Protection, Received, Rules, Stamp,
};
use atm_naive_model::{NaiveDecision, NaiveDevice, NaiveMessage, NaiveOutcome};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::{LevelChange, Observation, Overheard};
use atm_simulator::script::{HandMade, Scanned};
use atm_suite::cases::CaseLog;
use atm_suite::logs::WrittenStanzas;
use atm_suite::messages::read_sent;

use crate::hearing::{hear, take_for};
use crate::nicknames::{Nicknames, endpoint_name, key_name};
use crate::reading::{Misreading, has_long_padding, read_code, read_whole_code, search};
use crate::text::envelopes::stamp_as_written;
use crate::twist::{Lapse, Twist};
use crate::variant::Variant;
use crate::writing::{StanzaDraft, Writer, drafts};

/// The number of keys of a barrage that the model gets.
const MOST_KEYS: usize = 50;

/// The depth of releases that a variant with a limited stack can handle.
const DEEPEST: usize = 5_000;

/// The outputs of all devices of an implementation, besides what their endpoints show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outputs {
    pub(crate) log: Rc<RefCell<CaseLog>>,
    /// The stanzas as they were written.
    pub(crate) stanzas: WrittenStanzas,
}

/// A device of a variant.
pub(crate) struct VariantEndpoint {
    variant: Variant,
    naive: NaiveDevice,
    nicknames: Nicknames,
    cast: Arc<Cast>,
    member: Member,
    outputs: Outputs,
    /// The stanzas that were not confirmed as sent, each with the message to which it belongs.
    waiting: Vec<(OutboxId, NaiveMessage)>,
    written: u64,
    is_deaf: bool,
    /// The stanzas that go out with the next answer.
    late: Vec<Outgoing>,
    /// The same as they were written.
    late_stanzas: Vec<SentStanza>,
    backup: Option<NaiveDevice>,
}

/// A part of an arriving stanza.
struct Arriving<'a> {
    received: &'a Received,
    /// The protection of the encrypted part of the same stanza.
    beside: Option<Protection>,
    /// The XML, if it is not the form that our codec writes.
    xml: Option<&'a str>,
}

impl VariantEndpoint {
    pub(crate) fn new(
        variant: Variant,
        rules: Rules,
        cast: Arc<Cast>,
        member: Member,
        outputs: Outputs,
    ) -> Self {
        let endpoint = endpoint_name(member.endpoint, cast.directory());
        let one_key = member.sharing == KeySharing::OneForAll;
        let rules = (variant.rules)(rules);
        let (mut nicknames, waiting) = (Nicknames::default(), Vec::new());
        let own_key = nicknames.key(member.key, cast.encryption(), cast.directory());
        let mut naive = NaiveDevice::new(&endpoint, &own_key, one_key, rules, variant.quirks);
        if !variant.quirks.is_empty() {
            naive.note_twins(twins(&cast));
        }
        let (late, late_stanzas) = (Vec::new(), Vec::new());
        let (is_deaf, backup) = (false, None);
        Self {
            variant,
            naive,
            nicknames,
            cast,
            member,
            outputs,
            waiting,
            written: 0,
            is_deaf,
            late,
            late_stanzas,
            backup,
        }
    }

    fn misreads(&self, misreading: Misreading) -> bool {
        self.variant.misreadings.contains(&misreading)
    }

    fn has(&self, lapse: Lapse) -> bool {
        self.variant.lapses.contains(&lapse)
    }

    fn name(&mut self, key: KeyId) -> String {
        self.nicknames.key(key, self.cast.encryption(), self.cast.directory())
    }

    /// The decisions of a code.
    fn decisions_of(&self, scanned: &Scanned) -> Vec<Decision> {
        let code = |uri: String, twist: &Twist| match twist {
            Twist::Code(change) => change(&uri),
            _ => uri,
        };
        let uri = self.variant.twists.iter().fold(scanned.uri.to_string(), code);
        let mut decisions = match (self.variant.misreadings, &scanned.decision) {
            ([], _) if uri != *scanned.uri => read_whole_code(&uri, &self.cast),
            ([], Ok(decision)) => decision.decisions().to_vec(),
            ([], Err(_)) => Vec::new(),
            (misreadings, _) => read_code(&scanned.uri, &self.cast, misreadings),
        };
        let names = self.cast.directory();
        let is_known = |key| self.naive.knows(&key_name(key, self.cast.encryption(), names));
        decisions.retain(|decision| {
            let is_own = names.owner(decision.key) == self.member.account;
            !(self.has(Lapse::ScanOfKnownKeysOnly) && !is_known(decision.key)
                || self.has(Lapse::ScanOfContactsOnly) && is_own)
        });
        decisions
    }

    fn decide(&mut self, decisions: &[Decision], now: Stamp) -> NaiveOutcome {
        let mut said: Vec<NaiveDecision> =
            decisions.iter().map(|said| NaiveDecision::new(said.kind, &self.name(said.key))).collect();
        for twist in self.variant.twists {
            if let Twist::Decisions(change) = twist {
                change(&mut said);
            }
        }
        self.naive.decide(&said, now.as_millis())
    }

    /// Runs `happen` and reports changed levels.
    fn note_changes(
        &mut self,
        out: &mut Observation,
        happen: impl FnOnce(&mut Self, &mut Observation) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let before = self.levels()?;
        happen(self, out)?;
        for ((key, before), (_, after)) in before.into_iter().zip(self.levels()?) {
            if after != before {
                out.levels.push(LevelChange { key, before, after });
            }
        }
        Ok(())
    }

    fn levels(&self) -> Result<Vec<(KeyId, Level)>, Failure> {
        self.cast.keys().map(|key| Ok((key, self.level(key)?))).collect()
    }

    fn take(&mut self, input: &Input, now: Stamp, out: &mut Observation) -> Result<(), Failure> {
        let told = match input {
            Input::Decide(decision) => self.decide(decision.decisions(), now),
            Input::TrustManually(key) if self.has(Lapse::ManualTrustAuthenticates) => {
                self.decide(&[Decision { key: *key, kind: DecisionKind::Trust }], now)
            }
            Input::TrustManually(key) => {
                let key = self.name(*key);
                self.naive.trust_manually(&key)
            }
            Input::Discover(key)
                if self.has(Lapse::DiscoversNoOwnKeys)
                    && self.cast.directory().owner(*key) == self.member.account =>
            {
                return Ok(());
            }
            Input::Discover(key) => {
                let key = self.name(*key);
                self.naive.discover(&key, now.as_millis())
            }
            Input::Receive(received) => {
                return self.receive(&Arriving { received, beside: None, xml: None }, now, out);
            }
            Input::Sent(id) => {
                if let Some(position) = self.waiting.iter().position(|(other, _)| other == id) {
                    let (_, message) = self.waiting.remove(position);
                    self.forget_if_sent(&message);
                }
                return Ok(());
            }
            Input::Resume => {
                self.waiting.clear();
                self.naive.resume(now.as_millis())
            }
        };
        self.send(&told, out)
    }

    fn take_stanza(&mut self, stanza: &HandMade, now: Stamp, out: &mut Observation) -> Result<(), Failure> {
        let xml = stanza.written.encrypted.as_ref().map_or("", |encrypted| &encrypted.xml);
        let is_malformed = stanza.parts.iter().any(|part| matches!(part.payload, Payload::Malformed(_)));
        let body =
            NamedEnvelope::body_in(xml.trim()).filter(|_| !(is_malformed && self.has(Lapse::LosesBodies)));
        out.shown.get_or_insert_default().extend(body);
        if self.misreads(Misreading::NoLongPadding) && has_long_padding(xml) {
            return Ok(());
        }
        let is_encrypted = |part: &&Received| part.protection != Protection::None;
        let beside = stanza.parts.iter().find(is_encrypted).map(|part| part.protection);
        for part in &stanza.parts {
            let is_authenticated = |key| self.level(key) == Ok(Level::Authenticated);
            let context = (&*self.cast, is_authenticated);
            let taken = take_for(part, &stanza.written, self.variant.mishearings, context);
            let Some(mut part) = taken else { continue };
            if let (Payload::Malformed(_), true) = (&part.payload, is_encrypted(&&part))
                && let Some(envelope) = search(xml, &self.cast, self.variant.misreadings)
            {
                part.payload = Payload::Parsed(envelope);
            }
            let clear = || stanza.written.clear.as_deref().unwrap_or_default();
            let text = if is_encrypted(&&part) { xml } else { clear() };
            self.receive(&Arriving { received: &part, beside, xml: Some(text) }, now, out)?;
        }
        Ok(())
    }

    /// Handles a part of a stanza.
    fn receive(&mut self, arriving: &Arriving<'_>, now: Stamp, out: &mut Observation) -> Result<(), Failure> {
        if self.is_deaf {
            return Ok(());
        }
        let mut received = arriving.received.clone();
        if self.misreads(Misreading::StopsAtMalformed) && matches!(received.payload, Payload::Malformed(_)) {
            self.is_deaf = true;
        }
        if let Some(payload) = retold(arriving, self.variant.twists, &self.cast) {
            received.payload = payload;
        }
        let who = (&*self.cast, &self.member);
        let heard = hear(&received, arriving.beside, now, self.variant.mishearings, who, &mut self.nicknames);
        let Some(mut heard) = heard else { return Ok(()) };
        let as_written = arriving.xml.and_then(stamp_as_written);
        heard.time_as_written =
            as_written.and_then(|stamp| Some(stamp_from_date_time(&stamp).ok()?.as_millis()));
        for twist in self.variant.twists {
            if let Twist::Stanza(change) = twist {
                change(&mut heard);
            }
        }
        let told = self.naive.receive(&heard, now.as_millis());
        self.send(&told, out)
    }

    fn send(&mut self, told: &NaiveOutcome, out: &mut Observation) -> Result<(), Failure> {
        told.outgoing.iter().try_for_each(|message| self.write(message, out))
    }

    fn write(&mut self, message: &NaiveMessage, out: &mut Observation) -> Result<(), Failure> {
        let keys = message.keys.iter().map(|key| self.nicknames.key_called(key)).collect();
        let decisions = message
            .decisions
            .iter()
            .map(|said| Decision { key: self.nicknames.key_called(&said.key), kind: said.kind })
            .collect();
        let time = Stamp::from_millis(message.time);
        let to = self.nicknames.account_called(&message.to);
        for draft in drafts(StanzaDraft { to, keys, decisions, time }, self.variant.slips) {
            let id = OutboxId(self.written);
            self.written += 1;
            let writer = Writer { cast: &self.cast, member: &self.member, slips: self.variant.slips };
            let mut sent = writer.write(&draft, id.0);
            for twist in self.variant.twists {
                if let Twist::Sent(change) = twist {
                    change(&mut sent);
                }
            }
            self.outputs.stanzas.borrow_mut().push(sent.clone());
            let letter = read_sent(&sent, &self.member, id, &self.cast);
            let letter = letter.map_err(|error| {
                let failure = Failure(error.to_string());
                self.outputs.log.borrow_mut().error = Some(error);
                failure
            })?;
            self.outputs.log.borrow_mut().findings.extend(letter.findings);
            out.unreadable.extend(letter.unreadable);
            if let Some(outgoing) = letter.outgoing {
                if !letter.bystanders.is_empty() {
                    let decisions = outgoing.envelope.message.decisions.clone();
                    out.overheard.push(Overheard { keys: letter.bystanders, decisions });
                }
                self.waiting.push((id, message.clone()));
                out.sent.push(outgoing);
            }
        }
        // An unreadable message is not kept for sending again, either.
        self.forget_if_sent(message);
        Ok(())
    }

    fn forget_if_sent(&mut self, message: &NaiveMessage) {
        if !self.waiting.iter().any(|(_, other)| other == message) {
            self.naive.sent(message);
        }
    }
}

impl Endpoint for VariantEndpoint {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.note_changes(out, |device, out| device.take(input, context.now, out))?;
        if self.has(Lapse::AnswersTooEarly) && !matches!(input, Input::Sent(_)) {
            std::mem::swap(&mut self.late, &mut out.sent);
            std::mem::swap(&mut self.late_stanzas, &mut *self.outputs.stanzas.borrow_mut());
        }
        Ok(())
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let decisions = self.decisions_of(scanned);
        self.note_changes(out, |device, out| {
            let mut told = device.decide(&decisions, context.now);
            if device.has(Lapse::ScanSendsNothing) {
                told.outgoing.clear();
            }
            if device.has(Lapse::ScanTellsNoContact) {
                let own = device.nicknames.account(device.member.account);
                told.outgoing.retain(|message| message.to == own);
            }
            device.send(&told, out)
        })
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.note_changes(out, |device, out| device.take_stanza(stanza, context.now, out))
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        match occurrence {
            Occurrence::BackUp(_) => {
                self.backup = Some(self.naive.clone());
                Ok(())
            }
            Occurrence::Restore(_) => self.note_changes(out, |device, _| {
                let Some(backup) = device.backup.clone() else { return Ok(()) };
                device.naive = backup;
                for lapse in device.variant.lapses {
                    if let Lapse::BackupLacks(memory) = lapse {
                        device.naive.lose(*memory);
                    }
                }
                Ok(())
            }),
            Occurrence::Forget(keys) => self.note_changes(out, |device, _| {
                for key in *keys {
                    let is_distrusted = device.level(*key)? == Level::Distrusted;
                    let name = device.name(*key);
                    if device.has(Lapse::ForgetsKeys) || device.has(Lapse::ForgetsTrust) && !is_distrusted {
                        device.naive.forget(&name);
                    }
                }
                Ok(())
            }),
            Occurrence::Bombarded { barrage, time } => self.note_changes(out, |device, out| {
                let is_too_deep = device.has(Lapse::DeepReleasesUndo) && barrage.size() > DEEPEST;
                // The model is slow, and more keys would show nothing new.
                let barrage = barrage.with_at_most(MOST_KEYS);
                for key in barrage.discovered() {
                    device.take(&Input::Discover(*key), context.now, out)?;
                }
                let stanzas: Vec<Received> = barrage.stanzas(*time).collect();
                let heard = if is_too_deep { stanzas.len() - 1 } else { stanzas.len() };
                stanzas
                    .into_iter()
                    .take(heard)
                    .try_for_each(|stanza| device.take(&Input::Receive(stanza), context.now, out))
            }),
        }
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        let decision = ManualDecision::authenticate(self.member.key);
        let uri =
            TrustMessageUri::of(&decision, context.names).map_err(|error| Failure(error.to_string()))?;
        let change = |uri: String, twist: &Twist| match twist {
            Twist::OwnCode(change) => change(&uri),
            _ => uri,
        };
        Ok(Some(self.variant.twists.iter().fold(uri.to_string(), change)))
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        let name = key_name(key, self.cast.encryption(), self.cast.directory());
        Ok(match self.naive.kept(&name) {
            _ if self.has(Lapse::ShowsOwnKey) && key == self.member.key => Level::Authenticated,
            Some(kept) if self.has(Lapse::ShowsUndiscovered) => Level::from(kept),
            _ => self.naive.level(&name),
        })
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        let name = key_name(key, self.cast.encryption(), self.cast.directory());
        Some(match &*self.naive.origin(&name)? {
            "a person" => Origin::Manual,
            "policy" => Origin::Policy,
            sender => Origin::Message { sender: self.nicknames.key_called(sender) },
        })
    }

    fn restart(&mut self, _names: &Directory) -> Result<(), Failure> {
        self.naive.restart();
        Ok(())
    }

    fn stored_bytes(&self, _names: &Directory) -> Result<Option<u64>, Failure> {
        // Barrages are shortened, so the real size is unknown.
        Ok(self.has(Lapse::StoresAll).then_some(u64::MAX))
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        if self.has(Lapse::HidesPostponed) {
            return None;
        }
        let name = key_name(sender, self.cast.encryption(), self.cast.directory());
        let left = self.naive.left_by(&name).into_iter().filter_map(|word| {
            let (said, _) = word.split_once(' ')?;
            let verdict = if said.starts_with('+') { DecisionKind::Trust } else { DecisionKind::Distrust };
            Some(Decision { key: self.nicknames.key_called(&said[1..]), kind: verdict })
        });
        Some(left.collect())
    }
}

/// Pairs of keys with the same identifier.
fn twins(cast: &Cast) -> Vec<[String; 2]> {
    let names = cast.directory();
    let keys: Vec<KeyId> = cast.keys().collect();
    let name = |key| key_name(key, cast.encryption(), names);
    let twins = |(at, key): (usize, &KeyId)| {
        let same = |other: &&KeyId| names.identifier(**other) == names.identifier(*key);
        let others = keys[at + 1..].iter().filter(same).map(|other| [name(*key), name(*other)]);
        others.collect::<Vec<_>>()
    };
    keys.iter().enumerate().flat_map(twins).collect()
}

/// The payload after the twists. `None` if they change nothing.
fn retold(arriving: &Arriving<'_>, twists: &[Twist], cast: &Cast) -> Option<Payload> {
    let names = cast.directory();
    let changes: Vec<_> = twists
        .iter()
        .filter_map(|twist| match twist {
            Twist::Envelope(change) => Some(change),
            _ => None,
        })
        .collect();
    if changes.is_empty() {
        return None;
    }
    let xml = match (arriving.xml, &arriving.received.payload) {
        (Some(xml), _) => xml.trim().to_owned(),
        (None, Payload::Parsed(envelope)) => NamedEnvelope::of(envelope, "c1dXq8", names).ok()?.to_xml(),
        (None, Payload::Malformed(_)) => return None,
    };
    let changed = changes.iter().fold(xml.clone(), |xml, change| change(&xml));
    let resolved = |envelope: NamedEnvelope| envelope.resolve(names).ok();
    match NamedEnvelope::parse(&changed) {
        _ if changed == xml => None,
        Ok(envelope) => resolved(envelope).map(Payload::Parsed),
        Err(malformed) => Some(Payload::Malformed(Arc::new(malformed))),
    }
}
