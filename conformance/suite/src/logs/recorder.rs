//! Records an implementation in process, as `atm conformance --record` records one behind an adapter.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use atm_adapter_protocol::protocol::{Command, KeyPolicy, OwnCode, ReadLevels, SentStanza, SentStanzas};
use atm_adapter_protocol::{AdapterError, Exchange};
use atm_engine::{Directory, Input, KeyId, OutboxId, Outgoing, Stamp};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::scenario::{DeviceName, LimitsSpec, PolicySpec, Scenario};
use serde::Serialize;
use serde_json::{Value, json};

use crate::adapter::{CommandWriter, written_stanza};
use crate::cases::{CaseLog, Implementation, Scene};
use crate::layer::{Happening, Layer, Layered};
use crate::messages::Wire;

/// The stanzas of an implementation that writes them itself. The recorder takes them after each input.
pub type WrittenStanzas = Rc<RefCell<Vec<SentStanza>>>;

/// An implementation in process that is recorded. Scenarios lose their limits, which no adapter is told.
#[derive(Debug)]
pub struct Recorded<I> {
    inner: I,
    written: Option<WrittenStanzas>,
    exchanges: Rc<RefCell<Vec<Exchange>>>,
    steps: ExchangeSteps,
}

/// The step of the scenario to which each exchange of a recorded case belongs; `None` before the first.
pub(crate) type ExchangeSteps = Rc<RefCell<Vec<Option<usize>>>>;

impl<I: Implementation> Recorded<I> {
    /// Records this implementation. Without `written`, its messages are written as the engine writes them.
    pub fn new(inner: I, written: Option<WrittenStanzas>) -> Self {
        Self { inner, written, exchanges: Rc::default(), steps: Rc::default() }
    }

    /// The steps of the exchanges of the last case.
    pub(crate) fn steps(&self) -> ExchangeSteps {
        self.steps.clone()
    }
}

impl<I: Implementation> Implementation for Recorded<I> {
    fn begin(
        &mut self,
        scenario: &mut Scenario,
        hosted: &[DeviceName],
        record: bool,
    ) -> Result<(), AdapterError> {
        scenario.limits = LimitsSpec::default();
        self.exchanges.borrow_mut().clear();
        self.steps.borrow_mut().clear();
        self.inner.begin(scenario, hosted, record)
    }

    fn join(&mut self, scene: &Scene<'_>, wire: &Wire) -> Box<dyn Endpoint> {
        let recorder = Recorder {
            cast: scene.cast.clone(),
            member: scene.cast.member(scene.device).clone(),
            wire: wire.clone(),
            policy: match scene.scenario.policy {
                PolicySpec::Toakafa => KeyPolicy::Toakafa,
                PolicySpec::None => KeyPolicy::None,
            },
            written: self.written.clone(),
            exchanges: self.exchanges.clone(),
            steps: self.steps.clone(),
            step: None,
            is_created: false,
            is_unread: false,
            is_starting: false,
            sent: BTreeSet::new(),
            sent_before_backup: BTreeSet::new(),
            now: scene.scenario.start.stamp(),
        };
        Box::new(Layered::new(self.inner.join(scene, wire), recorder))
    }

    fn clock_tolerance(&self) -> Duration {
        self.inner.clock_tolerance()
    }

    fn learns_what_was_sent(&self) -> bool {
        self.inner.learns_what_was_sent()
    }

    fn end(&mut self) -> CaseLog {
        let exchanges = self.exchanges.take();
        CaseLog { exchanges, ..self.inner.end() }
    }
}

