//! The run of one scenario as text for people, as JSON, as JSON lines, and as a trace; and the result of a population.

mod json;
mod jsonl;
mod played;
mod population;
mod steps;
mod story;
mod style;
mod teller;
#[cfg(test)]
mod tests;
mod text;
mod trace;

pub use json::{JsonReport, report};
pub use jsonl::JsonLines;
pub use played::{PlayedScenario, PlayingScenario};
pub use population::{
    JsonPopulation, PlayedPopulation, population_report, write_population, write_population_verdict,
};
pub use steps::describe_step;
pub use story::Story;
pub(crate) use style::Style;
pub use teller::{Line, Teller, said};
pub(crate) use teller::{describe_policy, level_without_decision};
pub use text::{write_summary, write_verdict};
pub use trace::TraceLines;
