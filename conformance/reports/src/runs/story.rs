use std::collections::BTreeSet;
use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_engine::{
    Change, Decision, DecisionKind, Effect, KeyId, Level, Notice, Origin, Reason, Refusal, Stamp,
};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::run::{Options, Run};
use atm_simulator::scenario::Step;
use atm_simulator::trace::{Event, Observer, Route};
use atm_suite::rule_name;

use super::played::PlayingScenario;
use super::style::Style;
use super::{steps, text};

/// Tells a run step by step while it is played.
pub struct Story<'a> {
    out: &'a mut dyn Write,
    playing: PlayingScenario<'a>,
    has_begun: bool,
    /// Events at this virtual time that are not told yet: whether it is told depends on what follows upon it.
    untold: (Stamp, Vec<Event>),
    manual: usize,
    automatic: usize,
    /// The step that is being told, by its position; none before the first.
    step: Option<usize>,
    /// How many steps were told.
    steps: usize,
    /// What the policy of a device changed, not told yet.
    policy: Option<(DeviceId, Level, Vec<KeyId>)>,
    written: io::Result<()>,
}

impl Observer for Story<'_> {
    fn observe(&mut self, at: Stamp, event: &Event) {
        if self.untold.0 != at {
            self.tell_untold();
            self.untold.0 = at;
        }
        self.has_begun |= matches!(event, Event::Step { .. });
        if self.has_begun || !is_of_the_start(event) {
            self.untold.1.push(event.clone());
        }
    }
}

impl<'a> Story<'a> {
    /// Tells what the scenario is about.
    pub fn begin(out: &'a mut dyn Write, playing: PlayingScenario<'a>) -> Self {
        let PlayingScenario { path, scenario, options, .. } = playing;
        let written = write_heading(out, (path, &scenario.title), options);
        Self {
            out,
            playing,
            has_begun: false,
            untold: (Stamp::MIN, Vec::new()),
            manual: 0,
            automatic: 0,
            step: None,
            steps: 0,
            policy: None,
            written,
        }
    }

    /// Tells how it ended.
    ///
    /// # Errors
    ///
    /// If something could not be written.
    pub fn end(mut self, run: &Run) -> io::Result<()> {
        self.tell_untold();
        std::mem::replace(&mut self.written, Ok(()))?;
        self.flush_policy()?;
        writeln!(self.out)?;
        text::write_end(self.out, &self.playing.played(run))
    }

    /// Tells what happened at a virtual time that is over.
    fn tell_untold(&mut self) {
        let mut events = std::mem::take(&mut self.untold.1);
        if self.written.is_ok() {
            self.written = self.tell_all(&events);
        }
        events.clear();
        self.untold.1 = events;
    }

    fn tell_all(&mut self, events: &[Event]) -> io::Result<()> {
        let told = events.iter().zip(overtaken(events)).filter(|(_, is_overtaken)| !is_overtaken);
        told.map(|(event, _)| event).try_for_each(|event| self.tell(event))
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Changed { device, change } = event
            && let Some((key, level)) = level_without_decision(change)
        {
            return self.note_policy(*device, key, level);
        }
        self.flush_policy()?;
        match event {
            Event::Step { step } => self.tell_step(*step),
            Event::Changed { device, change } => match (&change.explanation, &change.level) {
                (Some(explanation), _) => self.tell_change(*device, explanation),
                (None, Some(level)) => self.tell_level(*device, level),
                (None, None) => Ok(()),
            },
            Event::Crashed { device } => {
                let device = self.name(*device);
                self.line(&format!("{device} is down"), "")
            }
            Event::Sent { device, outgoing, .. } | Event::Forged { device, outgoing, .. } => {
                let said = said(&outgoing.envelope.message.decisions, self.cast());
                let (device, readers) = (self.name(*device), names(&outgoing.keys, self.cast()));
                self.line(&format!("{device} tells {readers} to {said}"), "")
            }
            Event::Delivered { device, route: Route::Archive, .. } => {
                let device = self.name(*device);
                self.line(&format!("{device} gets what it missed"), "")
            }
            Event::Archived { device, .. } => {
                let device = self.name(*device);
                self.line(&format!("the server keeps a message for {device}"), "")
            }
            Event::Blocked { device, .. } => {
                let device = self.name(*device);
                self.line(&format!("the server drops a message for {device}"), "")
            }
            Event::Withheld { device, .. } => {
                let device = self.name(*device);
                self.line(&format!("a message for {device} is withheld"), "")
            }
            Event::Lost { device, .. } => {
                let device = self.name(*device);
                self.line(&format!("a message for {device} is lost: the device is gone"), "")
            }
            Event::Refused { device, refusal } => self.tell_refusal(*device, refusal),
            Event::Noticed { device, notice: Notice::MissingPadding { sender } } => {
                let (device, sender) = (self.name(*device), self.cast().key_name(*sender));
                self.line(&format!("{device} notices that a message of {sender} has no padding"), "")
            }
            Event::Discovered { device, key } if self.step.is_some() => {
                let (device, key) = (self.name(*device), self.cast().key_name(*key));
                self.line(&format!("{device} discovers {key}"), "")
            }
            Event::Discovered { .. } | Event::Delivered { .. } => Ok(()),
        }
    }

