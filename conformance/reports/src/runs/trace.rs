use std::io::{self, Write};

use atm_engine::{Change, Decision, DecisionKind, Effect, KeyId, Level, Notice, Origin, Stamp};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::scenario::Scenario;
use atm_simulator::trace::{Event, Observer, Route};
use atm_simulator::world::RNG;
use atm_suite::rule_name;

use super::jsonl::cause_name;
use super::played::PlayingScenario;
use super::steps;

/// Writes a run as text while it is played: a header, and a line for each event.
///
/// The columns are number, virtual time, kind, device (`-` if there is none), and details as `name=value`. Commas
/// separate the items of a list, and free text stands in quotation marks.
pub struct TraceLines<'a> {
    out: &'a mut dyn Write,
    playing: PlayingScenario<'a>,
    /// The length of the longest name of a device, in bytes.
    widest: usize,
    events: u64,
    steps: usize,
    written: io::Result<()>,
}

impl<'a> TraceLines<'a> {
    /// Writes the header.
    pub fn begin(out: &'a mut dyn Write, playing: PlayingScenario<'a>) -> Self {
        let written = header(out, playing);
        let names = playing.cast.devices().map(|(_, member)| member.name.to_string().len());
        Self { out, playing, widest: names.max().unwrap_or(1), events: 0, steps: 0, written }
    }

    /// Returns the first error of writing.
    ///
    /// # Errors
    ///
    /// If something could not be written.
    pub fn end(self) -> io::Result<()> {
        self.written
    }

    fn write(&mut self, at: Stamp, event: &Event) -> io::Result<()> {
        let PlayingScenario { scenario, cast, .. } = self.playing;
        let Line { kind, device, details } = line(event, (self.steps, scenario), cast);
        let device = device.map_or("-".to_owned(), |device| cast.device_name(device).to_string());
        let (number, at, widest) = (self.events, time(at), self.widest);
        let line = format!("{number:>5} {at:<24} {kind:<11} {device:<widest$} {details}");
        writeln!(self.out, "{}", line.trim_end())
    }
}

impl Observer for TraceLines<'_> {
    fn observe(&mut self, at: Stamp, event: &Event) {
        self.steps += usize::from(matches!(event, Event::Step { .. }));
        if self.written.is_ok() {
            self.written = self.write(at, event);
        }
        self.events += 1;
    }
}

fn header(out: &mut dyn Write, playing: PlayingScenario<'_>) -> io::Result<()> {
    let PlayingScenario { path, options, .. } = playing;
    let (announcement, conflict) = (rule_name(&options.announcement), rule_name(&options.conflict));
    let seed = options.seed;
    writeln!(
        out,
        "# scenario={} announcement={announcement} conflict={conflict} seed={seed} rng={RNG}",
        quoted(path)
    )?;
    writeln!(out, "# number, virtual time, kind of event, device, details")
}

/// The columns of a line after number and time.
struct Line {
    kind: &'static str,
    device: Option<DeviceId>,
    details: String,
}

/// The line of an event. `number` is the number of the current step. A new kind of event needs only an arm here.
fn line(event: &Event, (number, scenario): (usize, &Scenario), cast: &Cast) -> Line {
    let at = |device: &DeviceId, kind, details| Line { kind, device: Some(*device), details };
    let key = |key: &KeyId| cast.key_name(*key);
    match event {
        Event::Step { step } => {
            let text = steps::describe_step(&scenario.steps[*step]);
            Line { kind: "step", device: None, details: format!("step={number} {}", quoted(&text)) }
        }
        Event::Discovered { device, key: discovered } => {
            at(device, "discovered", format!("key={}", key(discovered)))
        }
        Event::Changed { device, change } => {
            let (kind, details) = observed(change, cast);
            at(device, kind, details)
        }
        Event::Sent { device, message, outgoing } => {
            at(device, "sent", format!("message={} {}", message.0, letter(outgoing, cast)))
        }
        Event::Forged { device, message, outgoing } => {
            at(device, "forged", format!("message={} {}", message.0, letter(outgoing, cast)))
        }
        Event::Delivered { device, message, route } => {
            let message = message.map_or("-".to_owned(), |message| message.0.to_string());
            at(device, "delivered", format!("message={message} route={}", route_name(*route)))
        }
        Event::Archived { device, message } => at(device, "archived", format!("message={}", message.0)),
        Event::Withheld { device, message } => at(device, "withheld", format!("message={}", message.0)),
        Event::Blocked { device, message } => at(device, "blocked", format!("message={}", message.0)),
        Event::Lost { device, message } => at(device, "lost", format!("message={}", message.0)),
        Event::Crashed { device } => at(device, "crashed", String::new()),
        Event::Refused { device, refusal } => {
            let mut details = vec![format!("reason={}", refusal.reason.name())];
            details.extend(refusal.sender.map(|sender| format!("sender={}", cast.key_name(sender))));
            details.extend(refusal.decision.map(|refused| said(&[refused], cast)));
            if let Some(malformed) = &refusal.malformed {
                details.push(quoted(&malformed.to_string()));
            }
            at(device, "refused", details.join(" "))
        }
        Event::Noticed { device, notice: Notice::MissingPadding { sender } } => {
            at(device, "noticed", format!("notice=missing-padding sender={}", key(sender)))
        }
    }
}

