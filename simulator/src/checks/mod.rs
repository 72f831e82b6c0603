//! Whether what a scenario expects is true.

mod check;
mod evidence;

pub use check::Check;
pub use evidence::Evidence;

pub use crate::expectations::{Class, Expected};
