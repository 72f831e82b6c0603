//! What came of a run of the suite: the run file, and the reports that are written from it.

mod run_file;

pub use run_file::{
    CaseLine, EndLine, ExpectationLine, Host, ImplementationLine, JudgementLine, Line, PictureLine,
    RUN_FORMAT, RunFile, RunFileError, RunLine, TroubleLine,
};
