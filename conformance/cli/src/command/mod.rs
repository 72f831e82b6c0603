//! The commands: one file for each.

mod adapter;
mod campaign;
mod check;
mod comparison;
mod conformance;
mod determinism;
mod explain;
mod explore;
mod findings;
mod fuzz;
mod interop;
mod issue;
mod lint;
mod list;
mod merge;
mod populations;
mod prepare;
mod report;
mod requirements;
mod run;
mod run_file;
mod scenarios;
mod schema;
mod serve;
mod shell;
mod skeleton;
mod vectors;

use atm_adapter_protocol::{AdapterError, AdapterSpec, CommandLine};
use atm_reports::mistakes::Complaint;

use crate::arguments::AdapterLimitArgs;

pub(crate) use adapter::adapter;
pub(crate) use check::check;
pub(crate) use conformance::conformance;
pub(crate) use explain::explain;
pub(crate) use explore::explore;
pub(crate) use findings::measure_findings;
pub(crate) use fuzz::fuzz;
pub(crate) use interop::interop;
pub(crate) use lint::lint;
pub(crate) use list::list;
pub(crate) use report::{report, write_reports};
pub(crate) use requirements::requirements;
pub(crate) use run::run;
pub(crate) use schema::schema;
pub(crate) use shell::{completions, man};
pub(crate) use vectors::vectors;

/// The command and the limits of an adapter.
fn adapter_spec(command: &CommandLine, limits: AdapterLimitArgs) -> AdapterSpec {
    AdapterSpec { command: command.clone(), start_limit: limits.start(), limit: limits.answer() }
}

/// The complaint about an adapter that fails before it answers `hello`.
fn not_ready(adapter: &str, error: &AdapterError) -> Complaint {
    Complaint::of_lines(error)
        .of(format_args!("the adapter `{adapter}`"))
        .with(error.likely_mistake().map(|mistake| format!("likely: {mistake}")))
        .with(["`atm adapter check` walks through the protocol with it"])
}
