//! The sizes of benchmarks.

/// The environment variable that adds the sizes that take minutes. An empty value or 0 counts as unset.
pub const LARGE: &str = "ATM_BENCH_LARGE";

/// Returns `usual`, followed by `large` if [`LARGE`] is set.
#[must_use]
pub fn sizes(usual: &[usize], large: &[usize]) -> Vec<usize> {
    let asked = std::env::var_os(LARGE).is_some_and(|value| !value.is_empty() && value != "0");
    let large = if asked { large } else { &[] };
    [usual, large].concat()
}
