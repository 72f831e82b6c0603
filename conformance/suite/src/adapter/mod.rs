//! Other people's implementations, behind a program that speaks the protocol of `ADAPTERS.md`.
//!
//! [`AdapterEndpoint`] lets a device of an adapter take part in a world, and [`serve`] puts the reference engine behind
//! the protocol.

pub mod check;
mod endpoint;
mod implementation;
mod names;
mod outgoing;
mod serve;
mod wire;

pub use endpoint::AdapterEndpoint;
pub use implementation::{Adapter, CaseLog};
pub use outgoing::{Letter, read_letter};
pub use serve::serve;
pub use wire::Wire;
