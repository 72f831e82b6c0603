//! What the commands do.

mod adapter;
mod campaign;
mod conformance;
mod determinism;
mod explain;
mod explore;
mod fuzz;
mod lint;
mod merge;
mod prepare;
mod report;
mod requirements;
mod run;
mod scenarios;
mod schema;

pub(crate) use adapter::adapter;
pub(crate) use conformance::conformance;
pub(crate) use explain::explain;
pub(crate) use explore::explore;
pub(crate) use fuzz::fuzz;
pub(crate) use lint::lint;
pub(crate) use report::{report, write_reports};
pub(crate) use requirements::requirements;
pub(crate) use run::run;
pub(crate) use schema::schema;
