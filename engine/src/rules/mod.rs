//! The rules of XEP-0450, one file for each.

mod admission;
pub(crate) mod announcing;
pub(crate) mod applying;
pub(crate) mod conflicts;
mod discovery;
mod draft;
mod manual_decisions;
