//! Whether what a scenario expects is true.

mod check;
mod demand;
mod evidence;
mod expected;
mod summary;

pub use check::{Check, Class};
pub use evidence::Evidence;
pub use expected::Expected;
