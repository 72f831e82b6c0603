use std::cmp::Reverse;

use atm_suite::run_file::Conclusion;
use maud::{Markup, html as markup};

use super::cell;
use crate::conformance::matrix::{Matrix, MatrixColumn, MatrixGroup, MatrixLine};
use crate::conformance::wording;

/// The table of requirements by implementation.
pub(super) fn table(matrix: &Matrix<'_>) -> Markup {
    markup! {
        table.matrix {
            caption.hidden { "Requirements and what each implementation does with them" }
            thead {
                tr {
                    th scope="col" { "Requirement" }
                    th scope="col" { "Level" }
                    @for column in &matrix.columns { th scope="col" { (column.key) } }
                }
            }
            @for group in &matrix.groups { (rows(&matrix.columns, group)) }
        }
        p.nothing hidden { "No requirement is like that." }
    }
}

fn rows(columns: &[MatrixColumn<'_>], group: &MatrixGroup<'_>) -> Markup {
    let title = group
        .document
        .map_or("Unknown to this version of the suite".to_owned(), |document| document.to_string());
    markup! {
        tbody data-document=(wording::document(group.document)) {
            tr.document { th colspan=(columns.len() + 2) scope="rowgroup" { (title) } }
            @for line in worst_first(columns, group) { (row(columns, line)) }
        }
    }
}

/// The lines of a group, the worst conclusion first; otherwise in their order.
fn worst_first<'a>(columns: &[MatrixColumn<'_>], group: &MatrixGroup<'a>) -> Vec<MatrixLine<'a>> {
    let worst = |line: &MatrixLine<'_>| {
        columns.iter().filter_map(|column| column.row(line.id)?.verdict()).map(Conclusion::from).max()
    };
    let mut lines = group.lines.clone();
    lines.sort_by_key(|line| Reverse(worst(line)));
    lines
}

fn row(columns: &[MatrixColumn<'_>], line: MatrixLine<'_>) -> Markup {
    let level = line.requirement.map_or(String::new(), |requirement| requirement.level.to_string());
    let names: Vec<_> = columns.iter().filter_map(|column| column.row(line.id)).map(cell::name).collect();
    markup! {
        tr.requirement data-level=(level) data-verdicts=(names.join(" ")) data-change=[line.differs(columns).then_some("differs")] {
            th scope="row" {
                span.id { (line.id) }
                @if let Some(requirement) = line.requirement { span.summary { (requirement.summary) } }
            }
            td.level { (level) }
            @for column in columns {
                td data-name=(column.key) {
                    @if let Some(row) = column.row(line.id) {
                        a href={ "#" (cell::anchor(&column.key, line.id)) } { (cell::verdict(row.verdict())) }
                        span.aside { (wording::besides(row)) }
                    } @else {
                        span.aside { "not selected" }
                    }
                }
            }
        }
    }
}
