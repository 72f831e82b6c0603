//! Compares a run with the expectations of its scenario.

mod check;
mod evidence;
mod log;

pub use check::{Check, Conduct, Contradiction};
pub(crate) use evidence::Evidence;
pub(crate) use log::{Log, LogPosition, Since};

pub use crate::expectations::{Class, Expected, Holds};
