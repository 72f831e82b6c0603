use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::target::Attribution;

/// The value of [`Known::by`] for an entry of the expectations file.
pub(super) const EXPECTATIONS: &str = "expectations";

/// A known failure, which is no finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The attribution.
    pub cause: Attribution,
    /// The explanation: a kind of hazard, a scenario of the library, or the expectations file.
    pub by: String,
}

/// The number of scenarios with a known failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct KnownCount {
    /// The attribution of the failure.
    pub cause: Attribution,
    /// The explanation: `restated-trust` and `wrong-clock` are hazards of the protocol, `hazards/...` is a scenario of
    /// this project that shows the same failure, and `expectations` is the given file.
    pub by: String,
    /// The number of scenarios.
    pub scenarios: u64,
}

/// The number of scenarios with each known failure.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownCounts(BTreeMap<Known, u64>);

impl KnownCounts {
    pub(super) fn of(counts: Vec<KnownCount>) -> Self {
        let mut all = Self::default();
        for KnownCount { cause, by, scenarios } in counts {
            all.add(Known { cause, by }, scenarios);
        }
        all
    }

    pub(super) fn add(&mut self, known: Known, scenarios: u64) {
        *self.0.entry(known).or_default() += scenarios;
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (known, scenarios) in other.0 {
            self.add(known, scenarios);
        }
    }

    /// The counts, ordered by attribution.
    pub(super) fn counts(self) -> Vec<KnownCount> {
        let counts = self.0.into_iter();
        counts.map(|(Known { cause, by }, scenarios)| KnownCount { cause, by, scenarios }).collect()
    }
}
