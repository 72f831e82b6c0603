//! What a run looks like outside.

mod explored;
mod json;
mod jsonl;
mod mistakes;
mod steps;
#[cfg(test)]
mod tests;
mod text;
mod trace;

pub(crate) use explored::{Search, counterexample, write_searches, write_trees};
pub(crate) use json::report;
pub(crate) use jsonl::write_jsonl;
pub(crate) use mistakes::{complain, print_mistakes};
pub(crate) use steps::{describe as describe_step, number as step_number};
pub(crate) use text::{rule_name, said, write_story, write_summary, write_verdict};
pub(crate) use trace::write_trace;
