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
    /// The device, the key and what happened, if known.
    pub observed: Option<String>,
}

impl Known {
    /// Two failures of one scenario with the same attribution and explanation count once.
    pub(super) fn kind(&self) -> (&Attribution, &str) {
        (&self.cause, &self.by)
    }
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
    /// One of the scenarios. Older reports have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<KnownExample>,
}

/// A scenario with a known failure: the one with the lowest seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct KnownExample {
    /// The seed.
    pub seed: u64,
    /// The device, the key and what happened.
    pub observed: String,
}

/// The number of scenarios with each known failure.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownCounts(BTreeMap<(Attribution, String), (u64, Option<KnownExample>)>);

impl KnownCounts {
    pub(super) fn of(counts: Vec<KnownCount>) -> Self {
        let mut all = Self::default();
        for KnownCount { cause, by, scenarios, example } in counts {
            all.add_counted((cause, by), (scenarios, example));
        }
        all
    }

    pub(super) fn add(&mut self, Known { cause, by, observed }: Known, seed: u64) {
        let example = observed.map(|observed| KnownExample { seed, observed });
        self.add_counted((cause, by), (1, example));
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (known, counted) in other.0 {
            self.add_counted(known, counted);
        }
    }

    fn add_counted(
        &mut self,
        known: (Attribution, String),
        (scenarios, example): (u64, Option<KnownExample>),
    ) {
        let (sum, first) = self.0.entry(known).or_default();
        *sum += scenarios;
        *first = first.take().into_iter().chain(example).min();
    }

    /// The counts, ordered by attribution.
    pub(super) fn counts(self) -> Vec<KnownCount> {
        let counts = self.0.into_iter();
        counts
            .map(|((cause, by), (scenarios, example))| KnownCount { cause, by, scenarios, example })
            .collect()
    }
}