/// A change: the explanation of the device, or else the observed change of a level.
fn observed(change: &ObservedChange, cast: &Cast) -> (&'static str, String) {
    match (&change.explanation, &change.level) {
        (Some(explanation), _) => changed(explanation, cast),
        (None, Some(LevelChange { key, before, after })) => ("level", level(*key, *before, *after, cast)),
        (None, None) => ("level", String::new()),
    }
}

fn level(key: KeyId, before: Level, after: Level, cast: &Cast) -> String {
    format!("key={} level={} was={}", cast.key_name(key), after.name(), before.name())
}

fn changed(change: &Change, cast: &Cast) -> (&'static str, String) {
    match *change {
        Change::Decided { decision, was, origin: by, effect, cause, .. } => {
            let effect = match effect {
                Effect::Now => "now",
                Effect::OnDiscovery => "on-discovery",
            };
            let cause = cause_name(cause);
            let (said, by) = (said(&[decision], cast), origin(by, cast));
            ("decided", format!("{said} origin={by} was={} effect={effect} cause={cause}", was.name()))
        }
        Change::Confirmed { decision, sender, cause, .. } => {
            let (said, sender) = (said(&[decision], cast), cast.key_name(sender));
            ("confirmed", format!("{said} sender={sender} cause={}", cause_name(cause)))
        }
        Change::TookEffect { key, level, origin: by } => {
            let by = origin(by, cast);
            ("took-effect", format!("key={} level={} origin={by}", cast.key_name(key), level.name()))
        }
        Change::Level { key, was, level: now } => ("level", level(key, was, now, cast)),
        Change::Postponed { sender, decision } => {
            ("postponed", format!("{} sender={}", said(&[decision], cast), cast.key_name(sender)))
        }
        Change::Dropped { sender, decisions } => {
            ("dropped", format!("decisions={decisions} sender={}", cast.key_name(sender)))
        }
    }
}

fn letter(outgoing: &atm_engine::Outgoing, cast: &Cast) -> String {
    let keys = names(outgoing.keys.iter().copied(), cast);
    let said = said(&outgoing.envelope.message.decisions, cast);
    format!("to={} for={keys} {said}", cast.account_name(outgoing.to))
}

fn said(decisions: &[Decision], cast: &Cast) -> String {
    let groups =
        [("trust", DecisionKind::Trust), ("distrust", DecisionKind::Distrust)].map(|(verb, verdict)| {
            let said = decisions.iter().filter(move |decision| decision.kind == verdict);
            (verb, names(said.map(|decision| decision.key), cast))
        });
    let groups = groups.into_iter().filter(|(_, keys)| !keys.is_empty());
    groups.map(|(verb, keys)| format!("{verb}={keys}")).collect::<Vec<_>>().join(" ")
}

fn names(keys: impl Iterator<Item = KeyId>, cast: &Cast) -> String {
    keys.map(|key| cast.key_name(key)).collect::<Vec<_>>().join(",")
}

fn origin(origin: Origin, cast: &Cast) -> String {
    match origin {
        Origin::Policy => "policy".to_owned(),
        Origin::Manual => "manual".to_owned(),
        Origin::Message { sender } => format!("message-of:{}", cast.key_name(sender)),
    }
}

fn route_name(route: Route) -> &'static str {
    match route {
        Route::Direct => "direct",
        Route::Archive => "archive",
        Route::Carbon => "carbon",
        Route::Duplicate => "duplicate",
        Route::Replay => "replay",
        Route::ByHand => "by-hand",
    }
}

fn time(stamp: Stamp) -> String {
    atm_engine::codec::stamp_to_date_time(stamp)
}

/// Free text on one line.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}
