use std::io::{self, Write};

use atm_engine::{Change, DecisionKind, Level, Origin};
use atm_reports::escape::OneLine;
use atm_reports::mistakes::Complaint;
use atm_reports::runs;
use atm_simulator::cast::{Cast, Miscast};
use atm_simulator::invariants::{Authentication, Watch};
use atm_simulator::run::{Options, Run, run};
use atm_simulator::scenario::Scenario;
use atm_simulator::script::Script;
use atm_simulator::trace::Event;

use super::scenarios::load;
use crate::arguments;
use crate::exit::Exit;
use crate::output::Output;
use crate::suggest;

/// Explains the level of a key on a device, back to the decisions of people.
pub(crate) fn explain(cli: &arguments::ExplainArgs) -> Exit {
    let scenario = match load(&cli.scenario) {
        Ok(scenario) => scenario,
        Err(exit) => return exit,
    };
    match tell(cli, &scenario) {
        Ok(output) => output.exit(Exit::AsExpected),
        Err(miscast) => {
            let meant = match &miscast {
                Miscast::Device(name) => suggest::member(&name.to_string(), &scenario),
                Miscast::Key(name) => suggest::member(&name.to_string(), &scenario),
                _ => None,
            };
            let path = cli.scenario.display();
            Complaint::new(format_args!("atm: {path}: {miscast}")).with(meant).tell();
            Exit::Usage
        }
    }
}

fn tell(cli: &arguments::ExplainArgs, scenario: &Scenario) -> Result<Output, Miscast> {
    let options = Options::from(cli.options);
    let script = Script::new(scenario)?;
    let (device, key) = (script.cast.device(&cli.device)?, script.cast.key(&cli.key)?);
    let run = run(scenario, &options)?;
    let mut watch = Watch::new(&script, &options);
    let (mut step, mut history, mut level) = (None, Vec::new(), Level::Undecided);
    for record in run.trace.records() {
        watch.watch(record.at, &record.event);
        match &record.event {
            Event::Step { step: begun } => step = Some(*begun),
            Event::Changed { device: changed, change } if *changed == device => {
                let explanation = change.explanation.as_ref();
                if let Some((now, why)) = explanation.and_then(|it| what_became_of(it, key, &run.cast)) {
                    level = now.unwrap_or(level);
                    history.push(format!("{}: {why}", moment(step, scenario)));
                }
            }
            _ => {}
        }
    }
    let roots = watch.ledger().roots(device, key);
    let explanation = Explanation { level, roots, history };
    let mut output = Output::default();
    output.print(|out| explanation.write(out, cli, &run, scenario));
    Ok(output)
}

/// The reasons for the level of a key on a device.
struct Explanation {
    level: Level,
    roots: Vec<Authentication>,
    history: Vec<String>,
}

impl Explanation {
    fn write(
        &self,
        out: &mut dyn Write,
        cli: &arguments::ExplainArgs,
        run: &Run,
        scenario: &Scenario,
    ) -> io::Result<()> {
        writeln!(out, "{} regards {} as {} at the end.", cli.device, cli.key, self.level.name())?;
        let explicit = self.level.decision().is_some();
        if explicit && !self.roots.is_empty() {
            writeln!(out, "\nWhat that rests on:")?;
            for root in &self.roots {
                let (when, what) = (moment(root.step, scenario), root.describe(&run.cast));
                let who = if root.origin == Origin::Manual { "  (a person)" } else { "" };
                writeln!(out, "  {}: {what}{who}", OneLine(when))?;
            }
        }
        if self.history.is_empty() {
            writeln!(out, "\nNothing ever happened to it there.")?;
        } else {
            writeln!(out, "\nWhat happened to it there:")?;
            self.history.iter().try_for_each(|line| writeln!(out, "  {}", OneLine(line)))?;
        }
        Ok(())
    }
}

/// The effect of a change on a key: the new level, if the level changes, and the reason.
fn what_became_of(change: &Change, key: atm_engine::KeyId, cast: &Cast) -> Option<(Option<Level>, String)> {
    let by = |origin: Origin| match origin {
        Origin::Manual => "a person decided so".to_owned(),
        Origin::Message { sender } => format!("on the word of {}", cast.key_name(sender)),
        Origin::Policy => "by the policy".to_owned(),
    };
    match *change {
        Change::Decided { decision, origin, effect, .. } if decision.key == key => {
            let level = Level::from(decision.kind);
            let waits = effect == atm_engine::Effect::OnDiscovery;
            let when = if waits { ", once the key is discovered" } else { "" };
            Some(((!waits).then_some(level), format!("{}{when}, {}", level.name(), by(origin))))
        }
        Change::Confirmed { decision, sender, .. } if decision.key == key => {
            let (level, by) = (Level::from(decision.kind).name(), cast.key_name(sender));
            Some((None, format!("still {level}, {by} says so again")))
        }
        Change::TookEffect { key: known, level, origin } if known == key => {
            Some((Some(level), format!("{} now that the key is discovered, {}", level.name(), by(origin))))
        }
        Change::Level { key: changed, level, .. } if changed == key => {
            let why = match level {
                Level::ManuallyTrusted => "a person trusted it without comparing",
                _ => "by the policy",
            };
            Some((Some(level), format!("{}, {why}", level.name())))
        }
        Change::Postponed { sender, decision } if decision.key == key => {
            let verb = match decision.kind {
                DecisionKind::Trust => "trust",
                DecisionKind::Distrust => "distrust",
            };
            let sender = cast.key_name(sender);
            Some((None, format!("kept for later: {sender} says to {verb} it, and is not authenticated")))
        }
        _ => None,
    }
}

fn moment(step: Option<usize>, scenario: &Scenario) -> String {
    match step {
        None => "at the start".to_owned(),
        Some(step) => {
            let (number, what) =
                (atm_suite::step_number(scenario, step), runs::describe_step(&scenario.steps[step]));
            format!("step {number} ({what})")
        }
    }
}
