//! A device of an adapter as an endpoint of a world.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use atm_adapter_protocol::AdapterError;
use atm_adapter_protocol::protocol::{Command, Feature, KeyPolicy, SentStanza, SentStanzas};
use atm_engine::{Decision, Directory, Input, KeyId, Level, MessageRef, Origin, OutboxId, Outgoing, Stamp};
use atm_simulator::barrage::Barrage;
use atm_simulator::cast::{Cast, DeviceId, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::{LevelChange, Observation, Overheard};
use atm_simulator::script::{HandMade, Scanned};

use super::commands::CommandWriter;
use super::implementation::{CaseState, StoredDecisions};
use crate::messages::{Wire, read_sent};

/// The maximum number of keys in a `discover` command of a barrage.
const KEYS_AT_ONCE: usize = 1_000;

/// A device of an adapter.
///
/// The adapter reports sent stanzas and levels, and the endpoint reports nothing else. Messages that are sent while the
/// device is not connected wait here, as they would in a client.
#[derive(Debug)]
pub struct AdapterEndpoint {
    state: Rc<RefCell<CaseState>>,
    wire: Wire,
    cast: Arc<Cast>,
    member: Member,
    policy: KeyPolicy,
    is_created: bool,
    /// The keys of others with their last known levels.
    trust: RefCell<Vec<(KeyId, Level)>>,
    /// Whether levels may have changed since they were read.
    is_stale: Cell<bool>,
    postponed: RefCell<Option<StoredDecisions>>,
    /// The size of the stored state in bytes, if the adapter reports it.
    stored: Cell<Option<u64>>,
    waiting: Vec<Outgoing>,
    /// The bystanders' view of waiting messages that the device wrote while it started.
    overheard: Vec<Overheard>,
    written: u64,
    now: Stamp,
    /// The step of the scenario.
    step: Option<usize>,
}

impl AdapterEndpoint {
    pub(super) fn new(
        state: Rc<RefCell<CaseState>>,
        wire: Wire,
        cast: Arc<Cast>,
        device: DeviceId,
        policy: KeyPolicy,
        start: Stamp,
    ) -> Self {
        let member = cast.member(device).clone();
        let others = cast.keys().filter(|key| *key != member.key).map(|key| (key, Level::Undecided));
        Self {
            trust: RefCell::new(others.collect()),
            state,
            wire,
            cast,
            member,
            policy,
            is_created: false,
            is_stale: Cell::new(false),
            postponed: RefCell::new(None),
            stored: Cell::new(None),
            waiting: Vec::new(),
            overheard: Vec::new(),
            written: 0,
            now: start,
            step: None,
        }
    }

    fn commands(&self) -> CommandWriter<'_> {
        CommandWriter { cast: &self.cast, member: &self.member, wire: &self.wire, now: self.now }
    }

    /// Sends a command and reports its effects.
    fn happen(&mut self, command: &Command, out: &mut Observation) -> Result<(), Failure> {
        let sent = self.note_answer(command, out)?;
        match command {
            // Keys are discovered in large numbers. Their effects are read once, before anything else happens.
            Command::Discover(_) if sent == 0 => {
                self.is_stale.set(true);
                Ok(())
            }
            _ => self.read_levels(out),
        }
    }

    fn ask<T>(&self, ask: impl FnOnce(&mut CaseState) -> Result<T, AdapterError>) -> Result<T, Failure> {
        let mut state = self.state.borrow_mut();
        if let Some(error) = &state.error {
            return Err(Failure(error.to_string()));
        }
        state.wait_until(self.now);
        ask(&mut state).map_err(|error| {
            let error = error.clipped();
            let failure = Failure(error.to_string());
            state.error = Some(error);
            failure
        })
    }

    fn create(&mut self, out: &mut Observation) -> Result<(), Failure> {
        if self.is_created {
            if self.is_stale.get() {
                self.read_levels(out)?;
            }
            return Ok(());
        }
        self.is_created = true;
        let command = self.commands().create(self.policy);
        self.ask(|state| state.session.create(&command))
    }

    /// Records a sent stanza and reports the bystanders that can read it.
    fn note_sent(&mut self, stanza: &SentStanza, out: &mut Observation) -> Result<(), Failure> {
        let id = OutboxId(self.written);
        self.written += 1;
        let letter = read_sent(stanza, &self.member, id, &self.cast);
        let letter = self.ask(|state| {
            let letter = letter?;
            let found = letter.findings.iter().cloned();
            state.findings.extend(found.map(|found| found.sent(&self.member.name, self.step)));
            Ok(letter)
        })?;
        out.unreadable.extend(letter.unreadable);
        if let Some(outgoing) = letter.outgoing {
            if !letter.bystanders.is_empty() {
                let decisions = outgoing.envelope.message.decisions.clone();
                out.overheard.push(Overheard { keys: letter.bystanders, decisions });
            }
            self.wire.keep(MessageRef { endpoint: self.member.endpoint, number: id }, stanza.clone());
            self.waiting.push(outgoing.clone());
            out.sent.push(outgoing);
        }
        Ok(())
    }

    /// Reads all levels and reports changes.
    fn read_levels(&mut self, out: &mut Observation) -> Result<(), Failure> {
        let earlier = self.refresh()?;
        let trust = self.trust.borrow();
        let pairs = trust.iter().zip(earlier).filter(|((_, after), (_, before))| after != before);
        out.levels.extend(pairs.map(|(&(key, after), (_, before))| LevelChange { key, before, after }));
        Ok(())
    }

    /// Reads all levels and returns the previous ones.
    fn refresh(&self) -> Result<Vec<(KeyId, Level)>, Failure> {
        self.is_stale.set(false);
        let before = self.trust.borrow().clone();
        if before.is_empty() {
            return Ok(before);
        }
        let names = self.cast.directory();
        let keys: Vec<KeyId> = before.iter().map(|(key, _)| *key).collect();
        let command = Command::Read(self.commands().keys(&keys));
        let encryption = self.cast.encryption();
        let (levels, postponed, stored) = self.ask(|state| {
            let answer = state.session.read(&command)?;
            let levels = state.levels(&answer.levels, before.len())?;
            let postponed = state.postponed(answer.postponed, encryption, names)?;
            Ok((levels, postponed, answer.stored.filter(|_| state.can(Feature::Stored))))
        })?;
        self.stored.set(stored);
        *self.postponed.borrow_mut() = postponed;
        for ((_, known), level) in self.trust.borrow_mut().iter_mut().zip(levels) {
            *known = level;
        }
        Ok(before)
    }

    /// Delivers a large number of decisions. Levels are read once at the end.
    fn hear_all(&mut self, barrage: &Barrage, time: Stamp, out: &mut Observation) -> Result<(), Failure> {
        for keys in barrage.discovered().chunks(KEYS_AT_ONCE) {
            let command = Command::Discover(self.commands().keys(keys));
            self.note_answer(&command, out)?;
        }
        for stanza in barrage.stanzas(time) {
            let command = self.commands().receive(&stanza)?;
            self.note_answer(&command, out)?;
        }
        self.read_levels(out)
    }

    /// Sends a command, records sent stanzas and shown messages, and returns the number of stanzas.
    fn note_answer(&mut self, command: &Command, out: &mut Observation) -> Result<usize, Failure> {
        let SentStanzas { sent, shown } = self.ask(|state| {
            let answer = state.session.deliver(command)?;
            // Without the feature, the member `shown` is not reliable.
            Ok(SentStanzas { shown: answer.shown.filter(|_| state.can(Feature::Shown)), ..answer })
        })?;
        if let Some(shown) = shown {
            out.shown.get_or_insert_default().extend(shown);
        }
        sent.iter().try_for_each(|stanza| self.note_sent(stanza, out))?;
        Ok(sent.len())
    }
}

