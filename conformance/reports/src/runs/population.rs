use std::collections::BTreeMap;
use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_simulator::invariants::{Invariant, Violation};
use atm_simulator::population::{FailedPart, PopulationRun};
use atm_simulator::run::{Options, RunResult, Watching};
use atm_simulator::scenario::Population;
use atm_suite::{rule_name, step_number};
use serde::Serialize;

use super::json::{JsonViolation, violation};
use super::style::Style;
use crate::numbers::{counted, grouped};

/// A population with its run.
#[derive(Clone, Copy, Debug)]
pub struct PlayedPopulation<'a> {
    /// The path of its file.
    pub path: &'a str,
    /// The population.
    pub population: &'a Population,
    /// The rules and the seed.
    pub options: &'a Options,
    /// The result.
    pub run: &'a PopulationRun,
}

impl PlayedPopulation<'_> {
    /// The command that plays one part alone.
    fn replay(&self, part: u64) -> String {
        let Options { announcement, conflict, seed } = *self.options;
        let mut command = format!("atm run {} --part {part} --seed {seed}", shell_words::quote(self.path));
        if announcement != Default::default() {
            command += &format!(" --announcement {}", rule_name(&announcement));
        }
        if conflict != Default::default() {
            command += &format!(" --conflict {}", rule_name(&conflict));
        }
        command
    }
}

/// Writes the result of a population: the number of authentications, and the broken invariants by part.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_population(out: &mut dyn Write, played: &PlayedPopulation<'_>) -> io::Result<()> {
    let PlayedPopulation { population, run, .. } = *played;
    write_heading(out, played)?;
    writeln!(out)?;
    writeln!(
        out,
        "{} of {}, in {} of {} at most",
        counted(run.devices, "device"),
        counted(run.accounts, "account"),
        counted(run.parts, "part"),
        grouped(population.population.part)
    )?;
    writeln!(
        out,
        "{} manual + {} automatic = {} of {} authentications, {} to {}",
        grouped(run.tally.manual as u64),
        grouped(run.tally.automatic as u64),
        grouped(run.tally.authenticated() as u64),
        grouped(run.tally.possible as u64),
        counted(run.messages, "trust message"),
        counted(run.deliveries, "reader"),
    )?;
    write_result(out, played)
}

/// Writes the verdict on a population in one line.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_population_verdict(out: &mut dyn Write, played: &PlayedPopulation<'_>) -> io::Result<()> {
    let PlayedPopulation { path, population, run, .. } = *played;
    super::text::write_verdict_line(out, run.result(), (path, &population.title))
}

fn write_heading(out: &mut dyn Write, played: &PlayedPopulation<'_>) -> io::Result<()> {
    let PlayedPopulation { path, population, options, .. } = *played;
    super::story::write_heading(out, (path, &population.title), options)
}

fn write_result(out: &mut dyn Write, played: &PlayedPopulation<'_>) -> io::Result<()> {
    let run = played.run;
    let verdict = run.result();
    let style = Style::of(verdict);
    let name = verdict.name().to_uppercase();
    let why = match verdict {
        RunResult::Pass if run.breaks.is_empty() => "every promise is kept".to_owned(),
        RunResult::Pass => "every other promise is kept".to_owned(),
        RunResult::Inconclusive => "no promise was watched".to_owned(),
        RunResult::Fail => {
            format!("promises are broken in {} of {}", grouped(run.failed), counted(run.parts, "part"))
        }
        RunResult::Error => {
            format!("{} of {} broke off", grouped(run.broke_off), counted(run.parts, "part"))
        }
    };
    writeln!(out, "{style}{name}{style:#} {why}")?;
    for (invariant, count) in &run.violations {
        let as_said = if run.breaks.contains(invariant) { ", as the population says" } else { "" };
        writeln!(out, "  promise {invariant}: broken {}{as_said}", counted(*count, "time"))?;
    }
    for invariant in run.unbroken() {
        writeln!(out, "  promise {invariant}: kept, though the population says that it breaks it")?;
    }
    run.first_failed.iter().try_for_each(|part| write_part(out, played, part))?;
    let shown = run.first_failed.len() as u64;
    if run.failed > shown {
        writeln!(out, "  and {} more", counted(run.failed - shown, "part"))?;
    }
    Ok(())
}

