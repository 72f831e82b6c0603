use atm_suite::cases::Verdict;
use maud::{Markup, html as markup};

use crate::conformance::summary::Row;
use crate::conformance::wording;

/// What a cell is about, as the filter knows it.
pub(super) fn name(row: &Row<'_>) -> &'static str {
    row.verdict().map_or("untested", Verdict::name)
}

/// A verdict as word and shape.
pub(super) fn verdict(verdict: Option<Verdict>) -> Markup {
    let name = verdict.map_or("untested", Verdict::name);
    let shape = verdict.map_or(wording::UNTESTED_SHAPE, wording::shape);
    markup! {
        span.verdict.(name) { span.shape aria-hidden="true" { (shape) } (name) }
    }
}

/// The name of a detail, which a URL can lead to.
pub(super) fn anchor(key: &str, requirement: &str) -> String {
    format!("{key}/{requirement}")
}
