use atm_suite::cases::Verdict;
use maud::{Markup, html as markup};

use crate::conformance::summary::Row;
use crate::conformance::wording;

/// The value of a cell that the filter compares.
pub(super) fn name(row: &Row<'_>) -> &'static str {
    row.verdict().map_or("untested", Verdict::name)
}

/// A verdict as a shape and a word.
pub(super) fn verdict(verdict: Option<Verdict>) -> Markup {
    let name = verdict.map_or("untested", Verdict::name);
    let shape = verdict.map_or(wording::UNTESTED_SHAPE, wording::shape);
    markup! {
        span.verdict.(name) { span.shape aria-hidden="true" { (shape) } (name) }
    }
}

/// The fragment of the URL that leads to a detail.
pub(super) fn anchor(key: &str, requirement: &str) -> String {
    format!("{key}/{requirement}")
}
