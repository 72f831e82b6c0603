//! What the commands do.

mod determinism;
mod requirements;
mod run;
mod schema;

pub(crate) use requirements::requirements;
pub(crate) use run::run;
pub(crate) use schema::schema;
