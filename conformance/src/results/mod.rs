//! What came of a run of the suite: the run file, and the reports that are written from it.

mod conclusion;
mod convert;
mod difference;
mod picture;
mod run_file;
mod summary;
mod terminal;
mod wording;

pub use conclusion::Conclusion;
pub use difference::Difference;
pub use picture::pictures;
pub use run_file::{
    CaseLine, EndLine, ExpectationLine, Host, ImplementationLine, JudgementLine, Line, PictureLine,
    RUN_FORMAT, RunFile, RunFileError, RunLine, TroubleLine,
};
pub use summary::{Column, Counts, Row, Summary, Told};
pub use terminal::{Detail, write_terminal};
