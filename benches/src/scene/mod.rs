//! The measured scenes, ready to be played repeatedly.

mod clique;
mod new_device;
mod readme;
mod ready_world;
mod single;
mod town;
mod written;

pub use clique::Clique;
pub use new_device::NewDevice;
pub use readme::Readme;
pub use ready_world::{PlayedWorld, ReadyWorld};
pub use single::{Single, Store};
pub use town::{AuthenticatedKeys, Town, remember_part};
pub use written::Written;
