use std::collections::BTreeMap;
use std::sync::Arc;

use atm_engine::codec::NamedEnvelope;
use atm_engine::{Change, Decision, DecisionKind, Effect, KeyId, Level, Origin, Stamp};
use atm_simulator::cast::DeviceId;
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::run::Run;
use atm_simulator::scenario::{Code, Discovery, KeyName, Scenario, Step};
use atm_simulator::trace::{Event, MessageNumber, Route};
use serde::Serialize;

use super::recorded::{Positions, shown};
use crate::pictures::position::{DevicePresence, new_presence};
use crate::runs::{self, Line, Teller, describe_policy, level_without_decision};

/// The fate of a message that reaches its device.
const ARRIVES: &str = "arrives";

/// Events that happen at once: a step or the arrival of a message, and its immediate consequences.
#[derive(Debug, Default, Serialize)]
pub(super) struct Moment {
    /// The number of the step that begins here; `None` if none does.
    step: Option<usize>,
    /// The virtual time.
    at: String,
    text: String,
    lines: Vec<MomentLine>,
    /// The message that arrives, or fails to arrive.
    arrow: Option<MomentArrow>,
    changes: Vec<RecordedChange>,
    /// The messages that are sent at this moment.
    sent: Vec<RecordedMessage>,
    /// A device that joins, leaves or changes hands.
    presence: Option<(usize, &'static str)>,
}

impl Moment {
    /// Drops the moments of the first steps, and renumbers the remaining steps. The start stays.
    pub(super) fn drop_first_steps(moments: &mut Vec<Self>, steps: usize) {
        let end = moments.len().min(steps + 1);
        moments.drain(1.min(end)..end);
        for number in moments.iter_mut().filter_map(|moment| moment.step.as_mut()) {
            *number -= steps;
        }
    }
}

#[derive(Debug, Serialize)]
struct MomentLine {
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
}

#[derive(Debug, Serialize)]
struct MomentArrow {
    /// The number of the message; `None` for a handwritten stanza.
    message: Option<u64>,
    to: usize,
    fate: &'static str,
}

/// A key that gets another level on a device, or the same level by another decision.
#[derive(Debug, Serialize)]
struct RecordedChange {
    device: usize,
    key: usize,
    level: &'static str,
    /// The origin of the decision; `None` if no decision set the level.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<RecordedSpeaker>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum RecordedSpeaker {
    Person,
    Message(usize),
    /// The device does not give the reason of its decision, and the run does not show it.
    Unexplained,
}

#[derive(Debug, Serialize)]
struct RecordedMessage {
    message: u64,
    from: usize,
    /// The positions of the keys that can decrypt the message.
    readers: Vec<usize>,
    said: String,
    trust: Vec<usize>,
    distrust: Vec<usize>,
}

/// All moments of a run.
pub(super) struct Moments {
    moments: Vec<Moment>,
    /// The step of each moment, by its position in the scenario, with the virtual time of the moment.
    falls_into: Vec<(Option<usize>, Stamp)>,
}

impl Moments {
    pub(super) fn of(scenario: &Scenario, run: &Run, positions: &Positions<'_>) -> Self {
        let mut recording = Recording {
            scenario,
            positions,
            teller: Teller::new(scenario, positions.cast),
            senders: BTreeMap::new(),
            decisions: BTreeMap::new(),
            policy: None,
            moments: Self { moments: Vec::new(), falls_into: Vec::new() },
        };
        let start = run.trace.records().first().map_or(Stamp::MIN, |record| record.at);
        recording.begin(
            start,
            match scenario.discovery {
                Discovery::AtStart => "The devices find each other's keys",
                Discovery::BySteps => "The devices know no keys yet",
            },
        );
        for record in run.trace.records() {
            recording.add(record.at, &record.event);
        }
        recording.flush_policy();
        recording.moments
    }

    /// The last moment that belongs to a step, given by its position, or to an earlier one; the very last for `None`.
    pub(super) fn before_step(&self, step: Option<usize>) -> usize {
        let is_before = |(of, _): &&(Option<usize>, Stamp)| of.zip(step).is_none_or(|(of, step)| of <= step);
        self.falls_into.iter().take_while(is_before).count().saturating_sub(1)
    }

