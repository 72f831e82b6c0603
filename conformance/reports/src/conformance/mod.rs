//! Reports of a run of the suite. All of them are written from its run file.

mod badge;
mod change_wording;
mod comparison;
mod difference;
mod html;
mod issue;
mod junit;
mod markdown;
mod matrix;
mod picture;
mod summary;
mod terminal;
mod trend;
mod wording;

pub use badge::{badge, badge_json};
pub use comparison::{CaseChange, Change, ChangeKind, Changes, Comparison};
pub use difference::Difference;
pub use html::{html, html_comparison, html_trend};
pub use issue::{Issue, IssueError, issues};
pub use junit::junit;
pub use markdown::{markdown, markdown_comparison, markdown_trend};
pub use picture::pictures;
pub use summary::{
    CaseJudgement, Column, Explanation, FailureGroup, RequirementTally, Row, RunSummary, VerdictCounts,
};
pub use terminal::{Detail, write_comparison, write_terminal, write_trend};
pub use trend::{Trend, TrendLine};
