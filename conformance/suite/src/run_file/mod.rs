//! The result of a run of the suite, as a file.

mod conclusion;
mod convert;
mod file;

pub use conclusion::Conclusion;
#[cfg(feature = "schema")]
pub use file::schema;
pub use file::{
    CaseLine, EndLine, ErrorLine, ExpectationLine, HostLine, ImplementationLine, JudgementLine, Line,
    PictureLine, RUN_FORMAT, RunFile, RunFileError, RunLine, SCHEMA,
};
