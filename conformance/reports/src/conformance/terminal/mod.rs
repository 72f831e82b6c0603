//! The report for people at a terminal. Styles are always written; a stream that is not a terminal strips them.

mod comparison;
mod failure;
mod help;
mod styles;
mod table;
mod trend;
mod untested;

use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_suite::cases::Verdict;
use atm_suite::run_file::{CaseLine, ErrorLine, RunFile};

pub use self::comparison::write_comparison;
use self::failure::write_row;
use self::help::Help;
use self::styles::Styles;
pub use self::trend::write_trend;
use super::summary::{Column, Row, RunSummary};
use super::wording::{self, counted, full_name, wrap};

/// The width of lines. Only text that cannot be broken is wider.
const WIDTH: usize = 96;

/// The level of detail of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Everything that an author needs to repair an implementation.
    Full,
    /// One line for each implementation.
    Summary,
}

/// Writes the result of a run.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_terminal(out: &mut dyn Write, file: &RunFile, detail: Detail) -> io::Result<()> {
    let summary = RunSummary::of(file);
    if detail == Detail::Full {
        for column in &summary.columns {
            write_column(out, file, column)?;
        }
    }
    for column in &summary.columns {
        write_summary(out, column)?;
    }
    if summary.columns.is_empty() || file.cases.is_empty() {
        writeln!(out, "no case was played, so nothing is known")?;
    }
    Ok(())
}

fn write_column(out: &mut dyn Write, file: &RunFile, column: &Column<'_>) -> io::Result<()> {
    let (heading, aside) = (Styles::HEADING, Styles::ASIDE);
    writeln!(out, "{heading}{}{heading:#}", full_name(column.implementation))?;
    let rules = (atm_suite::rule_name(&file.run.announcement), atm_suite::rule_name(&file.run.conflict));
    writeln!(
        out,
        "{aside}{}, suite {}, peers announce by {} and decide by {}, seed {}{aside:#}\n",
        counted(column.cases.len(), "case"),
        OneLine(&file.run.suite),
        rules.0,
        rules.1,
        file.run.seed
    )?;
    table::write(out, column)?;
    let mut help = Help::new(column.implementation);
    for (position, group) in column.by_fault(Verdict::Fail).iter().enumerate() {
        let begin = if position == 0 { "Failures, begin here" } else { "Failures" };
        write_heading(out, &format!("{begin}: {}", wording::likely_cause(column, group)))?;
        for (row, repeating) in &group.failures {
            write_row(out, file, row, &mut help)?;
            write_repeating(out, repeating)?;
        }
    }
    for (verdict, title) in [
        (Verdict::UnexpectedPass, "Unexpected passes: remove them from the expectations file"),
        (Verdict::Inconclusive, "Inconclusive: failed in one run and passed in the next"),
        (Verdict::Advice, "Security advice: not a failure, but it can help an attacker"),
    ] {
        let causes = column.causes(verdict);
        if !causes.is_empty() {
            write_heading(out, title)?;
        }
        for (row, repeating) in causes {
            write_row(out, file, row, &mut help)?;
            write_repeating(out, &repeating)?;
        }
    }
    write_errors(out, file, column, &mut help)?;
    write_known(out, column)?;
    write_facts(out, column)?;
    write_unsupported(out, column)?;
    untested::write(out, column)?;
    writeln!(out)
}

fn write_heading(out: &mut dyn Write, title: &str) -> io::Result<()> {
    let heading = Styles::HEADING;
    writeln!(out, "\n{heading}{title}{heading:#}")
}

