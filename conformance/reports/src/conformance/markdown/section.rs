use std::collections::BTreeMap;

use atm_suite::cases::Verdict;
use atm_suite::run_file::{CaseLine, ErrorLine};

use super::{line, linked};
use crate::conformance::matrix::MatrixColumn;
use crate::conformance::summary::Row;
use crate::conformance::wording::{self, counted};
use crate::escape::{code, escape};

/// Writes the failures and differences of one implementation, with reasons.
pub(super) fn write_section(out: &mut String, column: &MatrixColumn<'_>) {
    let implementation = column.column.implementation;
    line(out, format_args!("\n## {}\n", escape(&wording::full_name(implementation))));
    let run = &column.file.run;
    line(
        out,
        format_args!(
            "{}; the other devices of a case were the reference engine, which announced by {} and decided by {}, \
             seed {}. To repeat the run: {}",
            counted(column.column.cases.len(), "case"),
            atm_suite::rule_name(&run.announcement),
            atm_suite::rule_name(&run.conflict),
            run.seed,
            code(&run.command)
        ),
    );
    let mut any = false;
    for (position, group) in column.column.by_fault(Verdict::Fail).iter().enumerate() {
        let begin = if position == 0 { "Failures, begin here" } else { "Failures" };
        line(out, format_args!("\n### {begin}: {}\n", wording::likely_cause(&column.column, group)));
        any = true;
        for (row, repeating) in &group.failures {
            write_row(out, column, row);
            write_repeating(out, repeating);
        }
    }
    for (verdict, title) in [
        (Verdict::UnexpectedPass, "Unexpected passes"),
        (Verdict::ExpectedFail, "Expected failures"),
        (Verdict::Inconclusive, "Inconclusive: failed in one run and passed in the next"),
        (Verdict::Advice, "Security advice: not a failure, but it can help an attacker"),
        (
            Verdict::Differs,
            "Permitted differences: no text demands these, and the implementation does not always do them",
        ),
    ] {
        let causes = column.column.causes(verdict);
        if !causes.is_empty() {
            line(out, format_args!("\n### {title}\n"));
            any = true;
        }
        for (row, repeating) in causes {
            write_row(out, column, row);
            write_repeating(out, &repeating);
        }
    }
    any |= write_errors(out, column);
    any |= write_unsupported(out, column);
    if !any {
        line(out, format_args!("\nNothing that was tested is broken."));
    }
}

fn write_row(out: &mut String, column: &MatrixColumn<'_>, row: &Row<'_>) {
    let id = linked(row.id, row.requirement);
    let summary =
        row.requirement.map_or(String::new(), |requirement| format!(": {}", escape(requirement.summary)));
    line(out, format_args!("- {id} ({}, {}){summary}", wording::standing(row), wording::share(row)));
    if let Some(reason) = row.reason() {
        line(out, format_args!("  - reason: {}", escape(reason)));
    }
    let Some(told) = row.smallest() else { return };
    // A permitted difference needs no evidence.
    if row.verdict() == Some(Verdict::Differs) {
        return;
    }
    for (seen, difference) in wording::differences(told) {
        for (name, items) in difference.parts() {
            for item in items {
                line(out, format_args!("  - {}, {name}: {}", wording::moment(seen), escape(item)));
            }
        }
    }
    let command = column.file.run.command_for_failure(told.case, told.judgement);
    line(out, format_args!("  - smallest case: {}", code(&command)));
}

/// Names the requirements that the same mistake breaks because they repeat the one above.
fn write_repeating(out: &mut String, rows: &[&Row<'_>]) {
    let ids: Vec<String> = rows.iter().map(|row| linked(row.id, row.requirement)).collect();
    if !ids.is_empty() {
        line(out, format_args!("  - repeated by {}", ids.join(", ")));
    }
}

/// Writes the errors that ended cases early. Returns whether there are any.
fn write_errors(out: &mut String, column: &MatrixColumn<'_>) -> bool {
    let errors = wording::errors(&column.column);
    if !errors.is_empty() {
        line(out, format_args!("\n### Errors: cases that did not end\n"));
    }
    for (error, cases) in &errors {
        write_error(out, column, error, cases);
    }
    !errors.is_empty()
}

fn write_error(out: &mut String, column: &MatrixColumn<'_>, error: &ErrorLine, cases: &[&CaseLine]) {
    line(out, format_args!("- {}: {}", counted(cases.len(), "case"), escape(&error.what)));
    if let Some(mistake) = &error.likely_mistake {
        line(out, format_args!("  - likely mistake: {}", escape(mistake)));
    }
    line(out, format_args!("  - smallest case: {}", code(&column.file.run.command_for(cases[0]))));
}

/// Writes the unsupported features. Returns whether there are any.
fn write_unsupported(out: &mut String, column: &MatrixColumn<'_>) -> bool {
    let features: BTreeMap<&str, usize> = wording::unsupported(&column.column);
    if !features.is_empty() {
        line(out, format_args!("\n### Unsupported features\n"));
    }
    for (feature, cases) in &features {
        line(out, format_args!("- {}: {}", escape(feature), counted(*cases, "case")));
    }
    !features.is_empty()
}