    /// The last moment before the step after this one, given by its number; the very last if no later step begins.
    pub(super) fn after_step(&self, number: Option<usize>) -> usize {
        let begins_later = |moment: &Moment| moment.step.zip(number).is_some_and(|(step, last)| step > last);
        let end = self.moments.iter().position(begins_later).unwrap_or(self.moments.len());
        end.saturating_sub(1)
    }

    /// The last moment up to `end`, in the same step, at which something arrives at a device; `end` if nothing does.
    pub(super) fn arrival(&self, device: usize, end: usize) -> usize {
        let begin = self.moments[..=end].iter().rposition(|moment| moment.step.is_some()).unwrap_or_default();
        let arrives = |moment: &Moment| {
            moment.arrow.as_ref().is_some_and(|arrow| arrow.to == device && arrow.fate == ARRIVES)
        };
        self.moments[begin..=end].iter().rposition(arrives).map_or(end, |after| begin + after)
    }

    /// The last moment up to a step and a virtual time.
    pub(super) fn at(&self, step: Option<usize>, at: Stamp) -> usize {
        let last = self.falls_into[..=self.before_step(step)].iter().rposition(|(_, time)| *time <= at);
        last.unwrap_or_default()
    }

    pub(super) fn into_inner(self) -> Vec<Moment> {
        self.moments
    }
}

struct Recording<'a> {
    scenario: &'a Scenario,
    positions: &'a Positions<'a>,
    teller: Teller<'a>,
    senders: BTreeMap<MessageNumber, DeviceId>,
    /// The decisions in each message, by its number.
    decisions: BTreeMap<u64, Arc<[Decision]>>,
    /// Levels that the policy of a device set and that have no line yet.
    policy: Option<(DeviceId, Level, Vec<KeyId>)>,
    moments: Moments,
}