/// Names the requirements that the same mistake breaks because they repeat the one above.
fn write_repeating(out: &mut dyn Write, rows: &[&Row<'_>]) -> io::Result<()> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() { Ok(()) } else { write_hanging(out, "    repeated by ", &ids.join(", ")) }
}

/// Writes each error that ended cases early, with the number of cases.
fn write_errors(out: &mut dyn Write, file: &RunFile, column: &Column<'_>, help: &mut Help) -> io::Result<()> {
    let errors = wording::errors(column);
    if !errors.is_empty() {
        write_heading(out, "Errors: cases that did not end")?;
    }
    errors.iter().try_for_each(|(error, cases)| write_error(out, file, error, cases, help))
}

fn write_error(
    out: &mut dyn Write,
    file: &RunFile,
    error: &ErrorLine,
    cases: &[&CaseLine],
    help: &mut Help,
) -> io::Result<()> {
    let (style, aside) = (Styles::of(Verdict::Error), Styles::ASIDE);
    let smallest = cases[0];
    writeln!(out, "\n  {style}error{style:#} in {}", counted(cases.len(), "case"))?;
    for line in error.what.lines() {
        writeln!(out, "    {}", OneLine(line))?;
    }
    if let Some(mistake) = &error.likely_mistake {
        write_hanging(out, "    likely mistake: ", mistake)?;
    }
    writeln!(
        out,
        "    smallest: {} {aside}({}){aside:#}",
        OneLine(&smallest.case),
        counted(smallest.steps, "step")
    )?;
    writeln!(out, "    repeat:   {}", OneLine(file.run.command_for(smallest)))?;
    help.write(out)
}

/// Writes the failures that the owner expects.
fn write_known(out: &mut dyn Write, column: &Column<'_>) -> io::Result<()> {
    let rows: Vec<&Row<'_>> = column.with(Verdict::ExpectedFail).collect();
    if rows.is_empty() {
        return Ok(());
    }
    write_heading(out, "Expected failures")?;
    for row in rows {
        write_hanging(out, "  - ", &format!("{}: {}", row.id, row.reason().unwrap_or("no reason is given")))?;
    }
    Ok(())
}

/// Writes the permitted differences.
fn write_facts(out: &mut dyn Write, column: &Column<'_>) -> io::Result<()> {
    let rows: Vec<&Row<'_>> = column.with(Verdict::Differs).collect();
    if rows.is_empty() {
        return Ok(());
    }
    write_heading(
        out,
        "Permitted differences: no text demands these, and the implementation does not always do them",
    )?;
    for row in rows {
        let summary = row.requirement.map_or("", |requirement| requirement.summary);
        let shown = row.smallest().map_or_else(String::new, |told| format!(" ({})", told.case.case));
        write_hanging(out, "  - ", &format!("{}: {summary}{shown}", row.id))?;
    }
    Ok(())
}

fn write_unsupported(out: &mut dyn Write, column: &Column<'_>) -> io::Result<()> {
    let features = wording::unsupported(column);
    if !features.is_empty() {
        write_heading(out, "Unsupported features")?;
    }
    let mut features = features.iter();
    features.try_for_each(|(feature, cases)| {
        writeln!(out, "  - {}: {}", OneLine(feature), counted(*cases, "case"))
    })
}

fn write_summary(out: &mut dyn Write, column: &Column<'_>) -> io::Result<()> {
    let conclusion = column.conclusion();
    let style = Styles::of_conclusion(conclusion);
    let name = conclusion.name().to_uppercase();
    let remainder = wording::remainder(column);
    let remainder = if remainder.is_empty() { String::new() } else { format!("; {remainder}") };
    writeln!(
        out,
        "{style}{name}{style:#} {}: {} kept ({}){remainder}",
        full_name(column.implementation),
        wording::score(column),
        wording::scope(column)
    )
}

/// Writes a text after a mark, wrapped into lines that are indented by the width of the mark.
fn write_hanging(out: &mut dyn Write, mark: &str, text: &str) -> io::Result<()> {
    let indent = mark.chars().count();
    for (position, line) in wrap(text, WIDTH - indent).iter().enumerate() {
        match position {
            0 => writeln!(out, "{mark}{}", OneLine(line))?,
            _ => writeln!(out, "{:indent$}{}", "", OneLine(line))?,
        }
    }
    Ok(())
}
