//! The mutants of the engine's rules and the requirements that catch them. They measure how well requirements are
//! tested.

use super::Requirement;

/// The mutants of the engine's rules: name, result and reason. `conformance/testing/examples/mutants` writes the first
/// two.
const TABLE: &str = include_str!("mutants.tsv");

/// A small change of the engine's rules, with the requirements that catch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The place and the kind of the change.
    pub name: &'static str,
    result: &'static str,
    /// The reason why it may survive.
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

    /// Whether nothing catches the mutant.
    #[must_use]
    pub fn survives(self) -> bool {
        self.result == "survives"
    }

    /// Whether the mutant compiles.
    #[must_use]
    pub fn is_built(self) -> bool {
        self.result != "not built"
    }

    /// The ids of the requirements that the mutant breaks in scenarios.
    pub fn breaks(self) -> impl Iterator<Item = &'static str> {
        self.result.split(", ").filter(|result| result.contains('/'))
    }
}

impl Requirement {
    /// The number of mutants of the engine's rules that scenarios of this requirement catch.
    #[must_use]
    pub fn mutants(&self) -> usize {
        Mutant::all().filter(|mutant| mutant.breaks().any(|id| id == self.id)).count()
    }
}
