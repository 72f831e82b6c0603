//! The conformance suite for Automatic Trust Management (XEP-0450): the requirements of the specifications, the
//! scenarios that test them, and the judgement of implementations.

pub mod adapter;
pub mod cases;
mod coverage;
pub mod findings;
pub mod fuzz;
mod glob;
pub mod interop;
pub mod json;
mod layer;
pub mod library;
pub mod logs;
pub mod messages;
pub mod monitor;
mod names;
pub mod requirements;
pub mod run_file;
pub mod selection;
pub mod variations;
pub mod vectors;

pub use layer::{Happening, Layer, Layered};
pub use names::{rule_name, step_number};
