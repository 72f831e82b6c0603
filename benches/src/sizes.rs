//! How large benchmarks are.

/// The environment variable that asks for the sizes that take minutes, unless it is empty or 0.
pub const LARGE: &str = "ATM_BENCH_LARGE";

/// `usual`, and `large` too if the environment asks for them by [`LARGE`].
#[must_use]
pub fn sizes(usual: &[usize], large: &[usize]) -> Vec<usize> {
    let asked = std::env::var_os(LARGE).is_some_and(|value| !value.is_empty() && value != "0");
    let large = if asked { large } else { &[] };
    [usual, large].concat()
}
