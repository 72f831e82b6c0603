use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_suite::run_file::CaseLine;

use super::failure::write_contradictions;
use super::styles::Styles;
use super::{write_hanging, write_heading};
use crate::conformance::change_wording as wording;
use crate::conformance::comparison::{Change, ChangeKind, Changes, Comparison};
use crate::conformance::wording::counted;

/// Writes the changes from one run to a later one.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_comparison(out: &mut dyn Write, comparison: &Comparison<'_>) -> io::Result<()> {
    for changes in &comparison.changes {
        write_changes(out, comparison, changes)?;
    }
    for name in &comparison.unpaired {
        writeln!(out, "only one of the runs tested {}", OneLine(name))?;
    }
    if comparison.changes.is_empty() {
        writeln!(out, "the runs have no implementation in common, so nothing can be compared")?;
    }
    Ok(())
}

fn write_changes(out: &mut dyn Write, comparison: &Comparison<'_>, changes: &Changes<'_>) -> io::Result<()> {
    let heading = Styles::HEADING;
    writeln!(out, "{heading}{}{heading:#}", wording::versions(changes))?;
    let aside = Styles::ASIDE;
    writeln!(out, "{aside}{}{aside:#}", wording::suites(comparison))?;
    for kind in [ChangeKind::NewlyFailing, ChangeKind::NewlyPassing, ChangeKind::Other] {
        if changes.count(kind) > 0 {
            write_heading(out, wording::heading(kind))?;
        }
        for change in changes.with(kind) {
            match kind {
                ChangeKind::NewlyFailing => write_failure(out, comparison, change)?,
                ChangeKind::NewlyPassing | ChangeKind::Other => {
                    write_hanging(out, "  - ", &wording::sentence(change))?;
                }
            }
        }
    }
    write_cases(out, "Added cases", &changes.added)?;
    write_cases(out, "Removed cases", &changes.removed)?;
    let is_worse = changes.count(ChangeKind::NewlyFailing) > 0;
    let style = if is_worse { Styles::BAD } else { Styles::GOOD };
    let word = if is_worse { "REGRESSION" } else { "NO REGRESSION" };
    writeln!(out, "\n{style}{word}{style:#} {}", wording::totals(changes))
}

fn write_failure(out: &mut dyn Write, comparison: &Comparison<'_>, change: &Change<'_>) -> io::Result<()> {
    let heading = Styles::HEADING;
    let (id, why) = (OneLine(wording::id(change)).to_string(), wording::verdicts(change));
    writeln!(out, "\n  {heading}{id}{heading:#} ({why})")?;
    if let Some(requirement) = change.requirement {
        write_hanging(out, "    ", requirement.summary)?;
    }
    let smallest = change.cases[0].case;
    if let Some(told) = change.smallest() {
        write_contradictions(out, told)?;
    }
    if let Some(error) = &smallest.error {
        write_hanging(out, "    ended early: ", &error.what)?;
    }
    writeln!(out, "    smallest: {} ({})", OneLine(&smallest.case), counted(smallest.steps, "step"))?;
    writeln!(out, "    repeat:   {}", OneLine(comparison.new.run.command_for(smallest)))
}

fn write_cases(out: &mut dyn Write, title: &str, cases: &[&CaseLine]) -> io::Result<()> {
    if cases.is_empty() {
        return Ok(());
    }
    write_heading(out, &format!("{title}: {}", cases.len()))?;
    write_hanging(out, "  ", &wording::some_cases(cases))
}
