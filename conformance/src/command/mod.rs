//! What the commands do.

mod determinism;
mod run;
mod schema;

pub(crate) use run::run;
pub(crate) use schema::schema;
