use std::collections::BTreeMap;

use atm_engine::{Change, DecisionKind, Effect, KeyId, Level, Origin, Stamp};
use atm_simulator::cast::DeviceId;
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::run::Run;
use atm_simulator::scenario::Scenario;
use atm_simulator::trace::{Event, MessageNumber, Route};
use serde::Serialize;

use super::recorded::{Positions, shown};
use crate::pictures::position::{DevicePresence, new_presence};
use crate::runs::{self, Line, Teller, describe_policy, level_without_decision};

/// A group of events that happen at once: a step, or the arrival of a message, and all that follows from it without delay.
#[derive(Debug, Default, Serialize)]
pub(super) struct Moment {
    /// The number of the step that begins; `None` if it began before.
    step: Option<usize>,
    /// The virtual time.
    at: String,
    text: String,
    lines: Vec<MomentLine>,
    /// The message that arrives or fails to.
    arrow: Option<MomentArrow>,
    changes: Vec<RecordedChange>,
    /// The messages that are sent.
    sent: Vec<RecordedMessage>,
    /// A device that joins, leaves or changes hands.
    presence: Option<(usize, &'static str)>,
}

impl Moment {
    /// Drops the moments after the start in which the first steps happen, and counts the others from there.
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
    /// `None` for a stanza that was made by hand.
    message: Option<u64>,
    to: usize,
    fate: &'static str,
}

/// A key has another level on a device, or the same one by another decision.
#[derive(Debug, Serialize)]
struct RecordedChange {
    device: usize,
    key: usize,
    level: &'static str,
    /// By whom, if it was decided: a person, or the key of the endpoint whose message said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<RecordedSpeaker>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum RecordedSpeaker {
    Person,
    Message(usize),
}

#[derive(Debug, Serialize)]
struct RecordedMessage {
    message: u64,
    from: usize,
    /// Where the keys stand of those who can read it.
    readers: Vec<usize>,
    said: String,
    trust: Vec<usize>,
    distrust: Vec<usize>,
}

/// All moments of a run.
pub(super) struct Moments {
    moments: Vec<Moment>,
    /// Of each moment, the step in which it falls, by its position in the scenario, and the virtual time.
    falls_into: Vec<(Option<usize>, Stamp)>,
}

impl Moments {
    pub(super) fn of(scenario: &Scenario, run: &Run, positions: &Positions<'_>) -> Self {
        let mut recording = Recording {
            scenario,
            positions,
            teller: Teller::new(scenario, positions.cast),
            senders: BTreeMap::new(),
            policy: None,
            moments: Self { moments: Vec::new(), falls_into: Vec::new() },
        };
        let start = run.trace.records().first().map_or(Stamp::MIN, |record| record.at);
        recording.begin(start, "The devices find each other's keys");
        for record in run.trace.records() {
            recording.add(record.at, &record.event);
        }
        recording.flush_policy();
        recording.moments
    }

    /// The last moment before a step of the scenario, given by its position; the last of all if there is none.
    pub(super) fn before_step(&self, step: Option<usize>) -> usize {
        let is_before = |(of, _): &&(Option<usize>, Stamp)| of.zip(step).is_none_or(|(of, step)| of <= step);
        self.falls_into.iter().take_while(is_before).count().saturating_sub(1)
    }

    /// The last moment of a step, given by its number; the last of all if there is none.
    pub(super) fn after_step(&self, number: Option<usize>) -> usize {
        let begins_later = |moment: &Moment| moment.step.zip(number).is_some_and(|(step, last)| step > last);
        let end = self.moments.iter().position(begins_later).unwrap_or(self.moments.len());
        end.saturating_sub(1)
    }

    /// The last moment of a step up to a virtual time.
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
    /// Changes that the policy of a device made and that are not told yet.
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
            None => format!("a stanza made by hand reaches {to}{way}"),
        };
        self.begin_arrow(at, &text, (device, message), "arrives");
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

    fn sender(&self, message: Option<MessageNumber>) -> Option<(u64, String)> {
        let number = message?;
        let sender = self.senders.get(&number)?;
        Some((number.0, self.positions.cast.device_name(*sender).to_string()))
    }

    /// Notes what changes in the views of the page.
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
            Some(Origin::Policy) | None => None,
        };
        let device = self.positions.device(device);
        Some(RecordedChange { device, key: self.positions.key(key)?, level: level.name(), by })
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
            return; // each device encrypts for every key that it finds
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