/// A layer that records the commands and answers of one device.
struct Recorder {
    cast: Arc<Cast>,
    member: Member,
    wire: Wire,
    policy: KeyPolicy,
    written: Option<WrittenStanzas>,
    exchanges: Rc<RefCell<Vec<Exchange>>>,
    steps: ExchangeSteps,
    /// The step of the last input.
    step: Option<usize>,
    is_created: bool,
    /// Whether something happened since the levels were read.
    is_unread: bool,
    /// Whether the device was started again and is not connected yet.
    is_starting: bool,
    /// The messages that were recorded. Messages that wait for a connection are sent again.
    sent: BTreeSet<OutboxId>,
    /// The same at the time of the backup. A restored device gives the ids of later messages again.
    sent_before_backup: BTreeSet<OutboxId>,
    now: Stamp,
}

impl Recorder {
    fn commands(&self) -> CommandWriter<'_> {
        CommandWriter { cast: &self.cast, member: &self.member, wire: &self.wire, now: self.now }
    }

    fn note(&self, command: &Command, ok: &impl Serialize) {
        let value = |result: Result<Value, _>| result.expect("protocol types can be written as JSON");
        let command = value(serde_json::to_value(command));
        let answer = json!({ "ok": value(serde_json::to_value(ok)) });
        self.exchanges.borrow_mut().push(Exchange { command, answer });
        self.steps.borrow_mut().push(self.step);
    }

    fn create(&mut self, InputContext { now, step, .. }: InputContext<'_>) {
        self.step = step;
        if !std::mem::replace(&mut self.is_created, true) {
            self.note(&self.commands().create(self.policy), &json!({}));
        }
        self.now = now;
    }

    fn read(&mut self, endpoint: &impl Endpoint) -> Result<(), Failure> {
        self.is_unread = false;
        let keys: Vec<KeyId> = self.cast.keys().filter(|key| *key != self.member.key).collect();
        let levels: Result<Vec<String>, Failure> =
            keys.iter().map(|key| Ok(endpoint.level(*key)?.name().to_owned())).collect();
        let command = Command::Read(self.commands().keys(&keys));
        self.note(&command, &ReadLevels { levels: levels?, postponed: None, stored: None });
        Ok(())
    }

    /// The stanzas that the device has just sent.
    fn stanzas(&mut self, sent: &[Outgoing]) -> Vec<SentStanza> {
        let names = self.cast.directory();
        let new: Vec<&Outgoing> = sent.iter().filter(|outgoing| self.sent.insert(outgoing.id)).collect();
        match &self.written {
            Some(written) => written.take(),
            None => {
                let write = |outgoing: &&Outgoing| written_stanza(outgoing, self.member.endpoint, names);
                new.iter().map(|outgoing| write(outgoing).expect("the engine writes all affixes")).collect()
            }
        }
    }

    /// Records a command with its answer, and reads the levels.
    fn answer(
        &mut self,
        endpoint: &impl Endpoint,
        command: &Command,
        out: &Observation,
        sent: usize,
    ) -> Result<(), Failure> {
        let shown = matches!(command, Command::Deliver(_)).then(|| out.shown.clone()).flatten();
        let sent = self.stanzas(&out.sent[sent..]);
        let reads_later = matches!(command, Command::Discover(_)) && sent.is_empty();
        self.note(command, &SentStanzas { sent, shown });
        if reads_later {
            self.is_unread = true;
            Ok(())
        } else {
            self.read(endpoint)
        }
    }
}

impl<E: Endpoint> Layer<E> for Recorder {
    fn happen(
        &mut self,
        endpoint: &mut E,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        if let Happening::Input(Input::Sent(_)) = happening {
            return happening.reach(endpoint, context, out);
        }
        if let Happening::Input(Input::Resume) = happening {
            let before = out.sent.len();
            happening.reach(endpoint, context, out)?;
            let sent = self.stanzas(&out.sent[before..]);
            if std::mem::take(&mut self.is_starting) {
                self.add_to_start(&sent);
            }
            return Ok(());
        }
        self.create(context);
        if self.is_unread && !matches!(happening, Happening::Input(Input::Discover(_))) {
            self.read(endpoint)?;
        }
        let command = match happening {
            Happening::Input(Input::Decide(decision)) => self.commands().decide(decision),
            Happening::Input(Input::TrustManually(key)) => {
                Command::TrustManually(self.commands().keys(&[*key]))
            }
            Happening::Input(Input::Discover(key)) => Command::Discover(self.commands().keys(&[*key])),
            Happening::Input(Input::Receive(received)) => self.commands().receive(received)?,
            Happening::Scan(scanned) => self.commands().scan(&scanned.uri),
            Happening::Stanza(stanza) => self.commands().deliver(stanza),
            Happening::Input(Input::Sent(_) | Input::Resume) => unreachable!("handled above"),
        };
        let before = out.sent.len();
        happening.reach(endpoint, context, out)?;
        self.answer(endpoint, &command, out, before)
    }

