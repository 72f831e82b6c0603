use std::io::{self, Write};

use atm_suite::cases::Verdict;

use super::styles::Styles;
use crate::conformance::summary::{Column, VerdictCounts};
use crate::conformance::wording;

/// Writes the number of requirements by document and verdict. Only verdicts that occur have a column.
pub(super) fn write(out: &mut dyn Write, column: &Column<'_>) -> io::Result<()> {
    let all = VerdictCounts::of(&column.rows);
    let verdicts: Vec<Verdict> = Verdict::ALL.into_iter().filter(|verdict| all.get(*verdict) > 0).collect();
    let mut lines: Vec<(&str, VerdictCounts)> = Vec::new();
    for (document, rows) in column.by_document() {
        lines.push((wording::document(document), VerdictCounts::of(rows)));
    }
    let name_width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max("all".len());
    let aside = Styles::ASIDE;
    write!(out, "{aside}{:name_width$}", "")?;
    for verdict in &verdicts {
        write!(out, "  {:>4}", verdict.name())?;
    }
    if all.untested > 0 {
        write!(out, "  untested")?;
    }
    writeln!(out, "{aside:#}")?;
    for (name, counts) in lines.iter().map(|(name, counts)| (*name, counts)).chain([("all", &all)]) {
        write!(out, "{name:name_width$}")?;
        for verdict in &verdicts {
            let width = verdict.name().len().max(4);
            write_number(out, counts.get(*verdict), width, Styles::of(*verdict))?;
        }
        if all.untested > 0 {
            write_number(out, counts.untested, "untested".len(), Styles::ASIDE)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Writes a number, or a dot for zero.
fn write_number(out: &mut dyn Write, number: usize, width: usize, style: anstyle::Style) -> io::Result<()> {
    let aside = Styles::ASIDE;
    match number {
        0 => write!(out, "  {aside}{:>width$}{aside:#}", "·"),
        _ => write!(out, "  {style}{number:>width$}{style:#}"),
    }
}
