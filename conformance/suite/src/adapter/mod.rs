//! Other implementations, behind a program that speaks the protocol of `ADAPTERS.md`.
//!
//! [`AdapterEndpoint`] lets a device of an adapter take part in a world. [`serve`] offers the reference engine as an
//! adapter.

pub mod check;
mod commands;
mod endpoint;
mod implementation;
mod serve;

pub(crate) use commands::CommandWriter;
pub use endpoint::AdapterEndpoint;
pub use implementation::Adapter;
pub use serve::serve;
pub(crate) use serve::{hello, written_stanza};
