//! What happened in the run of one scenario: as text for people, as JSON, as JSON lines, and as a trace.

mod json;
mod jsonl;
mod played;
mod steps;
#[cfg(test)]
mod tests;
mod text;
mod trace;

pub use json::{JsonReport, report};
pub use jsonl::write_jsonl;
pub use played::PlayedScenario;
pub use steps::describe_step;
pub use text::{said, write_story, write_summary, write_verdict};
pub use trace::write_trace;
