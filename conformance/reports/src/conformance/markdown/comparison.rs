use atm_suite::run_file::CaseLine;

use super::{line, linked};
use crate::conformance::change_wording as wording;
use crate::conformance::comparison::{Change, ChangeKind, Changes, Comparison};
use crate::conformance::trend::{HEADINGS, Trend};
use crate::conformance::wording::{differences, moment};
use crate::escape::{code, escape};

/// Writes the changes from one run to a later one as Markdown.
#[must_use]
pub fn markdown_comparison(comparison: &Comparison<'_>) -> String {
    let mut out = "# Changes in the conformance to Automatic Trust Management (XEP-0450)\n".to_owned();
    for changes in &comparison.changes {
        line(&mut out, format_args!("\n## {}\n", escape(&wording::versions(changes))));
        let word = if changes.count(ChangeKind::NewlyFailing) > 0 { "Regression" } else { "No regression" };
        line(&mut out, format_args!("**{word}**, {}.", escape(&wording::totals(changes))));
        line(&mut out, format_args!("{}.", escape(&wording::suites(comparison))));
        write_changes(&mut out, comparison, changes);
    }
    for name in &comparison.unpaired {
        line(&mut out, format_args!("\nOnly one of the runs tested {}.", escape(name)));
    }
    out
}

/// Writes the results of several runs as a table in Markdown.
#[must_use]
pub fn markdown_trend(trend: &Trend<'_>) -> String {
    let mut out = "# Conformance to Automatic Trust Management (XEP-0450), run by run\n\n".to_owned();
    line(&mut out, format_args!("| {} |", HEADINGS.join(" | ")));
    line(&mut out, format_args!("|{}", "---|".repeat(HEADINGS.len())));
    for trend_line in &trend.lines {
        line(&mut out, format_args!("| {} |", trend_line.cells().map(|cell| escape(&cell)).join(" | ")));
    }
    out
}

fn write_changes(out: &mut String, comparison: &Comparison<'_>, changes: &Changes<'_>) {
    for kind in [ChangeKind::NewlyFailing, ChangeKind::NewlyPassing, ChangeKind::Other] {
        if changes.count(kind) > 0 {
            line(out, format_args!("\n### {}\n", wording::heading(kind)));
        }
        for change in changes.with(kind) {
            let id =
                change.id.map_or_else(|| wording::id(change).to_owned(), |id| linked(id, change.requirement));
            let summary =
                change.requirement.map_or(String::new(), |known| format!(": {}", escape(known.summary)));
            line(out, format_args!("- {id}{summary} ({})", wording::verdicts(change)));
            if let Some(now) = wording::now(change) {
                line(out, format_args!("  - now: {}", escape(&now)));
            }
            if kind == ChangeKind::NewlyFailing {
                write_failure(out, comparison, change);
            }
        }
    }
    write_cases(out, "Added cases", &changes.added);
    write_cases(out, "Removed cases", &changes.removed);
}

fn write_failure(out: &mut String, comparison: &Comparison<'_>, change: &Change<'_>) {
    for (seen, difference) in change.smallest().into_iter().flat_map(differences) {
        for (name, items) in difference.parts() {
            for item in items {
                line(out, format_args!("  - {}, {name}: {}", moment(seen), escape(item)));
            }
        }
    }
    let case = change.cases[0].case;
    if let Some(error) = &case.error {
        line(out, format_args!("  - ended early: {}", escape(&error.what)));
    }
    line(out, format_args!("  - smallest case: {}", code(&comparison.new.run.command_for(case))));
}

fn write_cases(out: &mut String, title: &str, cases: &[&CaseLine]) {
    if !cases.is_empty() {
        line(out, format_args!("\n### {title}: {}\n\n{}", cases.len(), escape(&wording::some_cases(cases))));
    }
}
