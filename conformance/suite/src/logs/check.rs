//! Lets the monitor judge the log of a device, up to the first step that the specifications do not explain.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use atm_adapter_protocol::AdapterError;
use atm_adapter_protocol::protocol::Clock;
use atm_engine::{Input, KeyId, Level, OutboxId, Outgoing};
use atm_simulator::cast::{DeviceId, Member};
use atm_simulator::endpoint::InputContext;
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::run::Run;
use atm_simulator::script::Action;
use atm_simulator::trace::{Event, MessageNumber, Observer, Trace};
use atm_simulator::trust_graph::Tally;

use super::device::{LoggedDevice, LoggedStep};
use super::error::Place;
use crate::cases::{Examined, Written};
use crate::layer::Happening;
use crate::messages::{MessageFinding, ReadStanza, Wire, read_sent, wrong_code};
use crate::monitor::{Capacity, Monitor, MonitorFinding};
use crate::requirements::{self, Requirement};

/// The greatest number of postponed decisions and of keys with which a log is judged. The work of the monitor grows with
/// their squares, and real clients have far fewer.
const MOST: (usize, usize) = (300, 3_000);

/// The judgement about the log of a device.
#[derive(Debug)]
pub struct CheckedDevice {
    /// The number of steps that the specifications explain, from the first one.
    pub explained: usize,
    /// The reason why it ends there.
    pub end: End,
    /// Explained behaviour that is against advice, or differs where the text leaves it open.
    pub notes: Vec<LogFinding>,
    /// The steps until then as a run.
    pub run: Run,
}

/// The end of the explained part of a log.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The whole log is explained.
    Whole,
    /// The specifications do not explain the next step.
    Unexplained(Box<LogFinding>),
    /// The log cannot be followed any further, for this reason.
    Lost(Place, String),
}

/// A finding in a log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFinding {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// The position of the step, counted from 0.
    pub step: usize,
    /// The behaviour that is allowed.
    pub expected: String,
    /// The logged behaviour.
    pub observed: Vec<String>,
    /// The finding of the monitor; `None` if it is about the form of a message.
    pub monitored: Option<MonitorFinding>,
}

/// Judges the log of a device.
#[must_use]
pub fn check(device: &LoggedDevice) -> CheckedDevice {
    let mut checking = Checking::new(device);
    let mut end = End::Whole;
    for (position, step) in device.steps.iter().enumerate() {
        let taken = checking.fits(step).and_then(|()| checking.take(position, step));
        if let Err(reached) = taken {
            end = reached;
            break;
        }
        checking.explained += 1;
    }
    if let (End::Whole, Some((place, reason))) = (&end, &device.end) {
        end = End::Lost(*place, reason.clone());
    }
    checking.conclude(end)
}

struct Checking<'a> {
    device: &'a LoggedDevice,
    id: DeviceId,
    member: Member,
    monitor: Monitor,
    examined: Examined,
    /// The number of monitor findings that were noted.
    noted: usize,
    levels: BTreeMap<KeyId, Level>,
    explained: usize,
    notes: Vec<LogFinding>,
    trace: Trace,
    messages: u64,
}

/// The messages of one step.
#[derive(Default)]
struct SentMessages {
    outgoing: Vec<Outgoing>,
    unreadable: Vec<atm_engine::Addressees>,
    findings: Vec<MessageFinding>,
}

impl<'a> Checking<'a> {
    fn new(device: &'a LoggedDevice) -> Self {
        let cast = &device.script.cast;
        let (id, member) = cast.devices().next().expect("the log has a device");
        let tolerance = match device.hello.clock {
            Clock::System => Duration::from_secs(5 * 60),
            Clock::Injected => Duration::from_secs(2),
        };
        let seen = Rc::new(RefCell::default());
        Self {
            device,
            id,
            member: member.clone(),
            monitor: Monitor::new(cast.clone(), member.clone(), Capacity::Ample),
            examined: Examined::new(cast.clone(), member.clone(), tolerance, seen),
            noted: 0,
            levels: BTreeMap::new(),
            explained: 0,
            notes: Vec::new(),
            trace: Trace::default(),
            messages: 0,
        }
    }

    /// Whether the log is small enough to be judged.
    fn fits(&self, step: &LoggedStep) -> Result<(), End> {
        let (decisions, keys) = MOST;
        if self.monitor.waiting() <= decisions && self.monitor.known_keys() <= keys {
            return Ok(());
        }
        let reason = format!(
            "more than {decisions} decisions wait for their senders, or there are more than {keys} keys"
        );
        Err(End::Lost(step.place, reason))
    }

    /// Judges a step. The monitor judges in the same order as [`Monitored`](crate::monitor::Monitored).
    fn take(&mut self, position: usize, step: &LoggedStep) -> Result<(), End> {
        self.observe(step, &Event::Step { step: position });
        let sent = self.read_stanzas(step)?;
        let action = self.device.action(position);
        let names = self.device.script.cast.directory();
        tell(&mut self.monitor, self.device, position);
        if let Action::Discover(device, keys) = action {
            for key in keys {
                self.observe(step, &Event::Discovered { device: *device, key: *key });
            }
        }
        let reads_later = matches!(action, Action::Discover(..)) && sent.outgoing.is_empty();
        if !reads_later {
            self.read(step);
        }
        let answers = matches!(
            action,
            Action::Decide(..)
                | Action::Scan(..)
                | Action::Deliver(..)
                | Action::Discover(..)
                | Action::TrustManually(..)
        );
        if answers {
            self.monitor.check_sent(&sent.outgoing, &sent.unreadable, names);
        }
        if answers || matches!(action, Action::Restart(_)) {
            self.monitor.check_readers(&sent.outgoing, &[], names);
        }
        if reads_later {
            self.read(step);
        }
        if let Action::Deliver(_, stanza) = action {
            self.examined.hear(Happening::Stanza(stanza));
        }
        let written = if answers { Written::Now } else { Written::Before };
        let examination = self.examined.look_at(&sent.outgoing, step.now, written);
        let mut found = sent.findings;
        found.extend(examination.findings);
        let cast = &self.device.script.cast;
        found.extend(step.codes.iter().filter_map(|code| wrong_code(code, &self.member, cast)));
        found.sort_unstable();
        found.dedup();
        self.note(position, found)
    }

