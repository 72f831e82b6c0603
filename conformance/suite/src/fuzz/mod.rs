//! Searches for scenarios that break something: random ones, each drawn from a seed.
//!
//! A [`Subject`] tries one seed; a [`Campaign`] tries many, with many workers, and gives the same result for any number
//! of them. The reference engine is held to the promises of the protocol ([`EngineSubject`]), another implementation to
//! what the specifications fix about a random scenario ([`ImplementationSubject`], [`fixed`]).

mod campaign;
mod counterexample;
mod coverage;
mod engine;
pub mod fixed;
mod implementation;
mod panics;
mod paring;
mod report;
mod seeds;
mod sighting;
mod subject;
#[cfg(test)]
mod written;

pub use campaign::{Campaign, Director, Progress, SUSPECTS_OF_A_CAUSE};
pub use counterexample::{Counterexample, Shown, Sight};
pub use coverage::{Count, Coverage, Exercised, Rule};
pub use engine::EngineSubject;
pub use implementation::ImplementationSubject;
#[cfg(feature = "schema")]
pub use report::schema;
pub use report::{BadReport, FUZZ_FORMAT, FuzzReport, NotMerged, SCHEMA, Size, Suspected, Tried};
pub use seeds::{BadPartition, BadSeeds, Partition, Seeds};
pub use subject::{Attempt, Cause, Subject, Suspect};
