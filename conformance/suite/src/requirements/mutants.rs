//! Which mutants of the engine's rules each requirement catches: a measure of how well it is tested.

use super::Requirement;

/// The mutants of the engine's rules: name, result and reason. `conformance/testing/examples/mutants` writes the first two.
const TABLE: &str = include_str!("mutants.tsv");

/// A small change of the engine's rules, and which requirements catch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Where it is and what it changes.
    pub name: &'static str,
    result: &'static str,
    /// Why it may survive.
    pub reason: Option<&'static str>,
}

impl Mutant {
    /// All mutants.
    pub fn all() -> impl Iterator<Item = Self> {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| {
            let mut columns = line.split('\t');
            Some(Self { name: columns.next()?, result: columns.next()?, reason: columns.next() })
        })
    }

    /// Whether nothing catches it.
    #[must_use]
    pub fn survives(self) -> bool {
        self.result == "survives"
    }

    /// Whether the compiler takes it.
    #[must_use]
    pub fn is_built(self) -> bool {
        self.result != "not built"
    }

    /// The requirements that scenarios show it to break.
    pub fn breaks(self) -> impl Iterator<Item = &'static str> {
        self.result.split(", ").filter(|result| result.contains('/'))
    }
}

impl Requirement {
    /// How many mutants of the engine's rules it catches in scenarios.
    #[must_use]
    pub fn mutants(&self) -> usize {
        Mutant::all().filter(|mutant| mutant.breaks().any(|id| id == self.id)).count()
    }
}
