//! What happened in the run of one scenario: as text for people, as JSON, as JSON lines, and as a trace.

mod json;
mod jsonl;
mod played;
mod steps;
mod story;
mod style;
#[cfg(test)]
mod tests;
mod text;
mod trace;

pub use json::{JsonReport, report};
pub use jsonl::JsonLines;
pub use played::{PlayedScenario, PlayingScenario};
pub use steps::describe_step;
pub use story::{Story, said};
pub use text::{write_summary, write_verdict};
pub use trace::TraceLines;
