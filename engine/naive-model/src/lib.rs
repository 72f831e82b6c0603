//! A second engine for Automatic Trust Management (XEP-0450), written from the rules as simply as possible.
//!
//! The tests of this crate compare `atm-engine` with it: both get the same inputs and must give the same results. With
//! a [`Quirk`], the model becomes an implementation that makes one mistake or uses one freedom of the specifications.
//! Such implementations test the suite.

mod naive;
mod quirk;
mod words;

pub use naive::NaiveDevice;
pub use quirk::{AccountSide, Memory, Quirk, Repetition, StoppingPoint, TimeSide, Untold};
pub use words::{
    NaiveDecision, NaiveDistrusts, NaiveMessage, NaiveOutcome, NaiveStanza, OTHER, OURS, is_foreign, owner,
};
