//! What is measured, ready to be played again and again.

mod clique;
mod new_device;
mod population;
mod readme;
mod simulated;
mod single;
mod whole_world;
mod written;

pub use clique::Clique;
pub use new_device::NewDevice;
pub use population::{CodeScan, Population};
pub use readme::Readme;
pub use simulated::{Over, Ready, Simulated, Watching};
pub use single::{Single, Store};
pub use whole_world::{WholeWorld, WholeWorldResult};
pub use written::Written;
