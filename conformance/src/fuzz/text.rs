//! The report of a campaign, for people.

use std::io;
use std::path::Path;

use super::coverage::Count;
use super::report::{FuzzReport, Tried};

/// Writes what a campaign found out. `folder` is where its scenarios are, if they were written.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn write_fuzz_report(
    out: &mut impl io::Write,
    report: &FuzzReport,
    folder: Option<&Path>,
) -> io::Result<()> {
    writeln!(out, "{}: {} scenarios", report.subject, report.scenarios())?;
    for tried in &report.tried {
        write_tried(out, tried)?;
    }
    writeln!(out, "{}", reached("rules", &report.rules))?;
    writeln!(out, "{}", reached("refusals", &report.refusals))?;
    for found in &report.counterexamples {
        writeln!(out)?;
        let kind = if found.is_failure() { "" } else { "advice: " };
        writeln!(out, "{kind}{}, {} steps, seed {}", found.cause, found.steps, found.seed)?;
        for line in found.observed.iter().flat_map(|lines| lines.lines()) {
            writeln!(out, "  {line}")?;
        }
        if let Some(folder) = folder {
            let file = folder.join(found.file_name());
            writeln!(out, "  to see it: {}", found.command(&file.to_string_lossy()))?;
        }
    }
    if !report.counterexamples.is_empty() {
        writeln!(out)?;
    }
    let failures = report.counterexamples.iter().filter(|found| found.is_failure()).count();
    let advice = match report.counterexamples.len() - failures {
        0 => String::new(),
        advice => format!(", and {advice} that are security advice"),
    };
    let verdict = match (failures, report.played()) {
        (0, 0) => "INCONCLUSIVE nothing was played".to_owned(),
        (0, _) if advice.is_empty() => "PASS nothing was found".to_owned(),
        (0, _) => format!("PASS no failure was found{advice}"),
        (1, _) => format!("FAIL 1 counterexample{advice}"),
        (found, _) => format!("FAIL {found} counterexamples{advice}"),
    };
    writeln!(out, "{verdict}")
}

fn write_tried(out: &mut impl io::Write, tried: &Tried) -> io::Result<()> {
    write!(out, "seeds {}..{}", tried.first, tried.end)?;
    if tried.parts != ["1/1"] {
        write!(out, ", parts {}", tried.parts.join(", "))?;
    }
    writeln!(out)?;
    for count in &tried.unsupported {
        writeln!(out, "  {} could not be played: the implementation lacks {}", count.scenarios, count.what)?;
    }
    Ok(())
}

/// How many of a kind were reached, and which were not.
#[must_use]
pub fn reached(kind: &str, counts: &[Count]) -> String {
    let (reached, never): (Vec<&Count>, Vec<&Count>) = counts.iter().partition(|count| count.scenarios > 0);
    let mut text = format!("{} of {} {kind} exercised", reached.len(), counts.len());
    if !never.is_empty() {
        let names: Vec<&str> = never.iter().map(|count| &*count.what).collect();
        text += &format!("; never: {}", names.join(", "));
    }
    text
}
