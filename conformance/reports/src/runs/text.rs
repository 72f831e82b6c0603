use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Color};
use atm_adapter_protocol::OneLine;
use atm_engine::{Change, Decision, DecisionKind, Effect, KeyId, Level, Notice, Origin, Reason, Refusal};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::checks::{Check, Class};
use atm_simulator::observation::{LevelChange, ObservedChange};
use atm_simulator::run::{self, Run};
use atm_simulator::scenario::{Scenario, Step};
use atm_simulator::trace::{Event, Route, TraceRecord};
use atm_suite::{rule_name, step_number};

use super::played::PlayedScenario;
use super::steps;

/// The looks of a text.
#[derive(Debug)]
struct Style;

impl Style {
    const PASS: anstyle::Style = anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Green)));
    const FAIL: anstyle::Style = anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Red)));
    const UNSURE: anstyle::Style =
        anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
    const HEADING: anstyle::Style = anstyle::Style::new().bold();
    const ASIDE: anstyle::Style = anstyle::Style::new().dimmed();

    fn of(verdict: run::RunResult) -> anstyle::Style {
        match verdict {
            run::RunResult::Pass => Self::PASS,
            run::RunResult::Fail | run::RunResult::Error => Self::FAIL,
            run::RunResult::Inconclusive => Self::UNSURE,
        }
    }
}

/// Tells a run step by step.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_story(out: &mut dyn Write, played: &PlayedScenario<'_>) -> io::Result<()> {
    let PlayedScenario { path, scenario, options, run } = *played;
    let (heading, aside) = (Style::HEADING, Style::ASIDE);
    writeln!(out, "{heading}{}{heading:#}", OneLine(&scenario.title))?;
    writeln!(
        out,
        "{aside}{}, announcement {}, conflict {}, seed {}{aside:#}",
        OneLine(path),
        rule_name(&options.announcement),
        rule_name(&options.conflict),
        options.seed
    )?;
    let mut story = Story { out, scenario, run, manual: 0, automatic: 0, step: None, policy: None };
    let records = run.trace.records();
    for (record, is_overtaken) in records.iter().zip(overtaken(records)) {
        if !is_overtaken {
            story.tell(&record.event)?;
        }
    }
    story.flush_policy()?;
    writeln!(story.out)?;
    write_tally(story.out, run)?;
    write_checks(story.out, played)
}

/// Says of each event whether a policy sets a level in it that the same device replaces with a decision at once, so that
/// nobody notices. One pass from the end sees what follows at the same time.
fn overtaken(records: &[TraceRecord]) -> Vec<bool> {
    let mut overtaken = vec![false; records.len()];
    let (mut at, mut decided) = (None, BTreeSet::new());
    for (is_overtaken, record) in overtaken.iter_mut().zip(records).rev() {
        if at.replace(record.at) != Some(record.at) {
            decided.clear();
        }
        let Event::Changed { device, change } = record.event else { continue };
        match change.explanation {
            Some(Change::Level { key, .. }) => *is_overtaken = decided.contains(&(device, key)),
            Some(Change::Decided { decision, effect: Effect::Now, .. }) => {
                decided.insert((device, decision.key));
            }
            _ => {}
        }
    }
    overtaken
}

/// One line: the verdict on a scenario.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_verdict(out: &mut dyn Write, played: &PlayedScenario<'_>) -> io::Result<()> {
    let PlayedScenario { path, scenario, run, .. } = *played;
    let (verdict, aside) = (run.result(), Style::ASIDE);
    let style = Style::of(verdict);
    let name = verdict.name().to_uppercase();
    writeln!(out, "{style}{name:<4}{style:#} {}  {aside}{}{aside:#}", OneLine(path), OneLine(&scenario.title))
}

/// The last lines of several runs.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_summary(out: &mut dyn Write, verdicts: &[run::RunResult]) -> io::Result<()> {
    let count = |verdict| verdicts.iter().filter(|other| **other == verdict).count();
    let mut parts = vec![format!("{} passed", count(run::RunResult::Pass))];
    for (verdict, word) in [
        (run::RunResult::Fail, "failed"),
        (run::RunResult::Inconclusive, "inconclusive"),
        (run::RunResult::Error, "broke off"),
    ] {
        if count(verdict) > 0 {
            parts.push(format!("{} {word}", count(verdict)));
        }
    }
    writeln!(out, "{}: {}", counted(verdicts.len() as u64, "scenario"), parts.join(", "))
}

/// The level that a key got though nobody decided on it.
fn level_without_decision(change: &ObservedChange) -> Option<(KeyId, Level)> {
    match (change.explanation, change.level) {
        (Some(Change::Level { key, level, .. }), _) => Some((key, level)),
        (None, Some(LevelChange { key, after, .. })) if after.decision().is_none() => Some((key, after)),
        (Some(_), _) | (None, _) => None,
    }
}

