//! Implementations of ATM that test the conformance suite: such that are wrong in one way each, which have to fail by the
//! requirement that they break, and such that differ only in what the specifications leave open, which have to pass.
//!
//! They are made of the naive model that the engine is compared with, so the suite sees two implementations that were
//! written apart.

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
