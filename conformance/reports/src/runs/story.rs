use std::collections::BTreeSet;
use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_engine::{Change, Effect, KeyId, Level, Stamp};
use atm_simulator::cast::DeviceId;
use atm_simulator::run::{Options, Run};
use atm_simulator::trace::{Event, Observer};
use atm_suite::rule_name;

use super::played::PlayingScenario;
use super::style::Style;
use super::teller::{Line, Teller, describe_policy, level_without_decision};
use super::{steps, text};

/// Writes a run step by step while it is played.
pub struct Story<'a> {
    out: &'a mut dyn Write,
    playing: PlayingScenario<'a>,
    has_begun: bool,
    /// The events of the latest virtual time. They are held back, because later ones decide which of them are written.
    untold: (Stamp, Vec<Event>),
    teller: Teller<'a>,
    /// The number of steps so far.
    steps: usize,
    /// Levels that the policy of a device set and that are not written yet.
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
    /// Writes the heading.
    pub fn begin(out: &'a mut dyn Write, playing: PlayingScenario<'a>) -> Self {
        let PlayingScenario { path, scenario, options, cast } = playing;
        let written = write_heading(out, (path, &scenario.title), options);
        Self {
            out,
            playing,
            has_begun: false,
            untold: (Stamp::MIN, Vec::new()),
            teller: Teller::new(scenario, cast),
            steps: 0,
            policy: None,
            written,
        }
    }

    /// Writes the introduction of the scenario by its author.
    #[must_use]
    pub fn introduced(mut self) -> Self {
        if let Some(about) = &self.playing.scenario.about
            && self.written.is_ok()
        {
            self.written = write_about(self.out, about);
        }
        self
    }

    /// Writes the result.
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

    /// Writes the events of a virtual time that is over.
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
        if let Event::Step { step } = event {
            self.tell_step(*step)?;
        }
        match self.teller.tell(event) {
            Some(line) => self.line(&line),
            None => Ok(()),
        }
    }

    fn tell_step(&mut self, step: usize) -> io::Result<()> {
        self.steps += 1;
        let (number, heading) = (self.steps, Style::HEADING);
        let text = steps::describe_step(&self.playing.scenario.steps[step]);
        writeln!(self.out)?;
        writeln!(self.out, "{number:>2}  {heading}{}{heading:#}", OneLine(text))
    }

    fn note_policy(&mut self, device: DeviceId, key: KeyId, level: Level) -> io::Result<()> {
        if self.teller.step().is_none() {
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
        let Some(text) = describe_policy(device, level, &keys, self.playing.cast) else { return Ok(()) };
        let aside = Style::ASIDE;
        writeln!(self.out, "      {aside}{text}{aside:#}")
    }

    fn line(&mut self, Line { text, note }: &Line) -> io::Result<()> {
        let aside = Style::ASIDE;
        if note.is_empty() {
            return writeln!(self.out, "      {}", OneLine(text));
        }
        writeln!(self.out, "      {} {aside}({}){aside:#}", OneLine(text), OneLine(note))
    }
}

/// Writes the introduction by the author, line by line.
fn write_about(out: &mut dyn Write, about: &str) -> io::Result<()> {
    writeln!(out)?;
    about.trim_end().lines().try_for_each(|line| writeln!(out, "  {}", OneLine(line)))
}

/// Writes the title, the path and the options of a run.
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

/// Whether an event is part of the start of every run: devices discover keys, and policies set their levels.
fn is_of_the_start(event: &Event) -> bool {
    match event {
        Event::Discovered { .. } => true,
        Event::Changed { change, .. } => level_without_decision(change).is_some(),
        _ => false,
    }
}

/// Tells for each event whether it is a level that a policy sets and that the same device replaces with a decision at
/// the same time. Such levels are not written. One pass from the end is enough.
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