impl Recording<'_> {
    fn begin(&mut self, at: Stamp, text: &str) -> &mut Moment {
        self.flush_policy();
        let at_text = atm_engine::codec::stamp_to_date_time(at);
        self.moments.falls_into.push((self.teller.step(), at));
        let moment = Moment { at: at_text, text: shown(text), ..Moment::default() };
        self.moments.moments.push(moment);
        self.now()
    }

    fn now(&mut self) -> &mut Moment {
        self.moments.moments.last_mut().expect("the start is a moment")
    }

    fn add(&mut self, at: Stamp, event: &Event) {
        let is_over = self.moments.falls_into.last().is_none_or(|(_, last)| *last != at);
        match event {
            Event::Step { step } => {
                self.flush_policy();
                let line = self.teller.tell(event);
                debug_assert!(line.is_none(), "a step is no line");
                self.begin_step(at, *step);
                return;
            }
            Event::Delivered { device, message, route } => {
                self.begin_delivery(at, (*device, *message), *route);
            }
            Event::Archived { device, message } => {
                self.begin_failure(at, (*device, *message), "kept by the server");
            }
            Event::Withheld { device, message } => self.begin_failure(at, (*device, *message), "withheld"),
            Event::Blocked { device, message } => {
                self.begin_failure(at, (*device, *message), "dropped by the server");
            }
            Event::Lost { device, message } => self.begin_failure(at, (*device, *message), "lost"),
            _ if is_over => {
                self.begin(at, "Time passes");
            }
            _ => {}
        }
        self.record(event);
        let policy = match event {
            Event::Changed { device, change } => {
                level_without_decision(change).map(|(key, level)| (*device, key, level))
            }
            _ => None,
        };
        if let Some((device, key, level)) = policy {
            self.note_policy(device, key, level);
        } else if let Some(line) = self.teller.tell(event) {
            self.flush_policy();
            self.add_line(line);
        }
    }

    fn begin_step(&mut self, at: Stamp, step: usize) {
        let what = &self.scenario.steps[step];
        let presence = new_presence(self.positions.cast, what);
        let presence =
            presence.map(|(device, presence)| (self.positions.device(device), presence_name(presence)));
        let number = atm_suite::step_number(self.scenario, step);
        let moment = self.begin(at, &runs::describe_step(what));
        (moment.step, moment.presence) = (Some(number), presence);
    }

    fn begin_delivery(&mut self, at: Stamp, arrival: (DeviceId, Option<MessageNumber>), route: Route) {
        let way = match route {
            Route::Direct | Route::ByHand => "",
            Route::Archive => ", out of the archive",
            Route::Carbon => ", as a carbon",
            Route::Duplicate => ", a second time",
            Route::Replay => ", replayed by the server",
        };
        let (device, message) = arrival;
        let to = self.positions.cast.device_name(device).to_string();
        let text = match self.sender(message) {
            Some((number, from)) => format!("message {number} of {from} reaches {to}{way}"),
            None => format!("a stanza made by hand reaches {to}{way}{}", self.said_by_hand()),
        };
        self.begin_arrow(at, &text, (device, message), ARRIVES);
    }

    fn begin_failure(&mut self, at: Stamp, (device, message): (DeviceId, MessageNumber), fate: &'static str) {
        let to = self.positions.cast.device_name(device).to_string();
        let text = match self.sender(Some(message)) {
            Some((number, from)) => format!("message {number} of {from} for {to} is {fate}"),
            None => format!("a message for {to} is {fate}"),
        };
        self.begin_arrow(at, &text, (device, Some(message)), fate);
    }

    fn begin_arrow(
        &mut self,
        at: Stamp,
        text: &str,
        (device, message): (DeviceId, Option<MessageNumber>),
        fate: &'static str,
    ) {
        let to = self.positions.device(device);
        let arrow = MomentArrow { message: message.map(|message| message.0), to, fate };
        self.begin(at, text).arrow = Some(arrow);
    }

    /// The decisions in the handwritten stanza of the current step: `: trust bob/tablet`.
    fn said_by_hand(&self) -> String {
        let Some(Step::Deliver(written)) = self.teller.step().map(|step| &self.scenario.steps[step]) else {
            return String::new();
        };
        let cast = self.positions.cast;
        let parts = [
            ("", written.encrypted.as_ref().map(|part| &*part.xml)),
            (" in the clear", written.clear.as_deref()),
        ];
        let told = parts.into_iter().filter_map(|(way, xml)| {
            let said = match NamedEnvelope::parse(xml?.trim()) {
                Ok(envelope) => {
                    // All names of the scenario have ids.
                    let envelope = envelope.intern(&mut cast.directory().clone());
                    runs::said(&envelope.message.decisions, cast)
                }
                Err(_) => "a malformed trust message".to_owned(),
            };
            Some(format!("{said}{way}"))
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() { String::new() } else { format!(": {}", told.join(", and ")) }
    }

    fn sender(&self, message: Option<MessageNumber>) -> Option<(u64, String)> {
        let number = message?;
        let sender = self.senders.get(&number)?;
        Some((number.0, self.positions.cast.device_name(*sender).to_string()))
    }

    /// Records the changes and the messages that the views of the page show.
    fn record(&mut self, event: &Event) {
        match event {
            Event::Changed { device, change } => {
                if let Some(change) = self.recorded_change(*device, change) {
                    self.now().changes.push(change);
                }
            }
            Event::Sent { device, message, outgoing } | Event::Forged { device, message, outgoing } => {
                self.senders.insert(*message, *device);
                let decisions = &outgoing.envelope.message.decisions;
                self.decisions.insert(message.0, decisions.clone());
                let keys = |kind| {
                    let of_kind = decisions.iter().filter(move |decision| decision.kind == kind);
                    of_kind.filter_map(|decision| self.positions.key(decision.key)).collect()
                };
                let readers = outgoing.keys.iter().filter_map(|key| self.positions.key(*key)).collect();
                let sent = RecordedMessage {
                    message: message.0,
                    from: self.positions.device(*device),
                    readers,
                    said: shown(&runs::said(decisions, self.positions.cast)),
                    trust: keys(DecisionKind::Trust),
                    distrust: keys(DecisionKind::Distrust),
                };
                self.now().sent.push(sent);
            }
            _ => {}
        }
    }

    fn recorded_change(&self, device: DeviceId, change: &ObservedChange) -> Option<RecordedChange> {
        let (key, level, origin) = match (change.explanation, change.level) {
            (Some(Change::Decided { decision, origin, effect: Effect::Now, .. }), _) => {
                (decision.key, Level::from(decision.kind), Some(origin))
            }
            (Some(Change::TookEffect { key, level, origin }), _) => (key, level, Some(origin)),
            (Some(Change::Level { key, level, .. }), _) => (key, level, None),
            (None, Some(LevelChange { key, after, .. })) => (key, after, None),
            (Some(_), _) | (None, None) => return None,
        };
        let by = match origin {
            Some(Origin::Manual) => Some(RecordedSpeaker::Person),
            Some(Origin::Message { sender }) => self.positions.key(sender).map(RecordedSpeaker::Message),
            None if matches!(level, Level::Authenticated | Level::Distrusted) => {
                Some(self.visible_origin(device, key, level))
            }
            Some(Origin::Policy) | None => None,
        };
        let device = self.positions.device(device);
        Some(RecordedChange { device, key: self.positions.key(key)?, level: level.name(), by })
    }

    /// The origin of a decision that the device does not explain: the step or the message of this moment, if one of them
    /// decides so about the key.
    fn visible_origin(&self, device: DeviceId, key: KeyId, level: Level) -> RecordedSpeaker {
        let moment = self.moments.moments.last();
        let arrow = moment.and_then(|moment| moment.arrow.as_ref());
        if let Some(message) = arrow.and_then(|arrow| arrow.message) {
            let sender = self.senders.get(&MessageNumber(message)).copied();
            let said = self.decisions.get(&message).into_iter().flat_map(|said| said.iter());
            let mut said = said.filter(|decision| Level::from(decision.kind) == level);
            return match sender.filter(|_| said.any(|decision| decision.key == key)) {
                Some(sender) => self
                    .positions
                    .key(self.positions.cast.member(sender).key)
                    .map_or(RecordedSpeaker::Unexplained, RecordedSpeaker::Message),
                None => RecordedSpeaker::Unexplained,
            };
        }
        let step = self.teller.step().filter(|_| arrow.is_none());
        match step.is_some_and(|step| self.is_decided(&self.scenario.steps[step], (device, key), level)) {
            true => RecordedSpeaker::Person,
            false => RecordedSpeaker::Unexplained,
        }
    }

    /// Whether a person decides in this step that the key has this level on the device.
    fn is_decided(&self, step: &Step, (device, key): (DeviceId, KeyId), level: Level) -> bool {
        let cast = self.positions.cast;
        let name = cast.device_name(device);
        let has = |keys: &[KeyName]| keys.iter().any(|name| cast.key(name).is_ok_and(|other| other == key));
        match (step, level) {
            (Step::Authenticate(who), Level::Authenticated) | (Step::Distrust(who), Level::Distrusted) => {
                who.device == *name && has(&who.keys)
            }
            (Step::Decide(decide), Level::Authenticated) => decide.by == *name && has(&decide.authenticate),
            (Step::Decide(decide), Level::Distrusted) => decide.by == *name && has(&decide.distrust),
            (Step::Scan(scan), Level::Authenticated) => match &scan.code {
                Code::Of(shown) => scan.by == *name && has(&[KeyName::Device(shown.clone())]),
                Code::Uri(_) => scan.by == *name,
            },
            _ => false,
        }
    }

    fn note_policy(&mut self, device: DeviceId, key: KeyId, level: Level) {
        match &mut self.policy {
            Some((noted, noted_level, keys)) if *noted == device && *noted_level == level => keys.push(key),
            _ => {
                self.flush_policy();
                self.policy = Some((device, level, vec![key]));
            }
        }
    }

    fn flush_policy(&mut self) {
        let Some((device, level, keys)) = self.policy.take() else { return };
        if self.teller.step().is_none() {
            return; // at the start, every discovered key gets its level
        }
        if let Some(text) = describe_policy(device, level, &keys, self.positions.cast) {
            self.add_line(Line { text, note: String::new() });
        }
    }

    fn add_line(&mut self, Line { text, note }: Line) {
        self.now().lines.push(MomentLine { text: shown(&text), note: shown(&note) });
    }
}

pub(super) fn presence_name(presence: DevicePresence) -> &'static str {
    match presence {
        DevicePresence::Absent => "absent",
        DevicePresence::There => "there",
        DevicePresence::Compromised => "compromised",
        DevicePresence::Injected => "injected",
        DevicePresence::Gone => "gone",
    }
}
