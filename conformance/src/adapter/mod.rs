//! Other people's implementations, behind a program that speaks the protocol of `ADAPTERS.md`.
//!
//! A [`Session`] is the conversation with one process; [`AdapterEndpoint`] lets one of its devices take part in a
//! world. What goes wrong is a [`Trouble`], told to the author of the adapter.

mod answer;
pub mod check;
mod ending;
mod endpoint;
mod flaw;
mod implementation;
mod names;
mod outgoing;
mod process;
pub mod protocol;
mod recording;
mod replay;
pub mod schema;
mod serve;
mod session;
mod trouble;
mod wire;

pub use answer::Answer;
pub use ending::Ending;
pub use endpoint::AdapterEndpoint;
pub use flaw::Flaw;
pub use implementation::{Adapter, CaseLog};
pub use outgoing::{Letter, read_letter};
pub use process::{BadCommandLine, CommandLine, MAX_LINE_BYTES};
pub use recording::{Exchange, RecordedCase};
pub use replay::{NotReplayable, Replay};
pub use serve::serve;
pub use session::{AdapterSpec, Session};
pub use trouble::Trouble;
pub(crate) use trouble::quoted;
pub use wire::Wire;
