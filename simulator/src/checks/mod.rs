//! Whether what a scenario expects is true.

mod check;
mod evidence;
mod log;

pub use check::{Check, Conduct, Contradiction};
pub(crate) use evidence::Evidence;
pub(crate) use log::{Log, LogPosition, Since};

pub use crate::expectations::{Class, Expected};
