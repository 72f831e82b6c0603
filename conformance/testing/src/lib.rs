//! Implementations of ATM that test the conformance suite. Broken variants have one mistake each and must fail the
//! requirement that they break. Lawful variants differ only where the specifications leave something open and must
//! pass.
//!
//! The variants are built on the naive model that the engine is compared with. So the suite sees two implementations
//! that were written independently.

mod broken;
mod endpoint;
mod hearing;
mod implementation;
mod lawful;
mod nicknames;
mod reading;
mod text;
mod twist;
mod variant;
mod writing;

pub use broken::{BrokenVariant, broken};
pub use implementation::VariantImplementation;
pub use lawful::{LawfulVariant, lawful_variants};
pub use variant::Variant;
