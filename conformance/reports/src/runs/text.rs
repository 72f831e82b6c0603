use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_simulator::checks::{Check, Class};
use atm_simulator::invariants::Invariant;
use atm_simulator::run::{Run, RunResult};
use atm_simulator::scenario::Scenario;
use atm_suite::step_number;

use super::played::PlayedScenario;
use super::style::Style;

/// Writes the verdict on a scenario in one line.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_verdict(out: &mut dyn Write, played: &PlayedScenario<'_>) -> io::Result<()> {
    let PlayedScenario { path, scenario, run, .. } = *played;
    write_verdict_line(out, run.result(), (path, &scenario.title))
}

/// Writes the verdict on the file with this path and title in one line.
pub(super) fn write_verdict_line(
    out: &mut dyn Write,
    verdict: RunResult,
    (path, title): (&str, &str),
) -> io::Result<()> {
    let (style, aside) = (Style::of(verdict), Style::ASIDE);
    let name = verdict.name().to_uppercase();
    writeln!(out, "{style}{name:<4}{style:#} {}  {aside}{}{aside:#}", OneLine(path), OneLine(title))
}

/// Writes the number of scenarios by verdict.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_summary(out: &mut dyn Write, verdicts: &[RunResult]) -> io::Result<()> {
    let count = |verdict| verdicts.iter().filter(|other| **other == verdict).count();
    let mut parts = vec![format!("{} passed", count(RunResult::Pass))];
    for (verdict, word) in [
        (RunResult::Fail, "failed"),
        (RunResult::Inconclusive, "inconclusive"),
        (RunResult::Error, "broke off"),
    ] {
        if count(verdict) > 0 {
            parts.push(format!("{} {word}", count(verdict)));
        }
    }
    writeln!(out, "{}: {}", counted(verdicts.len() as u64, "scenario"), parts.join(", "))
}

/// Writes the number of authentications and the results of the checks.
pub(super) fn write_end(out: &mut dyn Write, played: &PlayedScenario<'_>) -> io::Result<()> {
    write_tally(out, played.run)?;
    write_checks(out, played)
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
        RunResult::Pass => {
            writeln!(out, "{style}{name}{style:#} {}", held(passed))?;
            for invariant in &run.breaks {
                writeln!(out, "  promise {invariant}: broken, as the scenario says")?;
                write_shown(out, run, *invariant)?;
            }
        }
        RunResult::Inconclusive => writeln!(out, "{style}{name}{style:#} the scenario expects nothing")?,
        RunResult::Fail if passed < expectations.len() => {
            writeln!(out, "{style}{name}{style:#} {} of {} expectations hold", passed, expectations.len())?;
        }
        // A promise is broken, or kept though the scenario says that it breaks it.
        RunResult::Fail => {
            let held = if passed == 0 { String::new() } else { format!("; {}", held(passed)) };
            writeln!(out, "{style}{name}{style:#} the promises are not as expected{held}")?;
        }
        RunResult::Error => writeln!(out, "{style}{name}{style:#} the run broke off")?,
    }
    if let Some(failure) = &run.failure {
        writeln!(out, "  {}", OneLine(failure))?;
    }
    for check in facts {
        let id = check.requirement.as_ref().map_or("", |id| id.as_str());
        let answer = if check.passed() { "yes" } else { "no" };
        writeln!(out, "  fact {id}, {}: {answer}, {}", moment(scenario, check), OneLine(&check.expected))?;
        for observed in &check.observed {
            writeln!(out, "    here {}", OneLine(&observed.text))?;
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
            writeln!(out, "    but {}", OneLine(&observed.text))?;
        }
    }
    write_promises(out, scenario, run)
}

/// Writes the devices on which an invariant is broken, with the hazards.
fn write_shown(out: &mut dyn Write, run: &Run, promise: Invariant) -> io::Result<()> {
    for violation in run.violations.iter().filter(|violation| violation.invariant == promise) {
        let device = run.cast.device_name(violation.device);
        let by = violation.hazard.map(|hazard| format!(" ({hazard})")).unwrap_or_default();
        writeln!(out, "    {device} {}{by}", OneLine(&violation.what))?;
    }
    Ok(())
}

/// Writes the violations that the scenario does not declare, and the declared invariants that held.
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