    /// Reads the stanzas that the device sent.
    fn read_stanzas(&mut self, step: &LoggedStep) -> Result<SentMessages, End> {
        let mut sent = SentMessages::default();
        for stanza in &step.sent {
            let id = OutboxId(self.messages);
            self.messages += 1;
            let read = read_sent(stanza, &self.member, id, &self.device.script.cast);
            let ReadStanza { outgoing, findings, unreadable, bystanders } = read.map_err(|error| {
                End::Lost(
                    step.place,
                    match error {
                        AdapterError::Unsupported(unsupported) => {
                            let reason = unsupported.reason.unwrap_or_default();
                            format!("{}: {reason}", unsupported.feature)
                        }
                        error => error.to_string(),
                    },
                )
            })?;
            sent.findings.extend(findings);
            sent.unreadable.extend(unreadable);
            if let Some(mut outgoing) = outgoing {
                // No log tells which endpoint has which key, so all holders of the keys may receive it.
                outgoing.keys = outgoing.keys.iter().chain(bystanders.iter()).copied().collect();
                let message = MessageNumber(self.messages);
                let event = Event::Sent { device: self.id, message, outgoing: outgoing.clone() };
                self.observe(step, &event);
                sent.outgoing.push(outgoing);
            }
        }
        Ok(sent)
    }

    fn read(&mut self, step: &LoggedStep) {
        for reading in &step.readings {
            let levels: BTreeMap<KeyId, Level> = reading.iter().copied().collect();
            let level = |key| Ok::<_, std::convert::Infallible>(levels.get(&key).copied());
            let Ok(()) = self.monitor.read(level);
            for (&key, &after) in &levels {
                let before = self.levels.insert(key, after).unwrap_or(Level::Undecided);
                if before != after {
                    let level = Some(LevelChange { key, before, after });
                    let change = ObservedChange { level, explanation: None };
                    self.observe(step, &Event::Changed { device: self.id, change });
                }
            }
        }
    }

    fn observe(&mut self, step: &LoggedStep, event: &Event) {
        self.trace.observe(step.now, event);
    }

    /// Notes the findings of a step. One that fails ends the explained part.
    fn note(&mut self, step: usize, in_messages: Vec<MessageFinding>) -> Result<(), End> {
        let requirement = |id| requirements::find(id).expect("a finding names a requirement");
        let monitored = self.monitor.findings()[self.noted..].iter();
        let monitored = monitored.map(|found| LogFinding {
            requirement: requirement(found.requirement),
            step,
            expected: found.expected.clone(),
            observed: found.observed.clone(),
            monitored: Some(found.clone()),
        });
        let in_messages = in_messages.into_iter().map(|found| LogFinding {
            requirement: requirement(found.requirement),
            step,
            expected: found.expected.to_owned(),
            observed: vec![found.observed],
            monitored: None,
        });
        let found: Vec<LogFinding> = monitored.chain(in_messages).collect();
        self.noted = self.monitor.findings().len();
        match found.iter().find(|found| found.requirement.weight.fails()) {
            Some(failure) => Err(End::Unexplained(Box::new(failure.clone()))),
            None => {
                self.notes.extend(found);
                Ok(())
            }
        }
    }

    fn conclude(self, end: End) -> CheckedDevice {
        let run = Run {
            cast: self.device.script.cast.clone(),
            trace: self.trace,
            checks: Vec::new(),
            violations: Vec::new(),
            breaks: Vec::new(),
            is_hazard: false,
            tally: Tally::default(),
            missing: Vec::new(),
            messages: self.messages,
            failure: None,
        };
        CheckedDevice { explained: self.explained, end, notes: self.notes, run }
    }
}

/// Passes the input of a step on to the monitor.
pub(crate) fn tell(monitor: &mut Monitor, device: &LoggedDevice, position: usize) {
    let (now, names) = (device.steps[position].now, device.script.cast.directory());
    let context = InputContext { now, names, step: Some(position) };
    let happening = match device.action(position) {
        Action::Decide(_, decision) => {
            let input = Input::Decide(decision.clone());
            return monitor.take(Happening::Input(&input), &Wire::default(), context);
        }
        Action::Scan(_, scanned) => Happening::Scan(scanned),
        Action::Deliver(_, stanza) => Happening::Stanza(stanza),
        other => {
            monitor.begin(context.step);
            return match other {
                Action::TrustManually(_, keys) => keys.iter().for_each(|key| monitor.trusted_manually(*key)),
                Action::Discover(_, keys) => keys.iter().for_each(|key| monitor.discovered(*key, names, now)),
                Action::Forget(_, keys) => keys.iter().for_each(|key| monitor.forgotten(*key)),
                Action::BackUp(_) => monitor.backed_up(),
                Action::Restore(_) => monitor.restored(),
                Action::Restart(_) => monitor.restarted(),
                _ => unreachable!("the log of a device has no other steps"),
            };
        }
    };
    monitor.take(happening, &Wire::default(), context);
}
