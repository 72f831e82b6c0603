use std::io::{self, Write};

use atm_adapter_protocol::OneLine;

use super::styles::Styles;
use crate::conformance::trend::{HEADINGS, Trend};

/// The number of columns with text. The others have numbers, which are aligned at the right.
const TEXTS: usize = 4;

/// Writes the results of several runs as a table.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_trend(out: &mut dyn Write, trend: &Trend<'_>) -> io::Result<()> {
    let headings = HEADINGS.map(str::to_owned);
    let lines = trend.lines.iter().map(|line| line.cells().map(|cell| OneLine(cell).to_string()));
    let lines: Vec<[String; 9]> = std::iter::once(headings).chain(lines).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    for (position, line) in lines.iter().enumerate() {
        let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column < TEXTS { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        let text = cells.collect::<Vec<_>>().join("  ");
        let style = if position == 0 { Styles::ASIDE } else { anstyle::Style::new() };
        writeln!(out, "{style}{}{style:#}", text.trim_end())?;
    }
    Ok(())
}
