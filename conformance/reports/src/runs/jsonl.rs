use std::io::{self, Write};

use atm_engine::{Cause, Change, Decision, DecisionKind, Effect, KeyId, Level, Notice, Origin, Stamp};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::run::Run;
use atm_simulator::trace::{Event, Observer, Route};
use atm_simulator::world::RNG;
use atm_suite::json::write_line;
use serde_json::{Value, json};

use super::json::report;
use super::played::PlayingScenario;

/// The version of the format of `--format jsonl`.
const VERSION: u32 = 1;

/// Writes a run as JSON lines while it is played: a header, every event, and the report.
pub struct JsonLines<'a> {
    out: &'a mut dyn Write,
    playing: PlayingScenario<'a>,
    events: u64,
    steps: usize,
    written: io::Result<()>,
}

impl<'a> JsonLines<'a> {
    /// Writes the header.
    pub fn begin(out: &'a mut dyn Write, playing: PlayingScenario<'a>) -> Self {
        let PlayingScenario { path, options, .. } = playing;
        let header = json!({
            "format": VERSION,
            "scenario": path,
            "announcement": options.announcement,
            "conflict": options.conflict,
            "seed": options.seed,
            "rng": RNG,
        });
        let written = write_line(out, &json!({ "header": header }));
        Self { out, playing, events: 0, steps: 0, written }
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// If something could not be written.
    pub fn end(self, run: &Run) -> io::Result<()> {
        self.written?;
        write_line(self.out, &json!({ "report": report(&self.playing.played(run)) }))
    }
}

impl Observer for JsonLines<'_> {
    fn observe(&mut self, at: Stamp, happened: &Event) {
        self.steps += usize::from(matches!(happened, Event::Step { .. }));
        if self.written.is_ok() {
            let details = event(happened, self.steps, self.playing.cast);
            let line = json!({ "event": self.events, "at": time(at), event_name(happened): details });
            self.written = write_line(self.out, &line);
        }
        self.events += 1;
    }
}

fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Step { .. } => "step",
        Event::Discovered { .. } => "discovered",
        Event::Changed { .. } => "changed",
        Event::Sent { .. } => "sent",
        Event::Delivered { .. } => "delivered",
        Event::Archived { .. } => "archived",
        Event::Withheld { .. } => "withheld",
        Event::Blocked { .. } => "blocked",
        Event::Crashed { .. } => "crashed",
        Event::Forged { .. } => "forged",
        Event::Lost { .. } => "lost",
        Event::Refused { .. } => "refused",
        Event::Noticed { .. } => "noticed",
    }
}

/// An event as JSON. `step` is the number of the current step.
fn event(event: &Event, step: usize, cast: &Cast) -> Value {
    let device_name = |device: DeviceId| cast.device_name(device).to_string();
    match event {
        Event::Step { .. } => json!(step),
        Event::Discovered { device, key } => {
            json!({ "device": device_name(*device), "key": cast.key_name(*key) })
        }
        Event::Changed { device, change: made } => {
            json!({ "device": device_name(*device), "change": observed(made, cast) })
        }
        Event::Sent { device, message, outgoing } | Event::Forged { device, message, outgoing } => json!({
            "device": device_name(*device),
            "message": message.0,
            "to": cast.account_name(outgoing.to),
            "for": keys(&outgoing.keys, cast),
            "time": outgoing.envelope.time.map(time),
            "trust": said(&outgoing.envelope.message.decisions, DecisionKind::Trust, cast),
            "distrust": said(&outgoing.envelope.message.decisions, DecisionKind::Distrust, cast),
        }),
        Event::Delivered { device, message, route } => json!({
            "device": device_name(*device),
            "message": message.map(|message| message.0),
            "route": match route {
                Route::Direct => "direct",
                Route::Archive => "archive",
                Route::Carbon => "carbon",
                Route::Duplicate => "duplicate",
                Route::Replay => "replay",
                Route::ByHand => "by-hand",
            },
        }),
        Event::Archived { device, message }
        | Event::Blocked { device, message }
        | Event::Withheld { device, message }
        | Event::Lost { device, message } => json!({ "device": device_name(*device), "message": message.0 }),
        Event::Crashed { device } => json!({ "device": device_name(*device) }),
        Event::Refused { device, refusal } => json!({
            "device": device_name(*device),
            "reason": refusal.reason.name(),
            "detail": refusal.malformed.as_ref().map(|malformed| malformed.to_string()),
            "sender": refusal.sender.map(|sender| cast.key_name(sender)),
            "decision": refusal.decision.map(|refused| decision(refused, cast)),
        }),
        Event::Noticed { device, notice: Notice::MissingPadding { sender } } => json!({
            "device": device_name(*device),
            "notice": "missing-padding",
            "sender": cast.key_name(*sender),
        }),
    }
}

