use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_suite::run_file::RunFile;

use super::help::Help;
use super::styles::Styles;
use super::write_hanging;
use crate::conformance::summary::{CaseJudgement, Row};
use crate::conformance::wording;

/// Writes a broken requirement for the author of the implementation: the demand, the observation, and the commands that
/// reproduce it.
pub(super) fn write_row(
    out: &mut dyn Write,
    file: &RunFile,
    row: &Row<'_>,
    help: &mut Help,
) -> io::Result<()> {
    let Some(verdict) = row.verdict() else { return Ok(()) };
    let (style, heading, aside) = (Styles::of(verdict), Styles::HEADING, Styles::ASIDE);
    writeln!(
        out,
        "\n  {style}{verdict}{style:#} {heading}{}{heading:#} {aside}({}; {}){aside:#}",
        OneLine(row.id),
        wording::standing(row),
        wording::share(row)
    )?;
    if let Some(requirement) = row.requirement {
        write_hanging(out, "    ", requirement.summary)?;
    }
    if let Some(link) = wording::link(row.requirement) {
        writeln!(out, "    {aside}{link}{aside:#}")?;
    }
    if let Some(told) = row.smallest() {
        write_contradictions(out, told)?;
        let case = told.case;
        writeln!(
            out,
            "    smallest: {} {aside}({}){aside:#}",
            OneLine(&case.case),
            wording::counted(case.steps, "step")
        )?;
        if let Some(reason) = &told.judgement.reason {
            write_hanging(out, "    reason:   ", reason)?;
        }
        writeln!(out, "    repeat:   {}", OneLine(file.run.command_for_failure(case, told.judgement)))?;
        help.write(out)?;
    }
    Ok(())
}

pub(super) fn write_contradictions(out: &mut dyn Write, told: CaseJudgement<'_>) -> io::Result<()> {
    let mut last_moment = None;
    for (seen, difference) in wording::differences(told) {
        let moment = wording::moment(seen);
        if last_moment.as_ref() != Some(&moment) {
            writeln!(out, "    {moment}")?;
        }
        last_moment = Some(moment);
        if !difference.repeats(&seen.expected) {
            write_hanging(out, "      expected  ", &seen.expected)?;
        }
        for (name, items) in difference.parts() {
            for item in items {
                write_hanging(out, &format!("      {name:<8}  "), item)?;
            }
        }
    }
    Ok(())
}
