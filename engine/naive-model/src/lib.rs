//! A second engine for Automatic Trust Management (XEP-0450), written from the rules in the simplest way there is.
//!
//! The tests of this crate hold `atm-engine` to it: both get the same inputs and have to tell the same. With a
//! [`Quirk`] it is an implementation that makes one mistake, or uses one freedom that the specifications leave. The
//! suite is tested with those.

mod naive;
mod quirk;
mod words;

pub use naive::NaiveDevice;
pub use quirk::{AccountSide, Memory, Quirk, Repetition, StoppingPoint, TimeSide, Untold};
pub use words::{
    NaiveDecision, NaiveDistrusts, NaiveMessage, NaiveOutcome, NaiveStanza, OTHER, OURS, is_foreign, owner,
};
