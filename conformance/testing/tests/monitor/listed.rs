//! What the monitor does not see yet, and what it fails though it is lawful.

/// Mistakes that are not found yet, with reasons.
pub(crate) const NOT_FOUND: &str = include_str!("not-found.txt");

/// Lawful variants that are failed unfairly, with the requirements.
pub(crate) const FAILED_UNFAIRLY: &str = include_str!("failed-unfairly.txt");

/// Whether a list has a line for a variant.
pub(crate) fn is_listed(list: &str, name: &str) -> bool {
    list.lines().any(|line| line.split_once(": ").is_some_and(|(listed, _)| listed == name))
}
