//! How large benchmarks are.

/// The environment variable that asks for the sizes that take minutes.
pub const LARGE: &str = "ATM_BENCH_LARGE";

/// `usual`, and `large` too if the environment asks for them by [`LARGE`].
#[must_use]
pub fn sizes(usual: &[usize], large: &[usize]) -> Vec<usize> {
    let large = if std::env::var_os(LARGE).is_some() { large } else { &[] };
    [usual, large].concat()
}
