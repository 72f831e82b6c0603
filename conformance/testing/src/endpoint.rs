//! A device of a variant: the naive model between ears that mishear and a pen that slips.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use atm_engine::{
    Decision, DecisionKind, Directory, Input, KeyId, KeySharing, Level, Origin, OutboxId, Payload,
    Protection, Received, Rules, Stamp,
};
use atm_naive_model::{NaiveDecision, NaiveDevice, NaiveMessage, NaiveOutcome};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext};
use atm_simulator::observation::{LevelChange, Observation};
use atm_simulator::script::{HandMade, Scanned};
use atm_suite::cases::CaseLog;
use atm_suite::messages::read_sent;

use crate::hearing::hear;
use crate::nicknames::{Nicknames, endpoint_name, key_name};
use crate::reading::{Misreading, has_long_padding, read_code, search};
use crate::variant::Variant;
use crate::writing::{StanzaDraft, Writer, drafts};

/// A device of a variant.
pub(crate) struct VariantEndpoint {
    variant: Variant,
    naive: NaiveDevice,
    nicknames: Nicknames,
    cast: Arc<Cast>,
    member: Member,
    log: Rc<RefCell<CaseLog>>,
    /// The stanzas that were not confirmed as sent, each with the message that it is a part of.
    waiting: Vec<(OutboxId, NaiveMessage)>,
    written: u64,
    is_deaf: bool,
}

impl VariantEndpoint {
    pub(crate) fn new(
        variant: Variant,
        rules: Rules,
        cast: Arc<Cast>,
        member: Member,
        log: Rc<RefCell<CaseLog>>,
    ) -> Self {
        let endpoint = endpoint_name(member.endpoint, cast.directory());
        let one_key = member.sharing == KeySharing::OneForAll;
        let rules = (variant.rules)(rules);
        let (mut nicknames, waiting) = (Nicknames::default(), Vec::new());
        let own_key = nicknames.key(member.key, cast.encryption(), cast.directory());
        let naive = NaiveDevice::new(&endpoint, &own_key, one_key, rules, variant.quirks);
        Self { variant, naive, nicknames, cast, member, log, waiting, written: 0, is_deaf: false }
    }

    fn misreads(&self, misreading: Misreading) -> bool {
        self.variant.misreadings.contains(&misreading)
    }

    fn name(&mut self, key: KeyId) -> String {
        self.nicknames.key(key, self.cast.encryption(), self.cast.directory())
    }

    fn decide(&mut self, decisions: &[Decision], now: Stamp) -> NaiveOutcome {
        let said: Vec<NaiveDecision> =
            decisions.iter().map(|said| NaiveDecision::new(said.kind, &self.name(said.key))).collect();
        self.naive.decide(&said, now.as_millis())
    }

    /// Lets something happen, and tells which levels changed.
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
            Input::TrustManually(key) => {
                let key = self.name(*key);
                self.naive.trust_manually(&key)
            }
            Input::Discover(key) => {
                let key = self.name(*key);
                self.naive.discover(&key, now.as_millis())
            }
            Input::Receive(received) => return self.receive(received, None, now, out),
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
        if self.misreads(Misreading::NoLongPadding) && has_long_padding(xml) {
            return Ok(());
        }
        let is_encrypted = |part: &&Received| part.protection != Protection::None;
        let beside = stanza.parts.iter().find(is_encrypted).map(|part| part.protection);
        for part in &stanza.parts {
            let mut part = part.clone();
            if let (Payload::Malformed(_), true) = (&part.payload, is_encrypted(&&part))
                && let Some(envelope) = search(xml, &self.cast, self.variant.misreadings)
            {
                part.payload = Payload::Parsed(envelope);
            }
            self.receive(&part, beside, now, out)?;
        }
        Ok(())
    }

    /// Lets a message arrive, beside what was encrypted in the same stanza.
    fn receive(
        &mut self,
        received: &Received,
        beside: Option<Protection>,
        now: Stamp,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        if self.is_deaf {
            return Ok(());
        }
        if self.misreads(Misreading::StopsAtMalformed) && matches!(received.payload, Payload::Malformed(_)) {
            self.is_deaf = true;
        }
        let who = (&*self.cast, &self.member);
        match hear(received, beside, now, self.variant.mishearings, who, &mut self.nicknames) {
            Some(heard) => {
                let told = self.naive.receive(&heard, now.as_millis());
                self.send(&told, out)
            }
            None => Ok(()),
        }
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
            let letter = read_sent(&writer.write(&draft, id.0), &self.member, id, &self.cast);
            let letter = letter.map_err(|error| {
                let failure = Failure(error.to_string());
                self.log.borrow_mut().error = Some(error);
                failure
            })?;
            self.log.borrow_mut().findings.extend(letter.findings);
            if let Some(outgoing) = letter.outgoing {
                self.waiting.push((id, message.clone()));
                out.sent.push(outgoing);
            }
        }
        // What nobody can read is gone, too.
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
        self.note_changes(out, |device, out| device.take(input, context.now, out))
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let decisions = match (self.variant.misreadings, &scanned.decision) {
            ([], Ok(decision)) => decision.decisions().to_vec(),
            ([], Err(_)) => return Ok(()),
            (misreadings, _) => read_code(&scanned.uri, &self.cast, misreadings),
        };
        self.note_changes(out, |device, out| {
            let told = device.decide(&decisions, context.now);
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

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        Ok(self.naive.level(&key_name(key, self.cast.encryption(), self.cast.directory())))
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

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        let name = key_name(sender, self.cast.encryption(), self.cast.directory());
        let left = self.naive.left_by(&name).into_iter().filter_map(|word| {
            let (said, _) = word.split_once(' ')?;
            let verdict = if said.starts_with('+') { DecisionKind::Trust } else { DecisionKind::Distrust };
            Some(Decision { key: self.nicknames.key_called(&said[1..]), kind: verdict })
        });
        Some(left.collect())
    }
}
