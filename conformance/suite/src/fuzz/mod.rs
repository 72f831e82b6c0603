//! Searches for scenarios that break something. The scenarios are random, each drawn from a seed.
//!
//! A [`Target`] tries one seed. A [`Campaign`] tries many with several workers; its result does not depend on their
//! number. The reference engine is checked against the invariants ([`EngineTarget`]), another implementation against
//! the [monitor](crate::monitor) ([`ImplementationTarget`]).

mod campaign;
mod case_finding;
mod completeness;
mod engine;
mod expected;
mod fuzz_finding;
mod implementation;
mod known;
mod panics;
mod report;
mod seeds;
mod target;
#[cfg(test)]
mod written;

pub use crate::coverage::{Coverage, CoverageCount, CoverageRule, Exercised};
pub use campaign::{Campaign, CampaignProgress, Director, SUSPECTS_OF_A_CAUSE};
pub use completeness::RequiredParts;
pub use engine::EngineTarget;
pub use fuzz_finding::{Demonstration, FuzzFinding, Shown};
pub use implementation::ImplementationTarget;
pub use known::{Known, KnownCount, KnownExample};
#[cfg(feature = "schema")]
pub use report::schema;
pub use report::{
    BadReport, FUZZ_FORMAT, FuzzReport, NotMerged, SCHEMA, Size, Suspected, TargetDescription, Tried,
};
pub use seeds::{BadPartition, BadSeeds, Partition, Seeds};
pub use target::{Attempt, Attribution, Suspect, Target};
