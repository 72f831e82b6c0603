//! Measurements of the promises of the specification: for people, and as tables for the page of findings.

use std::io::{self, Write};

use atm_suite::findings::{Finding, Measured, Promise, Worlds};
use atm_suite::rule_name;
use serde::Serialize;

use crate::numbers::grouped;

/// A measurement: an object of `--format json`.
#[derive(Debug, Serialize)]
struct FindingReport {
    promise: &'static str,
    announcement: String,
    conflict: String,
    worlds: String,
    held: u128,
    of: u128,
    states: u64,
    command: String,
}

/// The measurements for programs.
#[must_use]
pub fn report(answers: &[(Finding, Measured)]) -> impl Serialize + use<> {
    let all = answers.iter().map(|(finding, Measured { held, of, states })| FindingReport {
        promise: finding.promise.name(),
        announcement: rule_name(&finding.announcement),
        conflict: rule_name(&finding.conflict),
        worlds: finding.worlds.to_string(),
        held: *held,
        of: *of,
        states: *states,
        command: finding.command(),
    });
    all.collect::<Vec<_>>()
}

/// Writes the measurements for people, by promise and by worlds, one line for each pair of rules.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_findings(out: &mut dyn Write, answers: &[(Finding, Measured)]) -> io::Result<()> {
    for (position, of_worlds) in answers.chunk_by(is_of_the_same).enumerate() {
        let finding = &of_worlds[0].0;
        if position > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}: {}", finding.promise, finding.worlds)?;
        for (finding, measured) in of_worlds {
            let rules = rules(finding);
            writeln!(out, "  {rules:<18} {}", held(finding, measured))?;
            writeln!(out, "    {}", finding.command())?;
        }
    }
    Ok(())
}

/// Writes the tables of one promise for the page of findings.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_tables(
    out: &mut dyn Write,
    promise: Promise,
    answers: &[(Finding, Measured)],
) -> io::Result<()> {
    let of_promise: Vec<_> =
        answers.iter().filter(|(finding, _)| finding.promise == promise).copied().collect();
    for (position, of_worlds) in of_promise.chunk_by(is_of_the_same).enumerate() {
        if position > 0 {
            writeln!(out)?;
        }
        let worlds = of_worlds[0].0.worlds.to_string();
        let (first, rest) = worlds.split_at(1);
        writeln!(out, "{}{rest}:\n", first.to_uppercase())?;
        writeln!(out, "| rules | it holds in | command |")?;
        writeln!(out, "|---|---|---|")?;
        for (finding, measured) in of_worlds {
            writeln!(out, "| {} | {} | `{}` |", rules(finding), held(finding, measured), finding.command())?;
        }
    }
    Ok(())
}

fn is_of_the_same((one, _): &(Finding, Measured), (other, _): &(Finding, Measured)) -> bool {
    (one.promise, one.worlds) == (other.promise, other.worlds)
}

fn rules(finding: &Finding) -> String {
    format!("{}, {}", rule_name(&finding.announcement), rule_name(&finding.conflict))
}

/// The share of the worlds in which a promise held: `all 18 worlds (1,024 states)`.
fn held(finding: &Finding, Measured { held, of, states }: &Measured) -> String {
    let counts_orders = matches!(finding.promise, Promise::Completeness | Promise::Reauthentication)
        && finding.command().contains("drained");
    let unit = match finding.worlds {
        Worlds::Random { .. } => "scenarios",
        _ if counts_orders => "orders",
        Worlds::Trees { .. } | Worlds::Scenario { .. } => "worlds",
    };
    let (held, all) = (grouped(*held), grouped(*of));
    let share = if held == all { format!("all {all} {unit}") } else { format!("{held} of {all} {unit}") };
    if *states == 0 { share } else { format!("{share} ({} states)", grouped(*states)) }
}
