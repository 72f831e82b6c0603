use maud::{Markup, html as markup};

use super::cell;
use crate::conformance::change_wording as wording;
use crate::conformance::comparison::{Change, ChangeKind, Changes, Comparison};
use crate::conformance::matrix::Matrix;
use crate::conformance::trend::{HEADINGS, Trend};

/// The changes of each implementation. `matrix` has the columns of both runs, to which the ids lead.
pub(super) fn changes(comparison: &Comparison<'_>, matrix: &Matrix<'_>) -> Markup {
    markup! {
        section.changes aria-label="Changes" {
            p.aside { (wording::suites(comparison)) }
            @for changes in &comparison.changes { (of_one(changes, key(changes, matrix))) }
            @for name in &comparison.unpaired { p { "Only one of the runs tested " (name) "." } }
        }
    }
}

/// The key of the column with the later results.
fn key<'m>(changes: &Changes<'_>, matrix: &'m Matrix<'_>) -> &'m str {
    let is_new = |implementation| std::ptr::eq(implementation, changes.new.implementation);
    let mut columns = matrix.columns.iter();
    columns.find(|column| is_new(column.column.implementation)).map_or("", |column| &column.key)
}

fn of_one(changes: &Changes<'_>, key: &str) -> Markup {
    let is_worse = changes.count(ChangeKind::NewlyFailing) > 0;
    let (class, word) = if is_worse { ("fail", "regression") } else { ("pass", "no regression") };
    markup! {
        h2 { (wording::versions(changes)) }
        p { span.verdict.(class) { (word) } " " (wording::totals(changes)) }
        @for kind in [ChangeKind::NewlyFailing, ChangeKind::NewlyPassing, ChangeKind::Other] {
            @if changes.count(kind) > 0 {
                h3 { (wording::heading(kind)) }
                ul { @for change in changes.with(kind) { (item(change, key)) } }
            }
        }
        @for (title, cases) in [("Added cases", &changes.added), ("Removed cases", &changes.removed)] {
            @if !cases.is_empty() {
                details { summary { (title) ": " (cases.len()) } p { (wording::some_cases(cases)) } }
            }
        }
    }
}

fn item(change: &Change<'_>, key: &str) -> Markup {
    markup! {
        li {
            @match change.id {
                Some(id) => a href={ "#" (cell::anchor(key, id)) } { (id) },
                None => (wording::id(change)),
            }
            @if let Some(requirement) = change.requirement { ": " (requirement.summary) }
            " " span.aside { "(" (wording::verdicts(change)) ")" }
            @if let Some(now) = wording::now(change) { ", now: " em { (now) } }
        }
    }
}

/// The results of several runs as a table.
pub(super) fn trend(trend: &Trend<'_>) -> Markup {
    markup! {
        h1 { "Conformance to Automatic Trust Management " span.aside { "run by run" } }
        table.matrix {
            thead { tr { @for heading in HEADINGS { th scope="col" { (heading) } } } }
            tbody {
                @for line in &trend.lines {
                    tr { @for cell in line.cells() { td { (cell) } } }
                }
            }
        }
    }
}
