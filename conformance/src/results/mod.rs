//! What came of a run of the suite: the run file, and the reports that are written from it.

mod badge;
mod conclusion;
mod convert;
mod difference;
mod html;
mod junit;
mod markdown;
mod matrix;
mod picture;
mod run_file;
mod summary;
mod terminal;
mod wording;

pub use badge::{badge, badge_json};
pub use conclusion::Conclusion;
pub use difference::Difference;
pub use html::html;
pub use junit::junit;
pub use markdown::markdown;
pub use picture::pictures;
pub use run_file::{
    CaseLine, EndLine, ExpectationLine, Host, ImplementationLine, JudgementLine, Line, PictureLine,
    RUN_FORMAT, RunFile, RunFileError, RunLine, TroubleLine, schema,
};
pub use summary::{Column, Counts, Row, Summary, Tally, Told};
pub use terminal::{Detail, write_terminal};