    fn tell_step(&mut self, step: usize) -> io::Result<()> {
        self.step = Some(step);
        self.steps += 1;
        let (number, heading) = (self.steps, Style::HEADING);
        let text = steps::describe_step(&self.playing.scenario.steps[step]);
        writeln!(self.out)?;
        writeln!(self.out, "{number:>2}  {heading}{}{heading:#}", OneLine(text))
    }

    /// Tells what a device decided that does not say why.
    fn tell_level(&mut self, device: DeviceId, level: &LevelChange) -> io::Result<()> {
        let verb = if level.after == Level::Authenticated { "authenticates" } else { "distrusts" };
        let (device, key) = (self.name(device), self.cast().key_name(level.key));
        self.line(&format!("{device} {verb} {key}"), "")
    }

    fn tell_change(&mut self, device: DeviceId, change: &Change) -> io::Result<()> {
        let device = self.name(device);
        match *change {
            Change::Decided { decision, was, origin, effect, .. } => {
                let first = was != Level::from(decision.kind) && effect == Effect::Now;
                let how = self.how(origin, decision.kind, first);
                let key = self.cast().key_name(decision.key);
                let text = match (decision.kind, effect) {
                    (DecisionKind::Trust, Effect::Now) => format!("{device} authenticates {key}"),
                    (DecisionKind::Distrust, Effect::Now) => format!("{device} distrusts {key}"),
                    (DecisionKind::Trust, Effect::OnDiscovery) => {
                        format!("{device} will authenticate {key} when it discovers it")
                    }
                    (DecisionKind::Distrust, Effect::OnDiscovery) => {
                        format!("{device} will distrust {key} when it discovers it")
                    }
                };
                self.line(&text, &how)
            }
            Change::TookEffect { key, level, origin } => {
                let verdict = level.decision().unwrap_or(DecisionKind::Distrust);
                let how = self.how(origin, verdict, true);
                let verb = if level == Level::Authenticated { "authenticates" } else { "distrusts" };
                let key = self.cast().key_name(key);
                self.line(&format!("{device} {verb} {key}, which is known now"), &how)
            }
            Change::Postponed { sender, decision } => {
                let (sender, said) = (self.cast().key_name(sender), said(&[decision], self.cast()));
                self.line(&format!("{device} keeps for later, from {sender}: {said}"), "")
            }
            Change::Dropped { sender, decisions } => {
                let sender = self.cast().key_name(sender);
                self.line(&format!("{device} drops what {sender} left ({decisions})"), "")
            }
            Change::Confirmed { .. } | Change::Level { .. } => Ok(()),
        }
    }

    /// By whom a decision was made; authentications are counted.
    fn how(&mut self, origin: Origin, kind: DecisionKind, counts: bool) -> String {
        let counts = counts && kind == DecisionKind::Trust;
        match origin {
            Origin::Manual => {
                self.manual += usize::from(counts);
                if counts { format!("manual {}", self.manual) } else { "manual".to_owned() }
            }
            Origin::Message { sender } => {
                self.automatic += usize::from(counts);
                let sender = self.cast().key_name(sender);
                if counts {
                    format!("automatic {}, on the word of {sender}", self.automatic)
                } else {
                    format!("on the word of {sender}")
                }
            }
            Origin::Policy => "by the policy".to_owned(),
        }
    }

    fn tell_refusal(&mut self, device: DeviceId, refusal: &Refusal) -> io::Result<()> {
        if matches!(refusal.reason, Reason::Postponed) {
            return Ok(());
        }
        let device = self.name(device);
        let sender = refusal.sender.map(|sender| self.cast().key_name(sender));
        let what = match (refusal.decision, sender) {
            (Some(decision), Some(sender)) => {
                format!("to {} on the word of {sender}", said(&[decision], self.cast()))
            }
            (Some(decision), None) => format!("to {}", said(&[decision], self.cast())),
            (None, Some(sender)) => format!("a message of {sender}"),
            (None, None) => match self.step.map(|step| &self.playing.scenario.steps[step]) {
                Some(Step::Scan(_)) => "the code".to_owned(),
                Some(Step::TrustManually(_)) => "the click".to_owned(),
                _ => "a message".to_owned(),
            },
        };
        self.line(&format!("{device} refuses {what}"), &refusal.explanation())
    }

