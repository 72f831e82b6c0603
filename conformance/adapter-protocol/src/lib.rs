//! The protocol between `atm` and the adapters of other implementations: the types for `ADAPTERS.md`.
//!
//! A [`Session`] is the conversation with one process. An [`AdapterError`] tells the author of the adapter what is
//! wrong.

mod answer;
mod clipping;
mod ending;
mod error;
mod one_line;
mod process;
pub mod protocol;
mod recording;
mod replay;
#[cfg(feature = "schema")]
pub mod schema;
mod session;
mod violation;

pub use answer::Answer;
pub use ending::Ending;
pub use error::{AdapterError, quoted};
pub use one_line::{OneLine, acts_on_terminals};
pub use process::{BadCommandLine, CommandLine, MAX_LINE_BYTES, PATIENCE, running};
pub use recording::{Exchange, RecordedCase};
pub use replay::{NotReplayable, Replay};
pub use session::{AdapterSpec, Session};
pub use violation::ProtocolViolation;
