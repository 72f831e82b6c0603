//! Reports of a run of the suite, all of them written from its run file.

mod badge;
mod difference;
mod html;
mod junit;
mod markdown;
mod matrix;
mod picture;
mod summary;
mod terminal;
mod wording;

pub use badge::{badge, badge_json};
pub use difference::Difference;
pub use html::html;
pub use junit::junit;
pub use markdown::markdown;
pub use picture::pictures;
pub use summary::{CaseJudgement, Column, RequirementTally, Row, RunSummary, VerdictCounts};
pub use terminal::{Detail, write_terminal};
