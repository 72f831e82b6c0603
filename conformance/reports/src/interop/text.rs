use std::io::{self, Write};

use atm_suite::interop::Pair;
use atm_suite::run_file::Conclusion;

use super::ending::{Ending, EndingResult};
use super::{Cell, Group, Interop};
use crate::escape::OneLine;

/// The number of endings that are listed for a pair in the scenarios of a group.
const FAULTS: usize = 3;

/// The number of missing authentications that are listed.
const MISSING: usize = 6;

/// Writes the tables, and each ending that is not as it should be.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_text(out: &mut dyn Write, interop: &Interop) -> io::Result<()> {
    writeln!(out, "Which implementations can live together")?;
    writeln!(out, "{}", interop.rules())?;
    for line in interop.implementations.iter().skip(1) {
        writeln!(out, "{}: {} {}", line.name, OneLine(&line.implementation), OneLine(&line.version))?;
    }
    for group in &interop.groups {
        write_table(out, interop, group)?;
    }
    for pair in Pair::all(interop.implementations.len()) {
        let cells = interop.groups.iter().map(|group| group.cell(pair));
        let faulty: Vec<&Cell> = cells.filter(|cell| cell.faults().next().is_some()).collect();
        if !faulty.is_empty() {
            writeln!(out, "\n{}", interop.pair_name(pair))?;
        }
        for cell in faulty {
            write_faults(out, cell)?;
        }
    }
    let verdict = match interop.conclusion() {
        Conclusion::AsExpected => "PASS all pairs end as they should",
        Conclusion::Inconclusive => "INCONCLUSIVE not every assignment was played to its end",
        Conclusion::NotAsExpected => "FAIL not all pairs end as they should",
    };
    writeln!(out, "\n{verdict}")
}

fn write_table(out: &mut dyn Write, interop: &Interop, group: &Group) -> io::Result<()> {
    writeln!(out, "\n{}\n", group.caption())?;
    let mut rows: Vec<Vec<String>> = vec![
        ["".to_owned()]
            .into_iter()
            .chain(interop.implementations.iter().map(|line| line.name.clone()))
            .collect(),
    ];
    for (name, results) in interop.table(group) {
        let cells =
            results.into_iter().map(|result| result.map(|result| result.marked()).unwrap_or_default());
        rows.push([name.to_owned()].into_iter().chain(cells).collect());
    }
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("  {cell:width$}"));
        writeln!(out, "{}", cells.collect::<String>().trim_end())?;
    }
    Ok(())
}

fn write_faults(out: &mut dyn Write, cell: &Cell) -> io::Result<()> {
    for fault in cell.faults().take(FAULTS) {
        writeln!(out, "  {}: {}", fault.scenario, told(fault))?;
        writeln!(out, "    {}{}", if fault.assignments > 1 { "first: " } else { "" }, fault.roles)?;
        writeln!(out, "    repeat: {}", OneLine(&fault.command))?;
    }
    match cell.faults().count().saturating_sub(FAULTS) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more, which `--format html` shows"),
    }
}

/// The ending in one line: `14 of 20 in 3 assignments; missing …`.
pub(super) fn told(ending: &Ending) -> String {
    let assignments = match ending.assignments {
        1 => "in 1 assignment".to_owned(),
        several => format!("in {several} assignments"),
    };
    let mut text = match &ending.result {
        EndingResult::NotPlayed(reason) => {
            return format!("not played to its end {assignments}: {}", OneLine(reason));
        }
        EndingResult::Played { authenticated, possible, .. } => {
            format!("{authenticated} of {possible} authentications {assignments}")
        }
    };
    if let EndingResult::Played { broken, missing, .. } = &ending.result {
        if !broken.is_empty() {
            text += &format!("; breaks {}", broken.join(", "));
        }
        if ending.is_short {
            text += &format!("; missing {}", missing[..missing.len().min(MISSING)].join(", "));
            if missing.len() > MISSING {
                text += &format!(" and {} more", missing.len() - MISSING);
            }
        }
    }
    text
}
