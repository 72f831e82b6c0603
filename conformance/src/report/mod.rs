//! What a run looks like outside.

mod json;
mod jsonl;
mod mistakes;
mod steps;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use json::report;
pub(crate) use jsonl::write_jsonl;
pub(crate) use mistakes::{complain, print_mistakes};
pub(crate) use text::{write_story, write_summary, write_verdict};
