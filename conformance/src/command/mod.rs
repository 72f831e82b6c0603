//! What the commands do.

mod adapter;
mod conformance;
mod determinism;
mod requirements;
mod run;
mod schema;

pub(crate) use adapter::adapter;
pub(crate) use conformance::conformance;
pub(crate) use requirements::requirements;
pub(crate) use run::run;
pub(crate) use schema::schema;