struct Story<'a> {
    out: &'a mut dyn Write,
    scenario: &'a Scenario,
    run: &'a Run,
    manual: usize,
    automatic: usize,
    /// The step that is being told; none before the first.
    step: Option<usize>,
    /// What the policy of a device changed, not told yet.
    policy: Option<(DeviceId, Level, Vec<KeyId>)>,
}

impl Story<'_> {
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
        let (number, heading) = (step_number(self.scenario, step), Style::HEADING);
        let text = steps::describe_step(&self.scenario.steps[step]);
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
            (None, None) => match self.step.map(|step| &self.scenario.steps[step]) {
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
        &self.run.cast
    }

    fn name(&self, device: DeviceId) -> String {
        self.run.cast.device_name(device).to_string()
    }
}

fn write_tally(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    let tally = run.tally;
    writeln!(
        out,
        "{} manual + {} automatic = {} of {} authentications, {}",
        tally.manual,
        tally.automatic,
        tally.authenticated(),
        tally.possible,
        counted(run.messages, "trust message")
    )?;
    for (device, key) in &run.missing {
        writeln!(out, "missing: {} -> {}", run.cast.device_name(*device), run.cast.key_name(*key))?;
    }
    Ok(())
}

fn write_checks(out: &mut dyn Write, played: &PlayedScenario<'_>) -> io::Result<()> {
    let PlayedScenario { path, scenario, run, .. } = *played;
    let verdict = run.result();
    let style = Style::of(verdict);
    let name = verdict.name().to_uppercase();
    let (facts, expectations): (Vec<_>, Vec<_>) =
        run.checks.iter().partition(|check| check.class == Class::Fact);
    let passed = expectations.iter().filter(|check| check.passed()).count();
    match verdict {
        run::RunResult::Pass => {
            writeln!(out, "{style}{name}{style:#} {}", held(passed))?;
            for invariant in &run.breaks {
                writeln!(out, "  promise {invariant}: broken, as the scenario says")?;
            }
        }
        run::RunResult::Inconclusive => writeln!(out, "{style}{name}{style:#} the scenario expects nothing")?,
        run::RunResult::Fail => {
            writeln!(out, "{style}{name}{style:#} {} of {} expectations hold", passed, expectations.len())?;
        }
        run::RunResult::Error => writeln!(out, "{style}{name}{style:#} the run broke off")?,
    }
    if let Some(failure) = &run.failure {
        writeln!(out, "  {}", OneLine(failure))?;
    }
    for check in facts {
        let id = check.requirement.as_ref().map_or("", |id| id.as_str());
        let answer = if check.passed() { "yes" } else { "no" };
        writeln!(out, "  fact {id}, {}: {answer}, {}", moment(scenario, check), OneLine(&check.expected))?;
        for observed in &check.observed {
            writeln!(out, "    here {}", OneLine(observed))?;
        }
    }
    for check in expectations.into_iter().filter(|check| !check.passed()) {
        let when = moment(scenario, check);
        match &check.requirement {
            Some(id) => writeln!(out, "  required by {id}, {when}: {}", OneLine(&check.expected))?,
            None => writeln!(out, "  {}, {when}: {}", check.class.name(), OneLine(&check.expected))?,
        }
        if let Some(line) = check.line {
            writeln!(out, "    expected at {}:{line}", OneLine(path))?;
        }
        for observed in &check.observed {
            writeln!(out, "    but {}", OneLine(observed))?;
        }
    }
    write_promises(out, scenario, run)
}

/// The promises that were broken, unless all of them had to be.
fn write_promises(out: &mut dyn Write, scenario: &Scenario, run: &Run) -> io::Result<()> {
    for violation in run.unexpected_violations() {
        let when = match violation.step {
            Some(step) => format!("in step {}", step_number(scenario, step)),
            None => "at the end".to_owned(),
        };
        let device = run.cast.device_name(violation.device);
        writeln!(
            out,
            "  broken promise {}, {when}: {device}: {}",
            violation.invariant,
            OneLine(&violation.what)
        )?;
        for link in violation.explain(&run.cast) {
            writeln!(out, "    since {}", OneLine(link))?;
        }
    }
    for invariant in run.unbroken() {
        writeln!(out, "  promise {invariant}: kept, though the scenario says that it breaks it")?;
    }
    Ok(())
}

fn moment(scenario: &Scenario, check: &Check) -> String {
    match check.step {
        Some(step) => after_step(scenario, step),
        None => "at the end".to_owned(),
    }
}

fn after_step(scenario: &Scenario, step: usize) -> String {
    match step_number(scenario, step) {
        0 => "before step 1".to_owned(),
        number => format!("after step {number}"),
    }
}

fn held(passed: usize) -> String {
    let verb = if passed == 1 { "holds" } else { "hold" };
    format!("{} {verb}", counted(passed as u64, "expectation"))
}

fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
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
