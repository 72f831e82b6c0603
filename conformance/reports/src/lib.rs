//! Reports of `atm`, for people and for programs: of a run of a scenario, of a search, of a campaign, and of a run of
//! the suite.

pub mod campaign;
pub mod conformance;
mod document;
pub mod escape;
pub mod exploration;
pub mod findings;
pub mod interop;
pub mod logs;
pub mod mistakes;
mod numbers;
pub mod page;
pub mod pictures;
pub mod runs;
