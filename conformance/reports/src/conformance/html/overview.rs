use std::cmp::Reverse;

use atm_suite::cases::Verdict;
use atm_suite::run_file::Conclusion;
use maud::{Markup, html as markup};

use super::cell;
use crate::conformance::matrix::{Matrix, MatrixColumn};
use crate::conformance::summary::{CaseJudgement, RequirementTally, Row};
use crate::conformance::wording::{self, counted};
use crate::escape::{OneLine, link};

/// How many failures are named to begin with.
const FIRST: usize = 3;

/// What each implementation comes to.
pub(super) fn overview(matrix: &Matrix<'_>) -> Markup {
    markup! {
        div.overview {
            @for column in &matrix.columns { (card(column)) }
        }
    }
}

fn card(column: &MatrixColumn<'_>) -> Markup {
    let implementation = column.column.implementation;
    let conclusion = Conclusion::of(column.column.cases.iter().copied());
    let class = match conclusion {
        Conclusion::AsExpected => "pass",
        Conclusion::Inconclusive => "inconclusive",
        Conclusion::NotAsExpected => "fail",
    };
    let RequirementTally { kept, demanded, .. } = column.column.tally();
    let run = &column.file.run;
    markup! {
        section.card {
            h2 { (column.key) }
            p.aside {
                (OneLine(&implementation.implementation)) " " (OneLine(&implementation.version))
                @if let Some(url) = implementation.url.as_deref().and_then(link) {
                    " · " a href=(url) rel="noreferrer" { "about it" }
                }
            }
            p.score { strong { (kept) } " of " (counted(demanded, "demanded requirement")) " kept " span.aside { "(" (wording::scope(&column.column)) ")" } }
            meter min="0" max=(demanded.max(1)) value=(kept) aria-hidden="true" {}
            p { span.verdict.(class) { (conclusion.name()) } " " (wording::remainder(&column.column)) }
            (first_failures(column))
            details {
                summary { (counted(column.column.cases.len(), "case")) ", suite " (run.suite) }
                p {
                    "The other devices of each case were the reference engine, which announced by "
                    em { (atm_suite::rule_name(&run.announcement)) } " and decided by "
                    em { (atm_suite::rule_name(&run.conflict)) } "; seed " (run.seed) "."
                }
                pre { code { (run.command) } }
            }
        }
    }
}

/// The failures to begin with: those that the smallest runs show, of these the ones that most cases show.
fn first_failures(column: &MatrixColumn<'_>) -> Markup {
    let is_failure = |verdict: &Verdict| Conclusion::from(*verdict) == Conclusion::NotAsExpected;
    let failed = Verdict::ALL.into_iter().filter(is_failure);
    let causes = failed.flat_map(|verdict| column.column.causes(verdict));
    let mut failures: Vec<_> = causes.filter_map(|(row, _)| Some((row, row.smallest()?))).collect();
    failures.sort_by_key(|(row, told)| {
        (told.case.steps, Reverse(row.verdict().map(|verdict| row.counts[&verdict])))
    });
    failures.truncate(FIRST);
    let observed = failures.iter().flat_map(|(_, told)| wording::contradictions(*told));
    let observed = observed.flat_map(|seen| &seen.observed).map(String::as_str);
    markup! {
        @if !failures.is_empty() {
            h3 { "Begin with" }
            ul.first {
                @for (row, told) in &failures { (first_failure(column, row, *told)) }
            }
            @if let Some(note) = wording::policy_note(observed) { p.aside { (note) } }
        }
    }
}

fn first_failure(column: &MatrixColumn<'_>, row: &Row<'_>, told: CaseJudgement<'_>) -> Markup {
    let broken = wording::contradictions(told).next();
    markup! {
        li {
            a href={ "#" (cell::anchor(&column.key, row.id)) } { (row.id) }
            @if let Some(requirement) = row.requirement { ": " (requirement.summary) }
            " "
            span.aside {
                @if let Some(verdict) = row.verdict() { "(" (wording::meaning(verdict)) ", " (wording::share(row)) ") " }
                "A run of " (counted(told.case.steps, "step")) " shows it:"
            }
            @match (broken, &told.case.error) {
                (Some(seen), _) => {
                    " " (wording::moment(seen)) ", expected " em { (seen.expected) } ", observed " em { (seen.observed.join("; ")) }
                }
                (None, Some(error)) => { " " (error.what) }
                (None, None) => "",
            }
        }
    }
}
