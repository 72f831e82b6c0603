//! Tests implementations: creates the cases, plays them, and judges requirements by the results.

mod case;
mod consequences;
mod diagnosis;
mod examined;
mod expectations;
mod implementation;
mod judge;
mod play;
mod variations;
mod verdict;
mod workers;

pub use case::{Case, LineUp, LoadedScenario, NotCast, Role, cases, hostable};
pub use diagnosis::{Diagnosis, Fault};
pub use examined::Examined;
pub(crate) use examined::Written;
pub use expectations::{
    BadExpectations, EXPECTATIONS_FORMAT, Expectation, Expectations, ExpectedOutcome, PlayedExtent,
    UNEXPLAINED,
};
pub use implementation::{CaseLog, Engine, Implementation, Scene};
pub use judge::{CaseResult, ExpectationResult, Judgement};
pub(crate) use play::play_with_row;
pub use play::{demanded, play};
pub use variations::play_with_variations;
pub(crate) use variations::{Trial, VariedResult, can_differ};
pub use verdict::Verdict;
pub use workers::{Watch, play_all};
