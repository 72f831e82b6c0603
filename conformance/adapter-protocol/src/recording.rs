//! Recordings of the conversation between `atm` and an adapter, so that a run can be repeated without the
//! implementation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::protocol::Command;

/// A command and its answer, without the ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The command.
    pub command: Value,
    /// The answer: `ok`, `unsupported` or `error`.
    pub answer: Value,
}

impl Exchange {
    /// Creates an exchange from a command and the line that answered it.
    pub(super) fn of(command: &Command, line: &str) -> Self {
        let mut answer: Value = serde_json::from_str(line).unwrap_or_default();
        if let Value::Object(members) = &mut answer {
            members.remove("id");
        }
        Self { command: serde_json::to_value(command).unwrap_or_default(), answer }
    }
}

/// One recorded case: a line of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedCase {
    /// The adapter's name in the run.
    pub adapter: String,
    /// The id of the case.
    pub case: String,
    /// The adapter's answer to `hello`.
    pub hello: Value,
    /// The exchanges, in order.
    pub exchanges: Vec<Exchange>,
}
