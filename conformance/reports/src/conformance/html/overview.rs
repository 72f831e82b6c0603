use atm_suite::run_file::Conclusion;
use maud::{Markup, html as markup};

use crate::conformance::matrix::{Matrix, MatrixColumn};
use crate::conformance::summary::RequirementTally;
use crate::conformance::wording::{self, counted};
use crate::escape::{OneLine, link};

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