fn write_part(out: &mut dyn Write, played: &PlayedPopulation<'_>, part: &FailedPart) -> io::Result<()> {
    let FailedPart { number, scenario, run } = part;
    if let Some(failure) = &run.failure {
        writeln!(out, "  part {number} broke off: {}", OneLine(failure))?;
    }
    let unexpected = unexpected(played.run, part).collect::<Vec<_>>();
    if let Some(violation) = unexpected.first() {
        let when = match violation.step {
            Some(step) => format!("in step {}", step_number(scenario, step)),
            None => "at the end".to_owned(),
        };
        writeln!(
            out,
            "  part {number}: broken promise {}, {when}: {}: {}",
            violation.invariant,
            run.cast.device_name(violation.device),
            OneLine(&violation.what)
        )?;
        if unexpected.len() > 1 {
            writeln!(out, "    and {} more there", grouped(unexpected.len() as u64 - 1))?;
        }
    }
    writeln!(out, "    to see it: {}", OneLine(played.replay(*number)))
}

/// The violations of a part that the population does not declare.
fn unexpected<'a>(run: &'a PopulationRun, part: &'a FailedPart) -> impl Iterator<Item = &'a Violation> {
    part.run.violations.iter().filter(|violation| !run.breaks.contains(&violation.invariant))
}

/// The result of a population: an object of `--format json`.
#[derive(Debug, Serialize)]
pub struct JsonPopulation<'a> {
    scenario: &'a str,
    title: &'a str,
    requirements: Vec<&'a str>,
    verdict: &'static str,
    announcement: atm_engine::AnnouncementRule,
    conflict: atm_engine::ConflictRule,
    seed: u64,
    parts: u64,
    accounts: u64,
    devices: u64,
    manual: usize,
    automatic: usize,
    authenticated: usize,
    possible: usize,
    messages: u64,
    deliveries: u64,
    /// Whether the invariants were watched.
    watched: bool,
    /// The invariants that the population says it breaks.
    breaks: &'a [Invariant],
    /// The number of violations by invariant.
    violations: &'a BTreeMap<Invariant, u64>,
    /// The number of failed parts.
    failed: u64,
    /// The first failed parts.
    first_failed: Vec<JsonPart<'a>>,
}

#[derive(Debug, Serialize)]
struct JsonPart<'a> {
    part: u64,
    violations: Vec<JsonViolation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// The command that plays the part alone.
    replay: String,
}

/// The result of a population for programs.
#[must_use]
pub fn population_report<'a>(played: &PlayedPopulation<'a>) -> JsonPopulation<'a> {
    let PlayedPopulation { path, population, options, run } = *played;
    let part = |part: &'a FailedPart| JsonPart {
        part: part.number,
        violations: part.run.violations.iter().map(|it| violation(it, &part.scenario, &part.run)).collect(),
        failure: part.run.failure.as_ref().map(ToString::to_string),
        replay: played.replay(part.number),
    };
    JsonPopulation {
        scenario: path,
        title: &population.title,
        requirements: population.requirements.iter().map(|id| id.as_str()).collect(),
        verdict: run.result().name(),
        announcement: options.announcement,
        conflict: options.conflict,
        seed: options.seed,
        parts: run.parts,
        accounts: run.accounts,
        devices: run.devices,
        manual: run.tally.manual,
        automatic: run.tally.automatic,
        authenticated: run.tally.authenticated(),
        possible: run.tally.possible,
        messages: run.messages,
        deliveries: run.deliveries,
        watched: run.watching == Watching::All,
        breaks: &run.breaks,
        violations: &run.violations,
        failed: run.failed,
        first_failed: run.first_failed.iter().map(part).collect(),
    }
}
