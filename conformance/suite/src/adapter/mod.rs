//! Other implementations, behind a program that speaks the protocol of `ADAPTERS.md`.
//!
//! [`AdapterEndpoint`] lets a device of an adapter take part in a world. [`serve`] offers the reference engine as an
//! adapter.

pub mod check;
mod endpoint;
mod implementation;
mod serve;

pub use endpoint::AdapterEndpoint;
pub use implementation::Adapter;
pub use serve::serve;
