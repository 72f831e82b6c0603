//! Adapters as processes: their input and output, and the guarantee that none outlives the run.

mod adapter_process;
mod command_line;
mod family;
mod host;
mod lines;
pub mod running;

pub use adapter_process::PATIENCE;
pub(crate) use adapter_process::Process;
pub use command_line::{BadCommandLine, CommandLine};
pub use lines::MAX_LINE_BYTES;
