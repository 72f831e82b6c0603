//! The terminal report of a fuzzing campaign.

use std::io;
use std::path::Path;

use atm_adapter_protocol::OneLine;
use atm_suite::fuzz::{
    Attribution, CoverageCount, FuzzReport, KnownCount, KnownExample, RequiredParts, Size, Tried,
};
use atm_suite::requirements::Weight;
use atm_suite::run_file::Conclusion;

/// Writes the result of a campaign. `folder` is the folder that the counterexamples were written to, if any.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn write_fuzz_report(
    out: &mut dyn io::Write,
    report: &FuzzReport,
    required: RequiredParts,
    folder: Option<&Path>,
) -> io::Result<()> {
    writeln!(out, "{}: {} scenarios", OneLine(&report.target), report.scenarios())?;
    for tried in &report.tried {
        write_tried(out, tried)?;
    }
    writeln!(out, "{}", OneLine(reached("rules", &report.rules)))?;
    writeln!(out, "{}", OneLine(reached("refusals", &report.refusals)))?;
    for known in &report.known {
        writeln!(out, "known: {}", OneLine(how_often(known)))?;
        if let Some(KnownExample { seed, observed }) = &known.example {
            writeln!(out, "  for example, seed {seed}: {}", OneLine(observed))?;
        }
    }
    for found in &report.counterexamples {
        writeln!(out)?;
        let kind = kind(&found.cause);
        writeln!(out, "{kind}{}, {} steps, seed {}", OneLine(&found.cause), found.steps, found.seed)?;
        for line in found.observed.iter().flat_map(|lines| lines.lines()) {
            writeln!(out, "  {}", OneLine(line))?;
        }
        if let Some(folder) = folder {
            let file = folder.join(found.file_name());
            writeln!(out, "  to see it: {}", OneLine(found.command(&file.to_string_lossy())))?;
        }
    }
    for (cause, Size { steps, seed }) in report.unrepeated() {
        let kind = kind(cause);
        writeln!(out, "\n{kind}inconclusive: {}, {steps} steps, seed {seed}", OneLine(cause))?;
        writeln!(out, "  it was so once, and not when the scenario was played again")?;
    }
    if !report.suspected.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", OneLine(verdict(report, required)))
}

/// The conclusion of a campaign, in one line.
pub(crate) fn verdict(report: &FuzzReport, required: RequiredParts) -> String {
    let failures = report.counterexamples.iter().filter(|found| found.is_failure()).count();
    let advice = report.counterexamples.len() - failures;
    let unrepeated = report.unrepeated().count();
    let besides = |number: usize, what: &str| match number {
        0 => String::new(),
        number => format!(", and {number} {what}"),
    };
    let mut besides = besides(advice, "as security advice") + &besides(unrepeated, "that did not come again");
    if required == RequiredParts::All
        && let Some(missing) = report.missing_parts()
    {
        besides += &format!("; {}", are_missing(&missing));
    }
    match (report.conclusion(required), failures) {
        (Conclusion::Inconclusive, _) if report.played() == 0 => "INCONCLUSIVE nothing was played".to_owned(),
        (Conclusion::Inconclusive, _) => format!("INCONCLUSIVE no failure was found{besides}"),
        (Conclusion::AsExpected, _) if besides.is_empty() && report.known.is_empty() => {
            "PASS nothing was found".to_owned()
        }
        (Conclusion::AsExpected, _) if besides.is_empty() => {
            "PASS nothing new was found; `known:` lists what was broken".to_owned()
        }
        (Conclusion::AsExpected, _) => format!("PASS no failure was found{besides}"),
        (Conclusion::NotAsExpected, 1) => format!("FAIL 1 counterexample{besides}"),
        (Conclusion::NotAsExpected, found) => format!("FAIL {found} counterexamples{besides}"),
    }
}

/// Says how many parts are missing, and names the first of them.
fn are_missing(missing: &[String]) -> String {
    /// The most parts that are named.
    const NAMED: usize = 8;
    match missing {
        [] => "parts are missing".to_owned(),
        [one] => format!("the part {one} is missing"),
        several => {
            let more = if several.len() > NAMED { ", ..." } else { "" };
            let named = several[..several.len().min(NAMED)].join(", ");
            format!("{} parts are missing: {named}{more}", several.len())
        }
    }
}

/// How often a known failure occurred: `atm/invariants/revocation in 12 scenarios, by restated-trust`.
pub(crate) fn how_often(known: &KnownCount) -> String {
    let KnownCount { cause, by, scenarios, .. } = known;
    let plural = if *scenarios == 1 { "" } else { "s" };
    format!("{cause} in {scenarios} scenario{plural}, by {by}")
}

/// The prefix of a cause in a heading; empty for a failure that is not about security.
pub(crate) fn kind(cause: &Attribution) -> &'static str {
    match cause.weight() {
        Some(Weight::Security) => "security: ",
        Some(Weight::Advice) => "advice: ",
        Some(Weight::Demanded | Weight::Informational) | None => "",
    }
}

fn write_tried(out: &mut dyn io::Write, tried: &Tried) -> io::Result<()> {
    write!(out, "seeds {}..{}", tried.first, tried.end)?;
    if tried.parts != ["1/1"] {
        let parts = if tried.parts.len() == 1 { "part" } else { "parts" };
        write!(out, ", {parts} {}", OneLine(tried.parts.join(", ")))?;
    }
    writeln!(out)?;
    for count in &tried.unsupported {
        writeln!(
            out,
            "  {} could not be played: the implementation lacks {}",
            count.scenarios,
            OneLine(&count.what)
        )?;
    }
    Ok(())
}

/// Says how many of a kind were exercised, and names the others.
#[must_use]
pub fn reached(kind: &str, counts: &[CoverageCount]) -> String {
    let (reached, never): (Vec<&CoverageCount>, Vec<&CoverageCount>) =
        counts.iter().partition(|count| count.scenarios > 0);
    let mut text = format!("{} of {} {kind} exercised", reached.len(), counts.len());
    if !never.is_empty() {
        let names: Vec<&str> = never.iter().map(|count| &*count.what).collect();
        text += &format!("; never: {}", names.join(", "));
    }
    text
}
