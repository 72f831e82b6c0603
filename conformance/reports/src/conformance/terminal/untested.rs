use std::io::{self, Write};

use super::{write_hanging, write_heading};
use crate::conformance::summary::{Column, Row};
use crate::conformance::wording;

/// The most ids of a document that are listed. A run of a single case leaves most requirements untested.
const LISTED: usize = 20;

/// Writes the untested requirements, one line for each document, with the reasons.
pub(super) fn write(out: &mut dyn Write, column: &Column<'_>) -> io::Result<()> {
    let mut any = false;
    for (document, rows) in column.by_document() {
        let untested: Vec<&Row<'_>> = rows.into_iter().filter(|row| row.verdict().is_none()).collect();
        if untested.is_empty() {
            continue;
        }
        if !any {
            write_heading(out, "Not tested")?;
        }
        any = true;
        let listed = parts(column, &untested);
        write_hanging(out, "  - ", &format!("{}: {listed}", wording::document(document)))?;
    }
    Ok(())
}

/// The ids, grouped by reason.
fn parts(column: &Column<'_>, rows: &[&Row<'_>]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in rows.iter().take(LISTED) {
        let reason = wording::why_untested(column, row);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, ids)) => ids.push(row.id),
            None => reasons.push((reason, vec![row.id])),
        }
    }
    let mut parts: Vec<String> =
        reasons.iter().map(|(reason, ids)| format!("{} ({reason})", ids.join(", "))).collect();
    if rows.len() > LISTED {
        parts.push(format!("and {} more", rows.len() - LISTED));
    }
    parts.join("; ")
}