    fn note_policy(&mut self, device: DeviceId, key: KeyId, level: Level) -> io::Result<()> {
        if self.step.is_none() {
            return Ok(());
        }
        match &mut self.policy {
            Some((noted, noted_level, keys)) if *noted == device && *noted_level == level => keys.push(key),
            _ => {
                self.flush_policy()?;
                self.policy = Some((device, level, vec![key]));
            }
        }
        Ok(())
    }

    fn flush_policy(&mut self) -> io::Result<()> {
        let Some((device, level, keys)) = self.policy.take() else { return Ok(()) };
        let (device, they_are) = (self.name(device), if keys.len() == 1 { "it is" } else { "they are" });
        let keys = names(&keys, self.cast());
        let text = match level {
            Level::AutomaticallyDistrusted => {
                format!("{device} does not encrypt for {keys} until {they_are} authenticated")
            }
            Level::AutomaticallyTrusted => format!("{device} encrypts for {keys} for the time being"),
            Level::ManuallyTrusted => format!("{device} trusts {keys} without authentication"),
            Level::Undecided | Level::Authenticated | Level::Distrusted => return Ok(()),
        };
        let aside = Style::ASIDE;
        writeln!(self.out, "      {aside}{text}{aside:#}")
    }

    fn line(&mut self, text: &str, note: &str) -> io::Result<()> {
        let aside = Style::ASIDE;
        if note.is_empty() {
            return writeln!(self.out, "      {}", OneLine(text));
        }
        writeln!(self.out, "      {} {aside}({}){aside:#}", OneLine(text), OneLine(note))
    }

    fn cast(&self) -> &Cast {
        self.playing.cast
    }

    fn name(&self, device: DeviceId) -> String {
        self.cast().device_name(device).to_string()
    }
}

/// Writes what is played, and with which options.
pub(super) fn write_heading(
    out: &mut dyn Write,
    (path, title): (&str, &str),
    options: &Options,
) -> io::Result<()> {
    let (heading, aside) = (Style::HEADING, Style::ASIDE);
    writeln!(out, "{heading}{}{heading:#}", OneLine(title))?;
    writeln!(
        out,
        "{aside}{}, announcement {}, conflict {}, seed {}{aside:#}",
        OneLine(path),
        rule_name(&options.announcement),
        rule_name(&options.conflict),
        options.seed
    )
}

/// Whether an event is one of those with which every run begins: keys become known, and policies set their levels.
fn is_of_the_start(event: &Event) -> bool {
    match event {
        Event::Discovered { .. } => true,
        Event::Changed { change, .. } => level_without_decision(change).is_some(),
        _ => false,
    }
}

/// Says of each event whether a policy sets a level in it that the same device replaces with a decision at once, so that
/// nobody notices. One pass from the end knows what follows.
fn overtaken(events: &[Event]) -> Vec<bool> {
    let mut overtaken = vec![false; events.len()];
    let mut decided = BTreeSet::new();
    for (is_overtaken, event) in overtaken.iter_mut().zip(events).rev() {
        let Event::Changed { device, change } = event else { continue };
        match change.explanation {
            Some(Change::Level { key, .. }) => *is_overtaken = decided.contains(&(*device, key)),
            Some(Change::Decided { decision, effect: Effect::Now, .. }) => {
                decided.insert((*device, decision.key));
            }
            _ => {}
        }
    }
    overtaken
}

/// The level that a key got though nobody decided on it.
fn level_without_decision(change: &ObservedChange) -> Option<(KeyId, Level)> {
    match (change.explanation, change.level) {
        (Some(Change::Level { key, level, .. }), _) => Some((key, level)),
        (None, Some(LevelChange { key, after, .. })) if after.decision().is_none() => Some((key, after)),
        (Some(_), _) | (None, _) => None,
    }
}

/// What decisions say, in words.
#[must_use]
pub fn said(decisions: &[Decision], cast: &Cast) -> String {
    let groups =
        [("trust", DecisionKind::Trust), ("distrust", DecisionKind::Distrust)].map(|(verb, verdict)| {
            let keys: Vec<KeyId> =
                decisions.iter().filter(|said| said.kind == verdict).map(|said| said.key).collect();
            (verb, keys)
        });
    let groups = groups.iter().filter(|(_, keys)| !keys.is_empty());
    groups.map(|(verb, keys)| format!("{verb} {}", names(keys, cast))).collect::<Vec<_>>().join(" and ")
}

fn names(keys: &[KeyId], cast: &Cast) -> String {
    keys.iter().map(|key| cast.key_name(*key)).collect::<Vec<_>>().join(", ")
}
