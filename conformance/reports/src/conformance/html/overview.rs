use atm_suite::cases::Verdict;
use atm_suite::run_file::Conclusion;
use maud::{Markup, html as markup};

use super::cell;
use crate::conformance::matrix::{Matrix, MatrixColumn};
use crate::conformance::summary::{CaseJudgement, FailureGroup, RequirementTally, Row};
use crate::conformance::wording::{self, counted};
use crate::escape::{OneLine, link};

/// A card with the result of each implementation.
pub(super) fn overview(matrix: &Matrix<'_>) -> Markup {
    markup! {
        div.overview {
            @for column in &matrix.columns { (card(column)) }
        }
    }
}

fn card(column: &MatrixColumn<'_>) -> Markup {
    let implementation = column.column.implementation;
    let conclusion = column.column.conclusion();
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

/// The failures to begin with: for each likely cause the one that the smallest run shows.
fn first_failures(column: &MatrixColumn<'_>) -> Markup {
    let is_failure = |verdict: &Verdict| Conclusion::from(*verdict) == Conclusion::NotAsExpected;
    let failed = Verdict::ALL.into_iter().rev().filter(is_failure);
    let groups: Vec<_> = failed.flat_map(|verdict| column.column.by_fault(verdict)).collect();
    let observed = groups.iter().filter_map(|group| group.failures[0].0.smallest());
    let observed = observed.flat_map(wording::contradictions).flat_map(|seen| &seen.observed);
    markup! {
        @if !groups.is_empty() {
            h3 { "Begin here: likely causes, the smallest run first" }
            ul.first {
                @for group in &groups { (group_of_failures(column, group)) }
            }
            @if let Some(note) = wording::policy_note(observed.map(String::as_str)) { p.aside { (note) } }
        }
    }
}

fn group_of_failures(column: &MatrixColumn<'_>, group: &FailureGroup<'_, '_>) -> Markup {
    let (first, _) = group.failures[0];
    let others = &group.failures[1..];
    markup! {
        li {
            strong { (wording::likely_cause(&column.column, group)) } ": "
            @if let Some(told) = first.smallest() { (first_failure(column, first, told)) }
            @if !others.is_empty() {
                details {
                    summary { (counted(others.len(), "more requirement")) }
                    @for (row, _) in others {
                        p { a href={ "#" (cell::anchor(&column.key, row.id)) } { (row.id) } }
                    }
                }
            }
        }
    }
}

fn first_failure(column: &MatrixColumn<'_>, row: &Row<'_>, told: CaseJudgement<'_>) -> Markup {
    let broken = wording::contradictions(told).next();
    markup! {
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
                @if !seen.because.is_empty() { ": " (seen.because.join("; ")) }
            }
            (None, Some(error)) => { " " (error.what) }
            (None, None) => "",
        }
    }
}