/// A change: the explanation of the device, or else the observed change of a level.
fn observed(made: &ObservedChange, cast: &Cast) -> Value {
    match (&made.explanation, &made.level) {
        (Some(explanation), _) => change(explanation, cast),
        (None, Some(LevelChange { key, before, after })) => level(*key, *before, *after, cast),
        (None, None) => Value::Null,
    }
}

fn level(key: KeyId, before: Level, after: Level, cast: &Cast) -> Value {
    json!({ "level-of": cast.key_name(key), "was": before.name(), "level": after.name() })
}

fn change(change: &Change, cast: &Cast) -> Value {
    match *change {
        Change::Decided {
            decision: Decision { key, kind: verdict },
            was,
            origin: by,
            time: at,
            effect,
            cause,
        } => {
            json!({
                "decided": cast.key_name(key),
                "verdict": verdict,
                "was": was.name(),
                "origin": origin(by, cast),
                "time": time(at),
                "effect": match effect { Effect::Now => "now", Effect::OnDiscovery => "on-discovery" },
                "cause": cause_name(cause),
            })
        }
        Change::Confirmed { decision: confirmed, sender, time: at, cause } => json!({
            "confirmed": decision(confirmed, cast),
            "sender": cast.key_name(sender),
            "time": time(at),
            "cause": cause_name(cause),
        }),
        Change::TookEffect { key, level, origin: by } => {
            json!({ "took-effect": cast.key_name(key), "level": level.name(), "origin": origin(by, cast) })
        }
        Change::Level { key, was, level: now } => level(key, was, now, cast),
        Change::Postponed { sender, decision: postponed } => {
            json!({ "postponed": decision(postponed, cast), "sender": cast.key_name(sender) })
        }
        Change::Dropped { sender, decisions } => {
            json!({ "dropped": decisions, "sender": cast.key_name(sender) })
        }
    }
}

pub(super) fn cause_name(cause: Cause) -> &'static str {
    match cause {
        Cause::Decided => "decided",
        Cause::Received => "received",
        Cause::Released => "released",
        Cause::Discovered => "discovered",
    }
}

fn decision(decision: Decision, cast: &Cast) -> Value {
    json!({ "key": cast.key_name(decision.key), "verdict": decision.kind })
}

fn origin(origin: Origin, cast: &Cast) -> Value {
    match origin {
        Origin::Policy => json!("policy"),
        Origin::Manual => json!("manual"),
        Origin::Message { sender } => json!({ "message-of": cast.key_name(sender) }),
    }
}

fn said(decisions: &[Decision], kind: DecisionKind, cast: &Cast) -> Vec<String> {
    let said = decisions.iter().filter(|decision| decision.kind == kind);
    said.map(|decision| cast.key_name(decision.key)).collect()
}

fn keys(keys: &[KeyId], cast: &Cast) -> Vec<String> {
    keys.iter().map(|key| cast.key_name(*key)).collect()
}

fn time(stamp: Stamp) -> String {
    atm_engine::codec::stamp_to_date_time(stamp)
}