impl Endpoint for AdapterEndpoint {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (self.now, self.step) = (context.now, context.step);
        match input {
            Input::Sent(id) => {
                self.waiting.retain(|outgoing| outgoing.id != *id);
                return Ok(());
            }
            Input::Resume => {
                out.sent.extend(self.waiting.iter().cloned());
                out.overheard.append(&mut self.overheard);
                return Ok(());
            }
            Input::Discover(key) => {
                if !self.is_created {
                    self.create(out)?;
                }
                let command = Command::Discover(self.commands().keys(&[*key]));
                return self.happen(&command, out);
            }
            Input::Decide(_) | Input::TrustManually(_) | Input::Receive(_) => {}
        }
        self.create(out)?;
        let command = match input {
            Input::Decide(decision) => self.commands().decide(decision),
            Input::TrustManually(key) => Command::TrustManually(self.commands().keys(&[*key])),
            Input::Receive(received) => self.commands().receive(received)?,
            Input::Sent(_) | Input::Resume | Input::Discover(_) => return Ok(()),
        };
        self.happen(&command, out)
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (self.now, self.step) = (context.now, context.step);
        self.create(out)?;
        let command = self.commands().scan(&scanned.uri);
        self.happen(&command, out)
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (self.now, self.step) = (context.now, context.step);
        self.create(out)?;
        let command = self.commands().deliver(stanza);
        self.happen(&command, out)
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        (self.now, self.step) = (context.now, context.step);
        self.create(out)?;
        match occurrence {
            Occurrence::Forget(keys) => {
                let command = Command::Forget(self.commands().keys(keys));
                self.happen(&command, out)
            }
            Occurrence::BackUp(_) => {
                let command = Command::BackUp(self.commands().at());
                self.happen(&command, out)
            }
            Occurrence::Restore(_) => {
                let command = Command::Restore(self.commands().at());
                self.waiting.clear();
                self.happen(&command, out)
            }
            Occurrence::Bombarded { barrage, time } => self.hear_all(barrage, *time, out),
        }
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        (self.now, self.step) = (context.now, context.step);
        if !self.state.borrow().can(Feature::OwnCode) {
            return Ok(None);
        }
        self.create(&mut Observation::default())?;
        let command = Command::OwnCode(self.commands().at());
        self.ask(|state| state.session.own_code(&command)).map(Some)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        if self.is_stale.get() {
            self.refresh()?;
        }
        if key == self.member.key && self.member.sharing == atm_engine::KeySharing::OneForAll {
            return Ok(Level::Authenticated);
        }
        let known = self.trust.borrow();
        Ok(known.iter().find(|(other, _)| *other == key).map_or(Level::Undecided, |(_, level)| *level))
    }

    fn origin(&self, _: KeyId) -> Option<Origin> {
        None
    }

    fn restart(&mut self, _names: &Directory) -> Result<(), Failure> {
        if !self.is_created {
            return Ok(());
        }
        let command = Command::Restart(self.commands().at());
        // Messages that waited in memory are lost. Messages that the implementation sends again go out when it is
        // connected.
        self.waiting.clear();
        let mut said = Observation::default();
        self.happen(&command, &mut said)?;
        self.overheard = said.overheard;
        Ok(())
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        let stored = self.postponed.borrow();
        let of_sender = stored.as_ref()?.iter().find(|(other, _)| *other == sender);
        Some(of_sender.map(|(_, decisions)| decisions.clone()).unwrap_or_default())
    }

    fn stored_bytes(&self, _names: &Directory) -> Result<Option<u64>, Failure> {
        if self.is_stale.get() {
            self.refresh()?;
        }
        Ok(self.stored.get())
    }
}
