use atm_suite::cases::Verdict;
use atm_suite::run_file::{Conclusion, ErrorLine};
use maud::{Markup, html as markup};

use super::cell;
use super::picture::PagePictures;
use crate::conformance::matrix::{Matrix, MatrixColumn};
use crate::conformance::summary::{CaseJudgement, Row};
use crate::conformance::wording::{self, counted};

/// The most other cases that are listed.
const OTHERS: usize = 30;

/// The details of all cells: one article for each implementation and requirement.
pub(super) fn details(matrix: &Matrix<'_>, pictures: &PagePictures<'_>) -> Markup {
    markup! {
        @for column in &matrix.columns {
            @for row in &column.column.rows { (detail(column, row, pictures)) }
        }
    }
}

fn detail(column: &MatrixColumn<'_>, row: &Row<'_>, pictures: &PagePictures<'_>) -> Markup {
    // The printed page leaves out everything that needs no attention.
    let notable = row.verdict().is_some_and(|verdict| {
        Conclusion::from(verdict) != Conclusion::AsExpected
            || matches!(verdict, Verdict::Advice | Verdict::ExpectedFail)
    });
    markup! {
        article id=(cell::anchor(&column.key, row.id)) .notable[notable] {
            h2 { (row.id) }
            p {
                (cell::verdict(row.verdict())) " " strong { (column.key) } " · "
                @match row.verdict() {
                    Some(verdict) => { (wording::meaning(verdict)) ", " (wording::share(row)) }
                    None => (wording::why_untested(&column.column, row)),
                }
            }
            @if let Some(requirement) = row.requirement {
                p.summary { (requirement.summary) }
                p.aside {
                    (wording::standing(row)) " · "
                    @if let Some(link) = wording::link(row.requirement) {
                        a href=(link) rel="noreferrer" { "read it in " (wording::document(row.document())) }
                    } @else { (wording::document(row.document())) }
                }
            }
            @if let Some(reason) = row.reason() { p.reason { strong { "Why it is expected to fail: " } (reason) } }
            @match row.smallest() {
                Some(told) => (smallest(column, row, told, pictures)),
                None if row.verdict().is_some() => p { "Nothing was found in any message that was sent." },
                None => "",
            }
        }
    }
}

fn smallest(
    column: &MatrixColumn<'_>,
    row: &Row<'_>,
    told: CaseJudgement<'_>,
    pictures: &PagePictures<'_>,
) -> Markup {
    let case = told.case;
    let command = column.file.run.command_for_failure(case, told.judgement);
    markup! {
        h3 { "The smallest run that shows it" }
        p {
            q { (case.title) } " · " code { (case.case) } " · " (counted(case.steps, "step"))
        }
        @if let Some(error) = told.case.error.as_ref().filter(|_| told.judgement.seen.is_empty() || row.verdict() == Some(Verdict::Error)) {
            (broken_off(error))
        }
        (seen(told))
        p.command { "To repeat it: " }
        pre { code { (command) } }
        @if let Some(picture) = pictures.number(column, &case.case) {
            div.pictures data-picture=(picture) {}
        }
        @if row.told.len() > 1 { (others(row)) }
    }
}

fn broken_off(error: &ErrorLine) -> Markup {
    markup! {
        pre.trouble { (error.what) }
        @if let Some(mistake) = &error.likely_mistake { p { strong { "Likely mistake: " } (mistake) } }
    }
}

/// The expectations of a case: first the contradicted ones with their differences, then those that hold.
fn seen(told: CaseJudgement<'_>) -> Markup {
    let broken = wording::differences(told);
    let kept: Vec<_> = told.judgement.seen.iter().filter(|seen| seen.observed.is_empty()).collect();
    markup! {
        @if !broken.is_empty() {
            dl.broken {
                @for (position, (seen, difference)) in broken.iter().enumerate() {
                    @if position == 0 || wording::moment(broken[position - 1].0) != wording::moment(seen) {
                        dt { (wording::moment(seen)) }
                    }
                    dd { span.part { "expected" } (seen.expected) }
                    @for (name, items) in difference.parts() {
                        @for item in items { dd.difference { span.part { (name) } (item) } }
                    }
                }
            }
            @if let Some(note) = wording::policy_note(broken.iter().flat_map(|(seen, _)| &seen.observed).map(String::as_str)) {
                p.aside { (note) }
            }
        }
        @if !kept.is_empty() {
            details open[broken.is_empty()] {
                summary { (counted(kept.len(), "expectation")) " that " (if kept.len() == 1 { "holds" } else { "hold" }) }
                ul { @for seen in &kept { li { span.aside { (wording::moment(seen)) ": " } (seen.expected) } } }
            }
        }
    }
}

fn others(row: &Row<'_>) -> Markup {
    let others = &row.told[1..];
    markup! {
        details {
            summary { "Other cases: " (others.len()) }
            ul.cases {
                @for told in others.iter().take(OTHERS) {
                    li { (cell::verdict(Some(told.judgement.verdict))) " " code { (told.case.case) } }
                }
                @if others.len() > OTHERS { li { "and " (others.len() - OTHERS) " more" } }
            }
        }
    }
}
