use atm_suite::cases::Verdict;
use atm_suite::requirements::Obligation;
use maud::{Markup, html as markup};

use crate::conformance::matrix::{Matrix, MatrixLine};
use crate::conformance::wording;

const LEVELS: [Obligation; 6] = [
    Obligation::Must,
    Obligation::Should,
    Obligation::Recommended,
    Obligation::May,
    Obligation::Derived,
    Obligation::Ours,
];

/// The rows that the table shows at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// All of them.
    All,
    /// Only those in which the columns differ.
    Differences,
}

/// The form that filters the table. It offers only values that occur.
pub(super) fn filter(matrix: &Matrix<'_>, shown: Shown) -> Markup {
    let rows = || matrix.columns.iter().flat_map(|column| &column.column.rows);
    let verdicts =
        Verdict::ALL.into_iter().rev().filter(|verdict| rows().any(|row| row.verdict() == Some(*verdict)));
    let lines = || matrix.groups.iter().flat_map(|group| &group.lines);
    let has = |level: Obligation| {
        move |line: &MatrixLine<'_>| line.requirement.is_some_and(|known| known.level == level)
    };
    let levels = LEVELS.into_iter().filter(|level| lines().any(has(*level)));
    markup! {
        form.filter role="search" {
            label { "Search" input name="text" type="search" placeholder="id or words" autocomplete="off"; }
            label {
                "Verdict"
                select name="verdict" {
                    option value="" { "all" }
                    option value="fail xpass error inconclusive" { "not as expected" }
                    @for verdict in verdicts {
                        option value=(verdict.name()) { (wording::shape(verdict)) " " (verdict.name()) ": " (wording::meaning(verdict)) }
                    }
                    @if rows().any(|row| row.verdict().is_none()) {
                        option value="untested" { (wording::UNTESTED_SHAPE) " untested: no case says anything" }
                    }
                }
            }
            label {
                "Obligation"
                select name="level" {
                    option value="" { "all" }
                    @for level in levels { option { (level) } }
                }
            }
            label {
                "Document"
                select name="document" {
                    option value="" { "all" }
                    @for group in &matrix.groups { option { (wording::document(group.document)) } }
                }
            }
            label hidden[matrix.columns.len() < 2] {
                "Differences"
                select name="change" {
                    option value="" { "all" }
                    option value="differs" selected[shown == Shown::Differences] { "only what differs" }
                }
            }
            output aria-live="polite" {}
        }
    }
}
