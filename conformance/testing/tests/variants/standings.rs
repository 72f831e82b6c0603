//! The current results of all variants. The table must be exact, so that losses and progress are both noticed.

use std::collections::BTreeMap;

use atm_testing::{broken, lawful_variants};

const TABLE: &str = include_str!("standings.txt");

/// The mistake is found under the requirement that it breaks.
pub(crate) const FOUND: &str = "found";

/// The mistake is not found yet.
pub(crate) const NOT_FOUND: &str = "not found yet";

/// Nothing is found in a lawful variant.
pub(crate) const PASSES: &str = "passes";

/// The mistake is found under another requirement.
pub(crate) fn found_as(id: &str) -> String {
    format!("found as {id}")
}

/// Something is found in a lawful variant.
pub(crate) fn failed_unfairly(id: &str) -> String {
    format!("failed unfairly by {id}")
}

/// The first id that belongs to a specification, or else the first id.
pub(crate) fn first_of_a_specification<'a>(ids: &[&'a str]) -> Option<&'a str> {
    ids.iter().find(|id| !id.starts_with("atm/")).or(ids.first()).copied()
}

/// The results of a variant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// The result of the suite.
    pub(crate) suite: String,
    /// The result of fuzzing.
    pub(crate) fuzzing: String,
}

fn lines() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The table by the names of the variants.
pub(crate) fn standings() -> BTreeMap<String, Standing> {
    let standing = |line: &str| {
        let [name, suite, fuzzing] = line.split(" | ").map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("not a line of the table: {line}");
        };
        (name.to_owned(), Standing { suite: suite.to_owned(), fuzzing: fuzzing.to_owned() })
    };
    lines().map(standing).collect()
}

/// Whether all variants are tried. Without `ATM_SEEDS` only a sample is tried.
pub(crate) fn tries_all() -> bool {
    std::env::var_os("ATM_SEEDS").is_some()
}

/// All variants, or every `size`-th one.
pub(crate) fn sample<T>(variants: impl Iterator<Item = T>, size: usize) -> Vec<T> {
    variants.step_by(if tries_all() { 1 } else { size }).collect()
}

#[test]
fn each_variant_stands_in_the_table() {
    let mut names: Vec<&str> = broken().map(|broken| broken.name).collect();
    names.extend(lawful_variants().map(|lawful| lawful.name));
    names.sort_unstable();
    let table = standings();
    let missing: Vec<&&str> = names.iter().filter(|name| !table.contains_key(**name)).collect();
    assert!(missing.is_empty(), "standings.txt has no line for {missing:?}");
    let listed: Vec<&str> = lines().filter_map(|line| line.split(" | ").next()).collect();
    assert_eq!(listed, names, "lines are sorted by name, and none stands twice");
}
