use atm_engine::{Change, Decision, DecisionKind, Effect, KeyId, Level, Notice, Origin, Reason, Refusal};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::scenario::{Scenario, Step};
use atm_simulator::trace::{Event, Route};

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The event itself.
    pub text: String,
    /// The origin or the circumstances; may be empty.
    pub note: String,
}

/// Describes the events of a run, one after the other.
///
/// Levels that a policy sets are left out.
#[derive(Clone, Debug)]
pub struct Teller<'a> {
    scenario: &'a Scenario,
    cast: &'a Cast,
    /// The number of manual authentications so far.
    manual: usize,
    /// The number of automatic authentications so far.
    automatic: usize,
    /// The position of the current step; `None` before the first.
    step: Option<usize>,
}

impl<'a> Teller<'a> {
    /// A teller before the first step.
    #[must_use]
    pub fn new(scenario: &'a Scenario, cast: &'a Cast) -> Self {
        Self { scenario, cast, manual: 0, automatic: 0, step: None }
    }

    /// The position of the current step; `None` before the first.
    #[must_use]
    pub fn step(&self) -> Option<usize> {
        self.step
    }

    /// The event in words; `None` if the event is not worth a line, or begins a step.
    pub fn tell(&mut self, event: &Event) -> Option<Line> {
        let cast = self.cast;
        let name = |device: &DeviceId| cast.device_name(*device).to_string();
        match event {
            Event::Step { step } => {
                self.step = Some(*step);
                None
            }
            Event::Changed { device, change } => match (&change.explanation, &change.level) {
                (Some(explanation), _) => self.tell_change(*device, explanation),
                (None, Some(level)) => Some(self.tell_level(*device, level)),
                (None, None) => None,
            },
            Event::Crashed { device } => Some(Line::plain(format!("{} is down", name(device)))),
            Event::Sent { device, outgoing, .. } | Event::Forged { device, outgoing, .. } => {
                let said = said(&outgoing.envelope.message.decisions, cast);
                let readers = names(&outgoing.keys, cast);
                Some(Line::plain(format!("{} tells {readers} to {said}", name(device))))
            }
            Event::Delivered { device, route: Route::Archive, .. } => {
                Some(Line::plain(format!("{} gets what it missed", name(device))))
            }
            Event::Archived { device, .. } => {
                Some(Line::plain(format!("the server keeps a message for {}", name(device))))
            }
            Event::Blocked { device, .. } => {
                Some(Line::plain(format!("the server drops a message for {}", name(device))))
            }
            Event::Withheld { device, .. } => {
                Some(Line::plain(format!("a message for {} is withheld", name(device))))
            }
            Event::Lost { device, .. } => {
                Some(Line::plain(format!("a message for {} is lost: the device is gone", name(device))))
            }
            Event::Refused { device, refusal } => self.tell_refusal(*device, refusal),
            Event::Noticed { device, notice: Notice::MissingPadding { sender } } => {
                let sender = cast.key_name(*sender);
                Some(Line::plain(format!(
                    "{} notices that a message of {sender} has no padding",
                    name(device)
                )))
            }
            Event::Discovered { device, key } if self.step.is_some() => {
                Some(Line::plain(format!("{} discovers {}", name(device), cast.key_name(*key))))
            }
            Event::Discovered { .. } | Event::Delivered { .. } => None,
        }
    }

    /// Describes a change of a level that its device does not explain.
    fn tell_level(&self, device: DeviceId, level: &LevelChange) -> Line {
        let verb = if level.after == Level::Authenticated { "authenticates" } else { "distrusts" };
        Line::plain(format!("{} {verb} {}", self.name(device), self.cast.key_name(level.key)))
    }