    /// Very many messages are recorded one by one.
    fn undergo(
        &mut self,
        endpoint: &mut E,
        occurrence: &mut Occurrence<'_>,
        (context, out): (InputContext<'_>, &mut Observation),
    ) -> Result<(), Failure> {
        self.create(context);
        if self.is_unread {
            self.read(endpoint)?;
        }
        let command = match occurrence {
            Occurrence::Forget(keys) => Command::Forget(self.commands().keys(keys)),
            Occurrence::BackUp(_) => {
                self.sent_before_backup = self.sent.clone();
                Command::BackUp(self.commands().at())
            }
            Occurrence::Restore(_) => {
                self.sent = self.sent_before_backup.clone();
                Command::Restore(self.commands().at())
            }
            Occurrence::Bombarded { barrage, time } => {
                for key in barrage.discovered() {
                    self.happen(endpoint, Happening::Input(&Input::Discover(*key)), context, out)?;
                }
                for stanza in barrage.stanzas(*time) {
                    self.happen(endpoint, Happening::Input(&Input::Receive(stanza)), context, out)?;
                }
                return Ok(());
            }
        };
        let before = out.sent.len();
        endpoint.undergo(occurrence, context, out)?;
        self.is_starting = matches!(occurrence, Occurrence::Restore(_));
        self.answer(endpoint, &command, out, before)
    }

    fn own_code(&mut self, endpoint: &mut E, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        let code = endpoint.own_code(context)?;
        if let Some(uri) = &code {
            self.create(context);
            self.note(&Command::OwnCode(self.commands().at()), &OwnCode { uri: uri.clone() });
        }
        Ok(code)
    }

    fn restart(&mut self, endpoint: &mut E, names: &Directory) -> Result<(), Failure> {
        if self.is_unread {
            self.read(endpoint)?;
        }
        endpoint.restart(names)?;
        if !self.is_created {
            return Ok(());
        }
        let sent = self.stanzas(&[]);
        self.note(&Command::Restart(self.commands().at()), &SentStanzas { sent, shown: None });
        self.is_starting = true;
        self.read(endpoint)
    }

    /// Reads levels that were not read yet. If the endpoint no longer answers, an earlier error has reported that.
    fn end(&mut self, endpoint: &mut E) {
        if self.is_unread {
            let _ = self.read(endpoint);
        }
    }
}

impl Recorder {
    /// Adds stanzas to the answer of the last restart: the device wrote them while it started.
    fn add_to_start(&self, sent: &[SentStanza]) {
        let mut exchanges = self.exchanges.borrow_mut();
        let device = self.member.name.to_string();
        let is_start = |exchange: &&mut Exchange| {
            exchange.command["device"] == device.as_str()
                && (exchange.command["command"] == "restart" || exchange.command["command"] == "restore")
        };
        let start = exchanges.iter_mut().rev().find(is_start);
        let Some(all) = start.and_then(|start| start.answer["ok"]["sent"].as_array_mut()) else { return };
        all.extend(
            sent.iter().map(|stanza| serde_json::to_value(stanza).expect("it can be written as JSON")),
        );
    }
}

/// A description that gives each level of the engine its own name.
#[must_use]
pub fn hello() -> Value {
    serde_json::to_value(crate::adapter::hello()).expect("it can be written as JSON")
}