    fn tell_change(&mut self, device: DeviceId, change: &Change) -> Option<Line> {
        let device = self.name(device);
        Some(match *change {
            Change::Decided { decision, was, origin, effect, .. } => {
                let first = was != Level::from(decision.kind) && effect == Effect::Now;
                let note = self.how(origin, decision.kind, first);
                let key = self.cast.key_name(decision.key);
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
                Line { text, note }
            }
            Change::TookEffect { key, level, origin } => {
                let verdict = level.decision().unwrap_or(DecisionKind::Distrust);
                let note = self.how(origin, verdict, true);
                let verb = if level == Level::Authenticated { "authenticates" } else { "distrusts" };
                let key = self.cast.key_name(key);
                Line { text: format!("{device} {verb} {key}, which is known now"), note }
            }
            Change::Postponed { sender, decision } => {
                let (sender, said) = (self.cast.key_name(sender), said(&[decision], self.cast));
                Line::plain(format!("{device} keeps for later, from {sender}: {said}"))
            }
            Change::Dropped { sender, decisions } => {
                let sender = self.cast.key_name(sender);
                Line::plain(format!("{device} drops what {sender} left ({decisions})"))
            }
            Change::Confirmed { .. } | Change::Level { .. } => return None,
        })
    }

    /// The origin of a decision, in words. If `counts`, an authentication gets the next number.
    fn how(&mut self, origin: Origin, kind: DecisionKind, counts: bool) -> String {
        let counts = counts && kind == DecisionKind::Trust;
        match origin {
            Origin::Manual => {
                self.manual += usize::from(counts);
                if counts { format!("manual {}", self.manual) } else { "manual".to_owned() }
            }
            Origin::Message { sender } => {
                self.automatic += usize::from(counts);
                let sender = self.cast.key_name(sender);
                if counts {
                    format!("automatic {}, on the word of {sender}", self.automatic)
                } else {
                    format!("on the word of {sender}")
                }
            }
            Origin::Policy => "by the policy".to_owned(),
        }
    }

    fn tell_refusal(&self, device: DeviceId, refusal: &Refusal) -> Option<Line> {
        if matches!(refusal.reason, Reason::Postponed) {
            return None;
        }
        let device = self.name(device);
        let sender = refusal.sender.map(|sender| self.cast.key_name(sender));
        let what = match (refusal.decision, sender) {
            (Some(decision), Some(sender)) => {
                format!("to {} on the word of {sender}", said(&[decision], self.cast))
            }
            (Some(decision), None) => format!("to {}", said(&[decision], self.cast)),
            (None, Some(sender)) => format!("a message of {sender}"),
            (None, None) => match self.step.map(|step| &self.scenario.steps[step]) {
                Some(Step::Scan(_)) => "the code".to_owned(),
                Some(Step::TrustManually(_)) => "the click".to_owned(),
                _ => "a message".to_owned(),
            },
        };
        Some(Line { text: format!("{device} refuses {what}"), note: refusal.explanation() })
    }

    fn name(&self, device: DeviceId) -> String {
        self.cast.device_name(device).to_string()
    }
}

impl Line {
    fn plain(text: String) -> Self {
        Self { text, note: String::new() }
    }
}

/// The key and the level of a change that is no decision; `None` for a decision.
pub(crate) fn level_without_decision(change: &ObservedChange) -> Option<(KeyId, Level)> {
    match (change.explanation, change.level) {
        (Some(Change::Level { key, level, .. }), _) => Some((key, level)),
        (None, Some(LevelChange { key, after, .. })) if after.decision().is_none() => Some((key, after)),
        (Some(_), _) | (None, _) => None,
    }
}

/// Describes levels that were set without a decision; `None` for all other levels.
pub(crate) fn describe_policy(device: DeviceId, level: Level, keys: &[KeyId], cast: &Cast) -> Option<String> {
    let (device, they_are) = (cast.device_name(device), if keys.len() == 1 { "it is" } else { "they are" });
    let keys = names(keys, cast);
    match level {
        Level::AutomaticallyDistrusted => {
            Some(format!("{device} does not encrypt for {keys} until {they_are} authenticated"))
        }
        Level::AutomaticallyTrusted => Some(format!("{device} encrypts for {keys} for the time being")),
        Level::ManuallyTrusted => Some(format!("{device} trusts {keys} without authentication")),
        Level::Undecided | Level::Authenticated | Level::Distrusted => None,
    }
}

/// Decisions in words.
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
